"""Rows of many profiles or records by one parameter: a list of literals has a limit, and each would be parsed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

# Snowflake takes statements of up to a megabyte; a record's key has some forty characters.
MOST_KEYS = 10_000


def among(column: str) -> str:
    """The condition that a column is one of the keys of `keys_text`, its one parameter."""
    return f"{column} in (select value::varchar from table(flatten(input => parse_json(%s))))"


def keys_text(keys: Collection[str]) -> str:
    """The parameter."""
    return json.dumps(list(keys))


def in_parts(keys: Collection[str]) -> Iterator[Sequence[str]]:
    """The keys, as many at a time as one statement takes."""
    ordered = list(keys)
    for first in range(0, len(ordered), MOST_KEYS):
        yield ordered[first : first + MOST_KEYS]

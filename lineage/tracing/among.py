"""Rows of many profiles or records by one parameter: a list of literals has a limit, and each would be parsed."""

from __future__ import annotations

import json
from collections.abc import Sequence


def among(column: str) -> str:
    """The condition that a column is one of the keys of `keys_text`, its one parameter."""
    return f"{column} in (select value::varchar from table(flatten(input => parse_json(%s))))"


def keys_text(keys: Sequence[str]) -> str:
    """The parameter."""
    return json.dumps(list(keys))

"""Whether a value is what a source's cells say, but for case, accents, blanks and signs."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

_BETWEEN = re.compile(r"[\s@]+")


def words(value: str) -> list[str]:
    """The words of a value that have letters or digits, an address's halves among them."""
    return [word for word in _BETWEEN.split(value) if letters(word)]


def stands_in(value: str, cells: Sequence[Any]) -> bool:
    """True where every word of the value stands in what the cells say together."""
    said = "".join(letters(flat(cell)) for cell in cells if cell is not None)
    return all(letters(word) in said for word in _BETWEEN.split(value) if not word.startswith("xn--"))


def flat(cell: Any) -> str:
    """A cell as text; of JSON the values alone."""
    text = str(cell)
    if text[:1] in "{[":
        try:
            return " ".join(_leaves(json.loads(text)))
        except ValueError:
            return text
    return text


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value is not None:
        yield str(value)


def letters(text: str) -> str:
    """What of a text counts: its letters and digits, without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^\w]|_", "", "".join(c for c in plain if not unicodedata.combining(c)))

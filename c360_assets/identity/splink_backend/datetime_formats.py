"""Splink's date formats are those of its backend; a settings file written for DuckDB says them strptime's way."""

from __future__ import annotations

import re

_ELEMENTS = {
    "%Y": "YYYY",
    "%y": "YY",
    "%m": "MM",
    "%-m": "MM",
    "%b": "MON",
    "%B": "MMMM",
    "%d": "DD",
    "%-d": "DD",
    "%a": "DY",
    "%H": "HH24",
    "%-H": "HH24",
    "%I": "HH12",
    "%-I": "HH12",
    "%p": "AM",
    "%M": "MI",
    "%-M": "MI",
    "%S": "SS",
    "%-S": "SS",
    "%f": "FF6",
    "%g": "FF3",
    "%z": "TZHTZM",
    "%%": "%",
}
_ELEMENT = re.compile(r"%-?.")


def snowflake_format(given: str) -> str:
    """A strptime format as Snowflake's; one that has no % is Snowflake's already.

    Raises:
        ValueError: an element that Snowflake's formats do not have, by name.
    """

    def translated(element: re.Match[str]) -> str:
        if element[0] not in _ELEMENTS:
            raise ValueError(f"Snowflake's date formats have nothing for {element[0]!r} in {given!r}.")
        return _ELEMENTS[element[0]]

    return _ELEMENT.sub(translated, given)

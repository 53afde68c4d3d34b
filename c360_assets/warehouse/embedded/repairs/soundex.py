"""SOUNDEX: the American code of a letter and three digits. Source: Snowflake documentation, "SOUNDEX"."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import duckdb
import pyarrow as pa

_CODES = {
    letter: digit
    for letters, digit in (("BFPV", "1"), ("CGJKQSXZ", "2"), ("DT", "3"), ("L", "4"), ("MN", "5"), ("R", "6"))
    for letter in letters
}


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make SOUNDEX known to DuckDB."""
    create_function: Any = connection.create_function
    create_function("soundex", _over_column, ["VARCHAR"], "VARCHAR", type="arrow", null_handling="special")


@lru_cache(maxsize=100_000)
def soundex(text: str) -> str:
    """The code of a word; empty for a text without letters."""
    letters = [c for c in text.upper() if "A" <= c <= "Z"]
    if not letters:
        return ""
    code, last = letters[0], _CODES.get(letters[0], "")
    for letter in letters[1:]:
        digit = _CODES.get(letter, "")
        if digit and digit != last:
            code += digit
        # H and W do not part equal codes; vowels do.
        if letter not in "HW":
            last = digit
    return (code + "000")[:4]


def _over_column(texts: pa.ChunkedArray) -> pa.Array:
    return pa.array([None if t is None else soundex(t) for t in texts.to_pylist()], type=pa.string())

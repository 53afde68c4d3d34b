"""Make the names in Splink's SQL mean on Snowflake what they mean on DuckDB.

Splink quotes some names ("given_name") and leaves others plain (match_key, gamma_email). DuckDB folds neither,
Snowflake folds plain names to upper case and keeps quoted ones. A quoted name that is a plain word is therefore
folded here, inside its quotes, so that reserved words stay quoted. A name that could not be written without
quotes ("first name") is kept as it is. String literals are never touched.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<string>'(?:[^'\\]|''|\\.)*')|(?P<quoted>"(?:[^"]|"")*")|(?P<log2>\blog2\s*\()""",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")


def _translate(match: re.Match[str]) -> str:
    text = match.group(0)
    if match["log2"]:
        # Snowflake has no LOG2; LOG takes its base first.
        return "log(2, "
    if match["quoted"] and _PLAIN.fullmatch(text[1:-1]):
        return text.upper()
    return text


def to_snowflake(sql: str) -> str:
    """Splink's SQL with folded names and Snowflake's logarithm."""
    return _TOKEN.sub(_translate, sql)


def column_name(stored: str) -> str:
    """The name by which Splink knows a column that Snowflake stores as `stored`."""
    return stored.lower() if _PLAIN.fullmatch(stored) and stored == stored.upper() else stored

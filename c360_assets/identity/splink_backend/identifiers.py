"""Make the names in Splink's SQL mean on Snowflake what they mean on DuckDB.

Splink quotes some names ("given_name") and leaves others plain (match_key, gamma_email). DuckDB folds neither,
Snowflake folds plain names to upper case and keeps quoted ones. A quoted name that is a plain word is therefore
folded here, inside its quotes, so that reserved words stay quoted. A name that could not be written without
quotes ("first name") is kept as it is. String literals are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(
    r"""(?P<string>'(?:[^'\\]|''|\\.)*')|(?P<quoted>"(?:[^"]|"")*")|(?P<log2>\blog2\s*\()""",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
_WORD = re.compile(r"'(?:[^'\\]|''|\\.)*'|([A-Za-z_][A-Za-z0-9_$]*)", re.DOTALL)


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


def spellings(sql: str) -> dict[str, str]:
    """Names of both cases in Splink's SQL (gamma_GivenName), by what Snowflake makes of them."""
    words = {match[1] for match in _WORD.finditer(sql) if match[1]}
    return {word.upper(): word for word in words if word not in (word.upper(), word.lower())}


def column_name(stored: str, spelled: Mapping[str, str] | None = None) -> str:
    """The name by which Splink knows a column that Snowflake stores as `stored`."""
    if not _PLAIN.fullmatch(stored) or stored != stored.upper():
        return stored
    return (spelled or {}).get(stored, stored.lower())

"""Takes values out of text that leaves the warehouse: SQL and error messages."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r"'(?:[^'\\]|\\.|'')*'|\$\$.*?\$\$", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w$.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b")
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`|\[[^\]\n]*\]")
_EMAIL = re.compile(r"[^\s@<>()\"']+@[^\s@<>()\"']+")
_NUMBERS = re.compile(r"\d{4,}")


def sql_shape(sql: str) -> str:
    """A statement without its literals and comments: what it does, not to whom."""
    tokens = re.compile(rf"{_STRING.pattern}|{_COMMENT.pattern}", re.DOTALL)
    text = tokens.sub(lambda m: "'?'" if m[0][0] in "'$" else " ", sql)
    return " ".join(_NUMBER.sub("?", text).split())


def error_text(error: BaseException | str, limit: int = 500) -> str:
    """An error's type and first line, without anything quoted, any e-mail address or long number.

    Names in quotes go too: a value and a column look alike in most drivers' messages.
    """
    kind = f"{type(error).__name__}: " if isinstance(error, BaseException) else ""
    lines = str(error).strip().splitlines()
    text = _QUOTED.sub("'?'", lines[0] if lines else "")
    return (kind + _NUMBERS.sub("?", _EMAIL.sub("?", text)))[:limit]

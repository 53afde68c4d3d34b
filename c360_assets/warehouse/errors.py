"""Errors of the warehouse, worded for whoever has to mend them and free of row values."""

from __future__ import annotations

import re
from typing import Any

from c360_assets.settings import Settings


class WarehouseError(RuntimeError):
    """A statement or connection failed; the message says what, where and what to do, without row values."""


_LITERAL = re.compile(r"'(?:[^']|'')*'|\$\$.*?\$\$", re.DOTALL)
_LONG_NUMBER = re.compile(r"\d{5,}")
# Snowflake numbers errors about data from 100000; their texts quote the values.
_DATA_ERRORS = range(100_000, 200_000)
_PYTHON_ERROR = 100_357
_VALUE = re.compile(
    r"(\b[A-Za-z_]\w*(?:\(\d+(?:,\s*\d+)?\))?)|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\[[^\]]*\]|-?\d[\d.]*"
)
# What the connector says, and the variable to mend.
_HINTS = (
    (r"390100|Incorrect username or password", "SNOWFLAKE_USER (or the user's key or token)"),
    (r"390144|JWT token is invalid", "SNOWFLAKE_USER and SNOWFLAKE_PRIVATE_KEY_FILE (is its public key the user's?)"),
    (r"private key|PEM|deserialize|Password was not given|Bad decrypt|passphrase",
     "SNOWFLAKE_PRIVATE_KEY_FILE and SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"),
    (r"3903(03|18)|OAuth", "SNOWFLAKE_OAUTH_TOKEN (invalid or expired)"),
    (r"390189|[Rr]ole .* (does not exist|not granted)", "SNOWFLAKE_ROLE (granted to the user?)"),
    (r"290404|404 Not Found|resolve|Name or service not known|getaddrinfo|[Cc]ertificate",
     "SNOWFLAKE_ACCOUNT (the form is ORGANISATION-ACCOUNT)"),
    (r"25000[13]|timed out|timeout|refused|Max retries|backend after", "SNOWFLAKE_ACCOUNT, or the network to it"),
)  # fmt: skip


def without_values(text: str) -> str:
    """An SQL text or message with literals and long numbers left out."""
    return _LONG_NUMBER.sub("…", _LITERAL.sub("'…'", text))


def _python_error(message: str) -> str:
    """Kind of error, function and line of a failed Python function; what it says may be a value."""
    code = message.partition(":")[0]
    kind = re.findall(r"\b(\w+(?:Error|Exception|Interrupt|Iteration))\b", message)[-1:] or ["an error"]
    function = re.findall(r"function ([\w.]+)", message)[:1]
    line = re.findall(r"line (\d+)", message)[-1:]
    where = (f" in function {function[0]}" if function else "") + (f", line {line[0]} of its body" if line else "")
    return f"{code}: the Python handler failed with {kind[0]}{where}."


def is_lost(error: Any) -> bool:
    """True if the session or the connection is gone, so that a new one is needed."""
    return (error.errno or 0) in (250001, 250003, 390111, 390104)


def statement_error(error: Any, sql: str) -> WarehouseError:
    """The error of a statement, from the connector's."""
    message = str(error.msg or "")
    number = error.errno or 0
    if number == _PYTHON_ERROR:
        message = _python_error(message)
    elif number in _DATA_ERRORS:
        code, colon, text = message.split("\n")[0].partition(": ")
        message = code + colon + _VALUE.sub(lambda m: m.group(1) or "…", text)
    else:
        # A literal inside a message stands in doubled quotes; names stand in single ones.
        message = re.sub(r"''.*?''", "'…'", message)
    if is_lost(error):
        message += " The connection is lost; the next statement opens a new one."
    head = without_values(" ".join(sql.split()))[:120]
    return WarehouseError(f"Statement failed: {message} (in: {head} …)")


def connection_error(error: Exception, settings: Settings) -> WarehouseError:
    """Why there is no connection, and which variable to mend."""
    text = str(getattr(error, "msg", None) or error).split("\n")[0]
    if settings.embedded:
        return WarehouseError(f"Cannot connect to the embedded engine in {settings.home}: {text}")
    hint = next((variable for pattern, variable in _HINTS if re.search(pattern, text)), "the connection settings")
    return WarehouseError(
        f"Cannot connect to Snowflake account {settings.account!r} as {settings.user!r}: {text} "
        f"Check {hint}. Run `c360 doctor` for what else to check."
    )

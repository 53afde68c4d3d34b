"""Errors as Snowflake answers them: a number, an SQL state and a message that never holds row values."""

from __future__ import annotations

import re

import duckdb
from snowflake.connector.errors import Error as SnowflakeError
from snowflake.connector.errors import ProgrammingError
from sqlglot.errors import ParseError, TokenError

_SINGLE_QUOTED = re.compile(r"'(?:[^']|'')*'")
# A type such as DECIMAL(10,2) and names with digits are no values and stay.
_VALUE = re.compile(
    r"(\b[A-Za-z_]\w*(?:\(\d+(?:,\s*\d+)?\))?)|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|-?\d[\d.]*(?:[eE][+-]?\d+)?"
)

TRANSACTION_LOST = "The embedded engine has rolled back the open transaction (a Snowflake account would keep it open)."


def sql_error(message: str, errno: int, sqlstate: str) -> ProgrammingError:
    """An ordinary SQL error."""
    return ProgrammingError(msg=message, errno=errno, sqlstate=sqlstate)


def refused(feature: str) -> ProgrammingError:
    """The answer to what this engine does not do: it says so by name and never pretends."""
    return sql_error(f"The embedded engine does not do {feature}; on a Snowflake account it works.", 2, "0A000")


def scrub(message: str) -> str:
    """The first line of the message without what could be a row value: quoted text and numbers."""
    return _VALUE.sub(lambda m: m.group(1) or "…", message.split("\n")[0])


def syntax_error(error: ParseError | TokenError) -> ProgrammingError:
    """A parse error with its place, without the text around it (literals there may be personal data)."""
    detail = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    description = detail.get("description") or "the statement cannot be read"
    place = f" line {detail['line']} at position {detail['col']}" if detail.get("line") else ""
    highlight = str(detail.get("highlight") or "")
    token = f" near '{highlight}'" if re.fullmatch(r"[A-Za-z_][\w$]*|[^\w\s'\"]{1,3}", highlight) else ""
    return sql_error(
        f"SQL compilation error:\nsyntax error{place}{token}: {_SINGLE_QUOTED.sub('…', description)}",
        1003,
        "42000",
    )


_NOT_NULL = re.compile(r"NOT NULL constraint failed: (?:\w+\.)*(\w+)")
_UDF = re.compile(r"c360:(\{.*?\}):c360", re.DOTALL)
_FULL_DISK = re.compile(
    r"No space left on device|ENOSPC|failed to offload|could not allocate block|max_temp_directory", re.I
)

# What a write to disk may raise; a failed commit says so of its transaction.
_WRITES = (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException, OSError)


def as_sql_error(error: Exception) -> ProgrammingError:
    """The SQL error for whatever a statement raised."""
    # fakesnow has turned some of DuckDB's errors into its own, with the values in them.
    cause = error.__cause__ or error.__context__
    if isinstance(error, SnowflakeError) and isinstance(cause, duckdb.Error):
        error = cause
    if isinstance(error, ProgrammingError):
        return error
    if isinstance(error, SnowflakeError):
        return sql_error(error.raw_msg or "", error.errno or 2043, error.sqlstate or "02000")
    if isinstance(error, ParseError | TokenError):
        return syntax_error(error)
    text = str(error)
    first = text.split("\n")[0]
    if match := _UDF.search(text):
        return sql_error(match.group(1)[1:-1], 100357, "P0000")
    if isinstance(error, duckdb.OutOfMemoryException):
        return sql_error(
            "The embedded engine ran out of memory; raise C360_ENGINE_MEMORY or free disk space for its "
            "temporary files. Committed data are unharmed.",
            300010,
            "53200",
        )
    if isinstance(error, _WRITES) and _FULL_DISK.search(text):
        return sql_error(
            "The disk is full: the embedded engine could not write. Committed data are unharmed; free space under "
            "C360_HOME and run the statement again.",
            300011,
            "53100",
        )
    if isinstance(error, duckdb.InterruptException):
        return sql_error("SQL execution canceled", 604, "57014")
    if isinstance(error, duckdb.ConstraintException):
        if match := _NOT_NULL.search(first):
            return sql_error(f"NULL result in a non-nullable column: {match.group(1)}", 100072, "22000")
        return sql_error(f"Constraint violated: {scrub(first)}", 100072, "22000")
    if "cannot affect the same target row more than once" in first:
        return sql_error(
            "Duplicate row detected during DML action: several source rows match one target row of the MERGE.",
            100090,
            "42P18",
        )
    if isinstance(error, duckdb.ConversionException | duckdb.OutOfRangeException | duckdb.InvalidInputException):
        return sql_error(scrub(first), 100038, "22018")
    if isinstance(error, duckdb.CatalogException):
        return _catalog_error(_SINGLE_QUOTED.sub("'…'", first))
    if isinstance(error, duckdb.BinderException):
        duplicate = "Duplicate struct entry name" in first or "Duplicate named argument" in first
        number = (100103, "22000") if duplicate else (904, "42000")
        return sql_error(f"SQL compilation error:\n{_SINGLE_QUOTED.sub('…', first)}", *number)
    if isinstance(error, duckdb.ParserException):
        return sql_error(f"SQL compilation error:\n{_SINGLE_QUOTED.sub('…', first)}", 1003, "42000")
    if isinstance(error, duckdb.TransactionException):
        return sql_error(f"The transaction could not be carried out: {_SINGLE_QUOTED.sub('…', first)}", 625, "57014")
    if isinstance(error, NotImplementedError | duckdb.NotImplementedException):
        return refused(f"this statement ({_SINGLE_QUOTED.sub('…', first)[:200]})")
    if isinstance(error, duckdb.Error):
        return sql_error(f"{type(error).__name__}: {scrub(first)}", 2043, "02000")
    return sql_error(
        f"The embedded engine met an unexpected {type(error).__name__} in this statement; its log names the place.",
        261000,
        "XX000",
    )


def _catalog_error(first: str) -> ProgrammingError:
    if "already exists" in first:
        return sql_error(f"SQL compilation error:\n{first}", 2002, "42710")
    if match := re.search(r"Function with name \"?([\w.$]+)\"? does not exist", first):
        return sql_error(
            f"SQL compilation error:\nUnknown function {match.group(1).upper()}. "
            "If Snowflake has it, the embedded engine does not do it.",
            2140,
            "42601",
        )
    if match := re.search(r"with name \"?([\w.$]+)\"? does not exist", first):
        return sql_error(
            f"SQL compilation error:\nObject '{match.group(1)}' does not exist or not authorized.",
            2003,
            "42S02",
        )
    return sql_error(f"SQL compilation error:\n{first}", 2003, "42S02")

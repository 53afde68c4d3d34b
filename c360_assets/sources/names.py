"""Vendor names to warehouse names."""

import re

RECORD_KEY, ROW_HASH = "_RECORD_KEY", "_ROW_HASH"
VALID_FROM, VALID_TO = "_VALID_FROM", "_VALID_TO"
SNAPSHOT_ID, DELETED = "_SNAPSHOT_ID", "_DELETED"
SOURCE_UPDATED_AT, FILE_SHA256, LINE = "_SOURCE_UPDATED_AT", "_FILE_SHA256", "_LINE"

SYSTEM_COLUMNS: dict[str, str] = {
    RECORD_KEY: "varchar not null",
    ROW_HASH: "varchar not null",
    VALID_FROM: "timestamp_ntz not null",
    VALID_TO: "timestamp_ntz",
    SNAPSHOT_ID: "varchar not null",
    DELETED: "boolean not null",
    SOURCE_UPDATED_AT: "timestamp_ntz",
    FILE_SHA256: "varchar not null",
    LINE: "number(38,0) not null",
}
"""The columns that the loader adds to each table, with their types, in order."""

# The load table has columns of its own beside the source's.
_RESERVED = {*SYSTEM_COLUMNS, "_FILE", "_PROBLEM", "_PROBLEM_COLUMN", "_RAW", "_ACTION", "_NOT_REPEATED"}
_MAX_IDENTIFIER = 255


def column_name(vendor: str) -> str:
    """The warehouse column of a vendor's column: upper case, `_` for what is not A-Z, 0-9 or `_`.

    A name that would clash with the loader's own columns gets SOURCE before it; one that begins with a
    digit gets `_`, so that it needs no quotes.
    """
    name = re.sub(r"[^A-Z0-9_]", "_", vendor.strip().upper())[: _MAX_IDENTIFIER - 6]
    if name in _RESERVED:
        return f"SOURCE{name}"
    return f"_{name}" if name[:1].isdigit() else name


def quoted(name: str) -> str:
    """An upper-case identifier in quotes: the same name as without, also where it is a reserved word."""
    return f'"{name}"'

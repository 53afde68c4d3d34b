"""How each Snowflake type reaches a Python handler and comes back, by way of DuckDB and Arrow."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlglot import exp

from c360_assets.warehouse.embedded.errors import sql_error

T = exp.DataType.Type


@dataclass(frozen=True)
class ColumnType:
    """A type at the border of a handler: its DuckDB name, Arrow type and conversions (None where none is needed)."""

    duckdb: str
    arrow: pa.DataType
    read: Callable[[Any], Any] | None
    write: Callable[[Any], Any]
    semi_structured: bool = False


def _identity(value: Any) -> Any:
    return value


def _read_json(value: str | None) -> Any:
    return None if value is None else json.loads(value)


def _write_text(value: Any) -> str:
    """A string result."""
    if not isinstance(value, str):
        raise TypeError("the handler must return str")
    return value


def _write_integer(value: Any) -> int:
    """A NUMBER(p, 0) result."""
    if isinstance(value, str | bytes):
        raise TypeError("the handler must return a number")
    return int(value) if float(value).is_integer() or isinstance(value, int) else round(value)


def _write_json(value: Any) -> str:
    """A VARIANT, OBJECT or ARRAY result as JSON text."""
    return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError("the handler returned what a VARIANT cannot hold")


def column_type(data_type: exp.DataType) -> ColumnType:
    """The border type of a Snowflake type.

    Raises:
        ProgrammingError: the type cannot be an argument or result here.
    """
    kind = data_type.this
    if kind in (T.VARIANT, T.OBJECT, T.ARRAY, T.JSON):
        return ColumnType("VARCHAR", pa.string(), _read_json, _write_json, semi_structured=True)
    if kind in exp.DataType.TEXT_TYPES:
        return ColumnType("VARCHAR", pa.string(), None, _write_text)
    if kind == T.DECIMAL:
        sizes = [int(p.this.name) for p in data_type.expressions]
        precision, scale = (*sizes, 0)[:2] if sizes else (38, 0)
        if scale:
            return ColumnType(f"DECIMAL({precision},{scale})", pa.decimal128(precision, scale), None, _identity)
        return ColumnType("BIGINT", pa.int64(), None, _write_integer)
    if kind in exp.DataType.INTEGER_TYPES:
        return ColumnType("BIGINT", pa.int64(), None, _write_integer)
    if kind in exp.DataType.FLOAT_TYPES:
        return ColumnType("DOUBLE", pa.float64(), None, float)
    simple = {
        T.BOOLEAN: ("BOOLEAN", pa.bool_()),
        T.DATE: ("DATE", pa.date32()),
        T.TIME: ("TIME", pa.time64("us")),
        T.BINARY: ("BLOB", pa.binary()),
        T.VARBINARY: ("BLOB", pa.binary()),
        T.TIMESTAMP: ("TIMESTAMP", pa.timestamp("us")),
        T.TIMESTAMPNTZ: ("TIMESTAMP", pa.timestamp("us")),
        T.TIMESTAMPTZ: ("TIMESTAMPTZ", pa.timestamp("us", "UTC")),
        T.TIMESTAMPLTZ: ("TIMESTAMPTZ", pa.timestamp("us", "UTC")),
    }
    if kind not in simple:
        raise sql_error(f"SQL compilation error:\nUnsupported data type {kind.value} in a function.", 1003, "42000")
    duckdb_name, arrow_type = simple[kind]
    return ColumnType(duckdb_name, arrow_type, None, _identity)

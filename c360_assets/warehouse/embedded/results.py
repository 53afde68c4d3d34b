"""Turn DuckDB's columns and Arrow data into what the Snowflake connector reads.

Source: the connector's Arrow iterator (CArrowChunkIterator, SnowflakeType): timestamps are structs of epoch seconds
and nanoseconds, times are integers, semi-structured values are JSON text.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.warehouse.embedded.reply import Columns

_TYPES = {
    "BOOLEAN": "boolean", "DATE": "date", "TIME": "time", "BLOB": "binary", "JSON": "variant",
    "DOUBLE": "real", "FLOAT": "real", "TIMESTAMP WITH TIME ZONE": "timestamp_tz",
    "TIMESTAMP": "timestamp_ntz", "TIMESTAMP_NS": "timestamp_ntz", "TIMESTAMP_S": "timestamp_ntz",
    "TIMESTAMP_MS": "timestamp_ntz", "VARCHAR": "text", "UUID": "text", '"NULL"': "text",
}  # fmt: skip
_INTEGERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")
_NANOSECONDS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
_TEXT_BYTES = 16_777_216
_BINARY_BYTES = 8_388_608


def row_type(columns: Columns) -> list[dict[str, Any]]:
    """The columns as Snowflake's `rowtype`."""
    return [_column(name, kind) for name, kind in columns]


def _column(name: str, kind: str) -> dict[str, Any]:
    precision = scale = length = None
    if decimal := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind):
        sf_type, precision, scale = "fixed", int(decimal[1]), int(decimal[2])
    elif _INTEGERS.fullmatch(kind):
        sf_type, precision, scale = "fixed", 38, 0
    else:
        # Lists and structs stay inside DuckDB as a rule; what leaves it is JSON text.
        sf_type = _TYPES.get(kind, "variant" if kind.endswith(("]", ")")) else "text")
    if sf_type == "text":
        length = _TEXT_BYTES
    elif sf_type == "binary":
        length = _BINARY_BYTES
    elif sf_type.startswith("time"):
        precision, scale = 0, 9
    return {
        "name": name, "database": "", "schema": "", "table": "", "nullable": True, "type": sf_type,
        "byteLength": length, "length": length, "scale": scale, "precision": precision, "collation": None,
    }  # fmt: skip


def to_snowflake(table: pa.Table, columns: list[dict[str, Any]]) -> pa.Table:
    """The same rows with the connector's physical types and field metadata."""
    arrays, fields = [], []
    for data, field, column in zip(table.columns, table.schema, columns, strict=True):
        array = _physical(data)
        arrays.append(array)
        fields.append(
            pa.field(
                field.name,
                array.type,
                metadata={
                    "logicalType": column["type"].upper(),
                    "precision": str(column["precision"] or 38),
                    "scale": str(column["scale"] or 0),
                    "charLength": str(column["length"] or 0),
                },
            )
        )
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _physical(data: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    kind = data.type
    if pa.types.is_timestamp(kind):
        return _timestamps(data)
    if pa.types.is_time(kind):
        return pc.multiply(data.cast(pa.int64()), _NANOSECONDS[kind.unit])
    if pa.types.is_null(kind):
        return data.cast(pa.string())
    if pa.types.is_uint64(kind):
        # The connector reads signed integers only.
        return data.cast(pa.decimal128(20, 0))
    if pa.types.is_unsigned_integer(kind):
        return data.cast(pa.int64())
    if pa.types.is_float32(kind):
        return data.cast(pa.float64())
    if pa.types.is_nested(kind) or pa.types.is_interval(kind) or pa.types.is_duration(kind):
        texts = [None if v is None else json.dumps(v, default=str, ensure_ascii=False) for v in data.to_pylist()]
        return pa.array(texts, type=pa.string())
    return data


def _timestamps(data: pa.ChunkedArray) -> pa.Array:
    """A NULL timestamp is a NULL struct; fakesnow gives 1970 instead."""
    array = data.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], type=data.type)
    per_second = 1_000_000_000 // _NANOSECONDS[array.type.unit]
    ticks = pc.fill_null(array.cast(pa.int64()), 0)
    seconds = pc.floor(pc.divide(ticks.cast(pa.float64()), per_second)).cast(pa.int64()) if per_second > 1 else ticks
    # Float division may be off by one at the edge of a second; the remainder says so.
    rest = pc.subtract(ticks, pc.multiply(seconds, per_second))
    seconds = pc.subtract(seconds, pc.less(rest, 0).cast(pa.int64()))
    seconds = pc.add(seconds, pc.greater_equal(rest, per_second).cast(pa.int64()))
    rest = pc.subtract(ticks, pc.multiply(seconds, per_second))
    fraction = pc.multiply(rest, _NANOSECONDS[array.type.unit]).cast(pa.int32())
    parts = {"epoch": seconds, "fraction": fraction}
    if array.type.tz:
        parts["timezone"] = pa.array([1440], type=pa.int32()).take(pa.array([0] * len(array), type=pa.int8()))
    return pa.StructArray.from_arrays(
        list(parts.values()),
        fields=[pa.field(name, values.type, nullable=False) for name, values in parts.items()],
        mask=pc.is_null(array),
    )


def to_ipc(table: pa.Table) -> bytes:
    """An Arrow stream of the table."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()

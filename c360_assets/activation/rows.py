"""Rows of a statement as Arrow batches, never all at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from c360_assets.warehouse import Warehouse

_NESTED = {"VARIANT", "OBJECT", "ARRAY"}
BATCH_ROWS = 20_000


def stream(warehouse: Warehouse, sql: str) -> tuple[pa.Schema, Iterator[pa.RecordBatch], set[str]]:
    """Schema with lower-case names, the batches, and the columns that hold JSON text.

    The types are the warehouse's, from the result's description, and so the same for an empty batch.
    """
    from snowflake.connector.constants import FIELD_ID_TO_NAME

    cursor = warehouse.execute(sql)
    kinds = {column.name.lower(): FIELD_ID_TO_NAME[column.type_code] for column in cursor.description}
    schema = pa.schema(
        [(column.name.lower(), _arrow_type(kinds[column.name.lower()], column.scale)) for column in cursor.description]
    )
    return schema, _batches(cursor, schema), {name for name, kind in kinds.items() if kind in _NESTED}


def _batches(cursor: Any, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for table in cursor.fetch_arrow_batches():
        if table.num_rows:
            yield from table.rename_columns(schema.names).cast(schema, safe=False).to_batches(BATCH_ROWS)


def _arrow_type(kind: str, scale: int | None) -> pa.DataType:
    if kind == "FIXED":
        # Whole numbers as such; amounts as text would lose their meaning, as floats they keep 15 digits.
        return pa.float64() if scale else pa.int64()
    if kind == "REAL":
        return pa.float64()
    if kind == "BOOLEAN":
        return pa.bool_()
    if kind == "DATE":
        return pa.date32()
    if kind.startswith("TIMESTAMP"):
        return pa.timestamp("us")
    return pa.string()

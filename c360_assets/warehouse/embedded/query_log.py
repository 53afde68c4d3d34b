"""What ran: id, session, query tag, kind, times and outcome of each statement; never its text or its rows."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from datetime import datetime

import pyarrow as pa


@dataclass(frozen=True)
class QueryRecord:
    """One statement that ran. Columns as in Snowflake's QUERY_HISTORY, without QUERY_TEXT."""

    query_id: str
    session_id: str
    query_tag: str
    query_type: str
    database_name: str | None
    schema_name: str | None
    execution_status: str
    error_code: str | None
    start_time: datetime
    total_elapsed_time: int
    rows_produced: int | None


_TYPES = {
    "start_time": pa.timestamp("us", "UTC"),
    "total_elapsed_time": pa.int64(),
    "rows_produced": pa.int64(),
}


def as_table(records: list[QueryRecord]) -> pa.Table:
    """The records as an Arrow table with upper-case column names."""
    names = [f.name for f in fields(QueryRecord)]
    columns = list(zip(*map(astuple, records), strict=True)) or [() for _ in names]
    arrays = [pa.array(c, type=_TYPES.get(n, pa.string())) for n, c in zip(names, columns, strict=True)]
    return pa.Table.from_arrays(arrays, names=[n.upper() for n in names])

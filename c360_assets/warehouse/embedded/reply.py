"""An answer that the engine makes itself, without DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

Columns = list[tuple[str, str]]
"""Column names with their DuckDB types."""

_ARROW = {"BIGINT": pa.int64(), "BOOLEAN": pa.bool_(), "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC")}


@dataclass
class Reply:
    """Column names with DuckDB types, and rows."""

    columns: Columns
    rows: Sequence[Sequence[Any]]

    def as_table(self) -> pa.Table:
        """The rows as an Arrow table."""
        values = list(zip(*self.rows, strict=True)) or [() for _ in self.columns]
        arrays = [
            pa.array(v, type=_ARROW.get(kind, pa.string())) for v, (_, kind) in zip(values, self.columns, strict=True)
        ]
        return pa.Table.from_arrays(arrays, names=[name for name, _ in self.columns])


def status(text: str = "Statement executed successfully.") -> Reply:
    """The one-cell answer of a statement without rows."""
    return Reply([("status", "VARCHAR")], [(text,)])

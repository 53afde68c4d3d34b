"""One extract file: its columns, and the writing of it as CSV, JSON lines or Parquet."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from c360_assets.sample.randomness import Ints
from c360_assets.sample.text import join, strings

Columns = Mapping[str, pa.Array]


@dataclass(frozen=True)
class Extract:
    """Rows of one object for one file; the columns named in `json` hold JSON text already."""

    system: str
    object: str
    file: str
    table: pa.Table
    json: frozenset[str] = frozenset()

    def write(self, folder: Path) -> None:
        """Write to `folder/<system>/<file>`, in the shape that the file's name says."""
        path = folder / self.system / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            pq.write_table(self.table, path, compression="zstd")
        elif path.suffix == ".csv":
            pa_csv.write_csv(pa.table({n: _csv(self.table[n]) for n in self.table.column_names}), path)
        else:
            body = memoryview(_lines(self.table, self.json))
            if path.suffix == ".gz":
                with path.open("wb") as raw, gzip.GzipFile("", "wb", 3, raw, mtime=0) as zipped:
                    zipped.write(body)
            else:
                path.write_bytes(body)


def extract(
    system: str, object_: str, file: str, columns: Columns, order: Ints | None = None, json: str = ""
) -> Extract:
    """Build an extract; `order` permutes the rows, `json` names the JSON columns, separated by blanks."""
    table = pa.table(dict(columns))
    if order is not None:
        table = table.take(pa.array(order)).combine_chunks()
    return Extract(system, object_, file, table, frozenset(json.split()))


def iso(seconds: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Timestamps as 2026-11-03T10:22:05Z."""
    return pc.strftime(seconds.cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ")


def _csv(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return iso(column) if pa.types.is_timestamp(column.type) else column


def json_value(column: pa.Array, raw: bool = False) -> pa.Array:
    """JSON text of each value; null becomes `null`."""
    if raw:
        text = column
    elif pa.types.is_timestamp(column.type):
        text = join('"', iso(column), '"')
    elif pa.types.is_string(column.type) or pa.types.is_date(column.type):
        plain = pc.replace_substring(column.cast(pa.string()), "\\", "\\\\")
        text = join('"', pc.replace_substring(plain, '"', '\\"'), '"')
    else:
        text = column.cast(pa.string())
    return pc.fill_null(text, "null")


def json_object(columns: Columns, raw: frozenset[str] = frozenset()) -> pa.Array:
    """JSON objects with these fields; those named in `raw` hold JSON text already."""
    parts: list[pa.Array | str] = []
    for at, (name, column) in enumerate(columns.items()):
        parts += [f'{"," if at else "{"}"{name}":', json_value(column, name in raw)]
    return join(*parts, "}")


def _lines(table: pa.Table, raw: frozenset[str]) -> bytes:
    blocks = []
    # In blocks, since an Arrow string array holds at most 2 GB.
    for batch in table.to_batches(max_chunksize=200_000):
        blocks.append(
            "\n".join(json_object(dict(zip(table.column_names, batch.columns, strict=True)), raw).to_pylist())
        )
    return ("\n".join(blocks) + "\n").encode() if blocks else b""


def moment(seconds: Ints, missing: np.ndarray | None = None, unit: str = "s") -> pa.Array:
    """Epoch seconds as a timestamp column (Parquet wants the unit us)."""
    return pa.array(np.asarray(seconds, dtype=np.int64), mask=missing).cast(pa.timestamp("s")).cast(pa.timestamp(unit))


def integers(values: Ints, missing: np.ndarray | None = None) -> pa.Array:
    """An integer column."""
    return pa.array(np.asarray(values, dtype=np.int64), mask=missing)


def amounts(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """A number column, rounded to cents."""
    return pa.array(np.round(np.asarray(values, dtype=float), 2), mask=missing)


def flags(values: np.ndarray) -> pa.Array:
    """A boolean column."""
    return pa.array(np.asarray(values, dtype=bool))


def nothing(n: int) -> pa.Array:
    """An empty string column."""
    return strings([None] * n)

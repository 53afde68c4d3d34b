"""A batch as a file: CSV, JSON lines or Parquet, whole or not there at all."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from c360_assets.activation.destinations.cells import escape_formulas

SUFFIXES = {"csv": ".csv", "jsonl": ".jsonl", "parquet": ".parquet"}
_PART = ".part"


def file_name(destination: str, batch_id: str, file_format: str) -> str:
    """The batch's file: the same batch has the same name."""
    return f"{destination}_{batch_id}{SUFFIXES[file_format]}"


def write(
    folder: Path, name: str, file_format: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], nested: set[str]
) -> Path:
    """Write the batches to folder/name, batch by batch, and put the file in place in one step.

    Columns in `nested` hold JSON text. The same rows give the same bytes.

    Raises:
        OSError: the disk is full or the folder cannot be written; nothing is left behind then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{name}{_PART}"
    try:
        with part.open("wb") as handle:
            _WRITERS[file_format](handle, schema, batches, nested)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(folder / name)
    finally:
        part.unlink(missing_ok=True)
    return folder / name


def is_delivery(name: str, destination: str) -> bool:
    """True of the name of a destination's whole file."""
    return name.startswith(f"{destination}_") and name.endswith(tuple(SUFFIXES.values()))


def is_torn(name: str, destination: str) -> bool:
    """True of the name of a file that was being written."""
    return name.startswith(f".{destination}_") and name.endswith(_PART)


def remove_unacknowledged(folder: Path, destination: str, acknowledged: Collection[str], current: str) -> list[str]:
    """Remove files of a run that was killed before its receipts, so that their rows are not delivered twice.

    Returns the names that went. `current` stays: it is about to be written again, with the same content.
    """
    if not folder.is_dir():
        return []
    gone = []
    for path in sorted(folder.iterdir()):
        left = is_delivery(path.name, destination) and path.name not in acknowledged and path.name != current
        if left or is_torn(path.name, destination):
            path.unlink(missing_ok=True)
            gone.append(path.name)
    return gone


def _write_csv(handle: Any, schema: pa.Schema, batches: Iterable[pa.RecordBatch], nested: set[str]) -> None:
    with pyarrow.csv.CSVWriter(handle, schema) as writer:
        for batch in batches:
            columns = [escape_formulas(column) for column in batch.columns]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


def _write_jsonl(handle: Any, schema: pa.Schema, batches: Iterable[pa.RecordBatch], nested: set[str]) -> None:
    for batch in batches:
        handle.writelines(_json_lines(batch, nested))


def _json_lines(batch: pa.RecordBatch, nested: set[str]) -> Iterator[bytes]:
    for row in batch.to_pylist():
        for name in nested & row.keys():
            row[name] = json.loads(row[name]) if row[name] else None
        yield json.dumps(row, default=_plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    number = float(value)
    return int(number) if number.is_integer() else number


def _write_parquet(handle: Any, schema: pa.Schema, batches: Iterable[pa.RecordBatch], nested: set[str]) -> None:
    with pq.ParquetWriter(handle, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


_WRITERS = {"csv": _write_csv, "jsonl": _write_jsonl, "parquet": _write_parquet}

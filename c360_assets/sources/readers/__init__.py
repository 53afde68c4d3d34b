"""Readers: one module per format, all yielding batches of text with line numbers and the rows they could not read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from c360_assets.sources.declaration import SourceObject
from c360_assets.sources.errors import RejectedFile
from c360_assets.sources.readers.batches import BadRow, Batch, Limits
from c360_assets.sources.readers.csv_reader import read_csv
from c360_assets.sources.readers.jsonl_reader import read_jsonl
from c360_assets.sources.readers.opening import open_bytes
from c360_assets.sources.readers.parquet_reader import read_parquet

__all__ = ["BadRow", "Batch", "Limits", "read_csv", "read_file", "read_jsonl", "read_parquet"]


def read_file(path: Path, declared: SourceObject, limits: Limits | None = None) -> Iterator[Batch]:
    """A landed file's rows, read as its declaration and its name say.

    Raises:
        RejectedFile: the file as a whole cannot be taken in; raised when that is found, maybe after some batches.
    """
    if not path.stat().st_size and (declared.format_of(path.name) != "jsonl" or declared.extract == "full"):
        raise RejectedFile("the file is empty (0 bytes); a finished export has at least a header or a row")
    match declared.format_of(path.name):
        case "csv":
            with open_bytes(path) as source:
                yield from read_csv(source, declared.delimiter, limits)
        case "jsonl":
            with open_bytes(path) as source:
                yield from read_jsonl(source, declared.json_columns, limits)
        case "parquet":
            yield from read_parquet(path, limits)
        case _:
            raise RejectedFile("the name does not tell the format; .csv, .jsonl and .parquet are known, .gz after them")

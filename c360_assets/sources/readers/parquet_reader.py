"""Parquet: row groups in turn, every value as the text from which the declared type can be read back."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from c360_assets.sources.errors import RejectedFile
from c360_assets.sources.readers.batches import Batch, Limits, checked
from c360_assets.sources.readers.opening import is_gzip, magic_bytes, open_bytes

_ROWS = 65_536


def read_parquet(path: Path, limits: Limits | None = None) -> Iterator[Batch]:
    """The file's rows in batches; the first names the columns and their physical kinds. `line` is the row number.

    Raises:
        RejectedFile: the file is no whole Parquet file, or two columns have the same name.
    """
    limits = limits or Limits()
    if is_gzip(path):
        with tempfile.TemporaryFile() as unzipped, open_bytes(path) as source:
            while block := source.read(limits.chunk):
                unzipped.write(block)
            unzipped.seek(0)
            yield from _batches(unzipped, limits)
    else:
        if magic_bytes(path)[:4] != b"PAR1":
            raise RejectedFile("the file is not Parquet (it does not begin with PAR1)")
        with path.open("rb") as stream:
            yield from _batches(stream, limits)


def _batches(stream: Any, limits: Limits) -> Iterator[Batch]:
    try:
        file = pq.ParquetFile(stream)
        names = file.schema_arrow.names
        if len(set(names)) != len(names):
            raise RejectedFile("two columns have the same name")
        physical = {field.name: kind(field.type) for field in file.schema_arrow}
        empty = {name: pa.array([], pa.string()) for name in names}
        yield Batch(empty, pa.array([], pa.int64()), physical=physical)
        line = 1
        for group in file.iter_batches(batch_size=_ROWS):
            columns = {name: as_text(group.column(i)) for i, name in enumerate(names)}
            lines = pa.array(range(line, line + group.num_rows), pa.int64())
            line += group.num_rows
            yield checked(Batch(columns, lines, physical=physical), limits)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise RejectedFile("the Parquet file is truncated or damaged; transfer it again") from error


def kind(type_: pa.DataType) -> str:
    """What a physical type holds: string, integer, number, boolean, date, timestamp, json, null or other."""
    t = pa.types
    if t.is_dictionary(type_):
        return kind(type_.value_type)
    kinds = {
        "null": t.is_null,
        "string": lambda x: t.is_string(x) or t.is_large_string(x) or t.is_string_view(x),
        "boolean": t.is_boolean,
        "integer": t.is_integer,
        "number": lambda x: t.is_floating(x) or t.is_decimal(x),
        "date": t.is_date,
        "timestamp": t.is_timestamp,
        "json": t.is_nested,
    }
    return next((name for name, is_kind in kinds.items() if is_kind(type_)), "other")


def as_text(array: pa.Array) -> pa.Array:
    """The values as text, without loss."""
    type_ = array.type
    if pa.types.is_dictionary(type_):
        return as_text(array.dictionary_decode())
    if pa.types.is_nested(type_):
        return pa.array([None if v is None else _json(v) for v in array.to_pylist()], pa.string())
    if pa.types.is_binary(type_) or pa.types.is_large_binary(type_) or pa.types.is_fixed_size_binary(type_):
        try:
            return array.cast(pa.binary()).cast(pa.string())
        except pa.ArrowInvalid:
            return pa.array([None if v is None else v.hex() for v in array.to_pylist()], pa.string())
    if pa.types.is_timestamp(type_) and type_.tz:
        # Arrow prints the zone's wall time; UTC is what the warehouse keeps.
        utc = array.cast(pa.timestamp(type_.unit, "UTC")).cast(pa.timestamp(type_.unit))
        return pc.binary_join_element_wise(utc.cast(pa.string()), "Z", "")
    if pa.types.is_decimal(type_):
        return array.cast(pa.string())
    if pa.types.is_float16(type_):
        return array.cast(pa.float32()).cast(pa.string())
    return array.cast(pa.string())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)

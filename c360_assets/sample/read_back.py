"""Read an extract back as the table it was written from."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from c360_assets.sample.extract import Extract
from c360_assets.sample.text import strings

_ISO = "%Y-%m-%dT%H:%M:%SZ"


def read(path: Path, like: Extract) -> pa.Table:
    """The rows of a file, in the schema of `like`.

    Raises:
        FileNotFoundError: the base folder lacks the file.
    """
    schema = like.table.schema
    if path.suffix == ".parquet":
        return pq.read_table(path).cast(schema)
    if path.suffix == ".csv":
        convert = pa_csv.ConvertOptions(
            column_types=schema,
            timestamp_parsers=[_ISO],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )
        return pa_csv.read_csv(
            path, convert_options=convert, parse_options=pa_csv.ParseOptions(newlines_in_values=True)
        )
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    # Lines end at \n alone: a name may hold other characters that str.splitlines takes for an end.
    rows = [json.loads(line) for line in body.split(b"\n") if line]
    return pa.table({f.name: _column([row.get(f.name) for row in rows], f, f.name in like.json) for f in schema})


def _column(values: list, field: pa.Field, nested: bool) -> pa.Array:
    if nested:
        return strings(
            [None if v is None else json.dumps(v, ensure_ascii=False, separators=(",", ":")) for v in values]
        )
    if pa.types.is_timestamp(field.type):
        return strings([None if v is None else v.rstrip("Z") for v in values]).cast(field.type)
    return pa.array(values, type=field.type)

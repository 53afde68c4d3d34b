from __future__ import annotations

import datetime as dt
import gzip
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from c360_assets.sources.errors import RejectedFile
from c360_assets.sources.readers import read_parquet


def test_every_type_becomes_text_from_which_it_can_be_read_back(collect, tmp_path):
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, 123456)
    table = pa.table(
        {
            "text": ["é"],
            "big": pa.array([2**62 + 1], pa.int64()),
            "float": [5.25],
            "whole": [5.0],
            "money": pa.array([Decimal("12345678901234567890.10")], pa.decimal128(38, 2)),
            "flag": [True],
            "day": pa.array([dt.date(2026, 1, 2)]),
            "at": pa.array([moment]),
            "zoned": pa.array([moment - dt.timedelta(hours=1)], pa.timestamp("us", "UTC")).cast(
                pa.timestamp("us", "Europe/Oslo")  # three o'clock there, in winter
            ),
            "words": pa.array(["a"]).dictionary_encode(),
            "bytes": pa.array([b"\xff\x00"]),
            "list": pa.array([[{"b": 1, "a": "x"}]]),
            "nothing": pa.array([None], pa.int32()),
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    rows, _ = collect(read_parquet(tmp_path / "x.parquet"))
    line, values = rows[0]
    assert line == 1
    assert float(values.pop("whole")) == 5
    assert values == {
        "text": "é",
        "big": "4611686018427387905",
        "float": "5.25",
        "money": "12345678901234567890.10",
        "flag": "true",
        "day": "2026-01-02",
        "at": "2026-01-02 03:04:05.123456",
        "zoned": "2026-01-02 02:04:05.123456Z",
        "words": "a",
        "bytes": "ff00",
        "list": '[{"a":"x","b":1}]',
    }


def test_the_physical_kinds_are_told(tmp_path):
    pq.write_table(pa.table({"a": [1], "b": ["x"], "c": [1.5], "d": [[1]]}), tmp_path / "x.parquet")
    first = next(read_parquet(tmp_path / "x.parquet"))
    assert first.physical == {"a": "integer", "b": "string", "c": "number", "d": "json"}


def test_a_nul_in_a_value_quarantines_its_row(collect, tmp_path):
    pq.write_table(pa.table({"id": ["1", "2"], "name": ["a\0b", "c"]}), tmp_path / "x.parquet")
    rows, bad = collect(read_parquet(tmp_path / "x.parquet"))
    assert [line for line, _ in rows] == [2]
    assert [(b.line, b.reason, b.column) for b in bad] == [(1, "holds a NUL byte", "name")]


def test_a_truncated_file_and_another_format_are_rejected(collect, tmp_path):
    whole = tmp_path / "x.parquet"
    pq.write_table(pa.table({"id": list(range(10_000))}), whole)
    half = tmp_path / "half.parquet"
    half.write_bytes(whole.read_bytes()[:5000])
    with pytest.raises(RejectedFile, match="truncated"):
        collect(read_parquet(half))
    other = tmp_path / "other.parquet"
    other.write_bytes(b"id,name\n1,a\n")
    with pytest.raises(RejectedFile, match="not Parquet"):
        collect(read_parquet(other))


def test_a_gzipped_file_is_unzipped_first(collect, tmp_path):
    plain = tmp_path / "x.parquet"
    pq.write_table(pa.table({"id": ["1"]}), plain)
    zipped = tmp_path / "x.parquet.gz"
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    assert collect(read_parquet(zipped)) == collect(read_parquet(plain))

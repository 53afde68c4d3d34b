"""Labelled files in the dresses that people's exports wear: all say the same."""

from __future__ import annotations

import codecs
import gzip
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage.__main__ import _arguments, _mapping, main
from benchmarks.linkage.data import DataError, Labelled, read_labelled

ROWS = [("Rec Id", "TRUTH", "Full Name", "Town"), ("1", "a", "Jürgen Müller", "Köln"), ("2", "a", "J. Müller", "")]


def text(delimiter: str = ",", end: str = "\n") -> str:
    return end.join(delimiter.join(row) for row in ROWS) + end


DRESSES = {
    "comma": text().encode(),
    "semicolon": text(";").encode(),
    "tab and Windows line ends": text("\t", "\r\n").encode(),
    "pipe": text("|").encode(),
    "byte order mark": codecs.BOM_UTF8 + text(";").encode(),
    "Latin-1": text(";").encode("latin-1"),
    "UTF-16 with its mark": text("\t").encode("utf-16"),
    "all quoted": "\n".join(",".join(f'"{v}"' for v in row) for row in ROWS).encode(),
    "empty lines between": ("\n" + text().replace("\n", "\n\n") + ",,,\n\n").encode(),
    "another delimiter inside a quoted header": text(";").replace("Town", '"Town, or city, or place"').encode(),
    "blanks around": text(" , ").encode(),
    "gzip": gzip.compress(text().encode()),
    "a zero byte": text().replace("Full", "Fu\0ll").encode(),
    "last field left out": text().replace("Müller,\n", "Müller\n").encode(),
}


def read(path: Path, *extra: str) -> Labelled:
    return read_labelled(path, "person", "Rec Id", "TRUTH", {"full_name": ["Full Name"]}, extra)


@pytest.mark.parametrize("dress", DRESSES)
def test_a_csv_says_the_same_in_any_dress(tmp_path: Path, dress: str) -> None:
    (path := tmp_path / "people.csv").write_bytes(DRESSES[dress])
    found = read(path)
    assert found.records.record_id.tolist() == ["1", "2"]
    assert found.records.full_name.tolist() == ["Jürgen Müller", "J. Müller"]
    assert found.truth.to_dict() == {"1": "a", "2": "a"}


def test_a_quoted_field_may_hold_line_breaks_and_delimiters(tmp_path: Path) -> None:
    (path := tmp_path / "people.csv").write_text('Rec Id,TRUTH,Full Name\n1,a,"Anna\nvon, der Au"\n2,b,Bo\n')
    assert read(path).records.full_name.tolist() == ["Anna\nvon, der Au", "Bo"]


def test_typed_columns_of_parquet_are_text_as_it_would_be_written(tmp_path: Path) -> None:
    columns = {
        "Rec Id": pa.array([10, 11]),
        "TRUTH": pa.array([1.0, None]),
        "Full Name": pa.array(["Anna", "Bo"]).dictionary_encode(),
        "born": pa.array([date(1801, 2, 3), None]),
        "seen": pa.array([datetime(2026, 1, 2), datetime(2026, 1, 3)]),
        "at": pa.array([datetime(2026, 1, 2, 3, 4), None], pa.timestamp("us", tz="UTC")),
        "paid": pa.array([Decimal("1.50"), None]),
        "code": pa.array([b"ab", None]),
        "ok": pa.array([True, None]),
    }
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table(columns), path)
    found = read(path, "born", "seen", "at", "paid", "code", "ok").records
    assert found.iloc[0].tolist()[2:] == ["1801-02-03", "2026-01-02", "2026-01-02 03:04:00", "1.50", "ab", "True"]
    assert found.iloc[1].tolist() == ["11", "Bo", None, "2026-01-03", None, None, None, None]
    assert read(path).truth.to_dict() == {"10": "1", "11": None}


def test_an_id_that_pandas_took_for_its_index_is_found(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    frame = pd.DataFrame(list(ROWS[1:]), columns=ROWS[0]).set_index("Rec Id")
    frame.to_parquet(path)
    assert read(path).records.record_id.tolist() == ["1", "2"]


def test_another_case_of_a_columns_name_will_do_where_it_is_clear(tmp_path: Path) -> None:
    (path := tmp_path / "a.csv").write_text("ID,truth,name,NAME\n1,a,x,y\n")
    found = read_labelled(path, "organization", "id", "Truth", {"name": ["name"]}, [])
    assert found.records.name.tolist() == ["x"]
    with pytest.raises(DataError, match="no column 'Name'"):
        read_labelled(path, "organization", "id", "truth", {"name": ["Name"]}, [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"Rec Id,TRUTH,Full Name\n", "has no row"),
        (b"Rec Id,TRUTH,Full Name\n1,a,x\n2,b,secret,z,z\n", "cannot be read at line 3"),
        (b"Rec Id,TRUTH,Full Name,Full Name\n1,a,x,y\n", "has 2 columns 'Full Name'"),
        (b"Rec Id,TRUTH,Full Name\n1,a,x\n1,b,y\n", "'Rec Id' repeats in 1 rows"),
        (b"Rec Id,Full Name\n1,x\n", "has no column 'TRUTH'. It has: Rec Id, Full Name"),
        (gzip.compress(b"Rec Id,TRUTH,Full Name\n1,a,x\n")[:-9], "cannot be read"),
    ],
    ids=["empty", "no row", "ragged", "a column twice", "an id twice", "no truth", "half a gzip"],
)
def test_a_file_that_cannot_be_used_says_why_and_quotes_no_value(tmp_path: Path, content: bytes, message: str) -> None:
    (path := tmp_path / "people.csv").write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read(path)
    assert "secret" not in str(caught.value)


def test_a_broken_parquet_file_says_so(tmp_path: Path) -> None:
    (path := tmp_path / "people.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(DataError, match="cannot be read"):
        read(path)


COMMAND = ["--entity", "person", "--id", "id", "--truth", "t"]


def test_fields_are_mapped_in_one_option_or_in_several() -> None:
    together = _arguments(["x.csv", *COMMAND, "--map", "email=Mail", "phone=Tel No"])
    apart = _arguments(["x.csv", *COMMAND, "--map", "email=Mail", "--map", "phone=Tel No"])
    assert _mapping(together.map) == _mapping(apart.map) == {"email": ["Mail"], "phone": ["Tel No"]}


@pytest.mark.parametrize(
    ("mapped", "message"),
    [
        ("mail=a", "'mail' is no field of a person. Did you mean email? Its fields are given_name, middle_name"),
        ("email", "--map 'email' is not of the form field=COLUMN"),
        ("email=b", "has no column 'b'. It has: id, t, a."),
        ("email=t", "it cannot be evidence as well"),
    ],
)
def test_a_wrong_argument_ends_with_2_and_says_what_would_be_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mapped: str, message: str
) -> None:
    (path := tmp_path / "people.csv").write_text("id,t,a\n1,x,y\n")
    assert main([str(path), *COMMAND, "--map", mapped]) == 2
    assert message in capsys.readouterr().err


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "no.csv"), *COMMAND, "--map", "email=a"]) == 2
    assert "is no file" in capsys.readouterr().err

"""What the linkage benchmark says of files that it cannot use."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.linkage.data import DataError, read_labelled
from benchmarks.linkage.score import score

TEXT = "id,truth, first ,last,tel\n1,a,Anna,Roth,3865286\n2,a,Ann,,N/A\n3,,Bruno,Moser,\n"


def write(folder: Path, text: str = TEXT) -> Path:
    path = folder / "people.csv"
    path.write_text(text)
    return path


def test_the_truth_is_kept_apart_from_the_records(tmp_path: Path) -> None:
    found = read_labelled(write(tmp_path), "person", "id", "truth", {"given_name": ["first"]}, ["tel"])
    assert list(found.records.columns) == ["record_id", "given_name", "attribute_1"]
    assert found.truth.to_dict() == {"1": "a", "2": "a", "3": None}
    assert found.records.attribute_1.tolist() == ["3865286", None, None]


def test_a_field_of_two_columns_is_joined_by_a_space(tmp_path: Path) -> None:
    found = read_labelled(write(tmp_path), "person", "id", "truth", {"full_name": ["first", "last"]}, [])
    assert found.records.full_name.tolist() == ["Anna Roth", "Ann", "Bruno Moser"]


def test_whole_numbers_of_a_parquet_column_with_gaps_have_no_fraction(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pd.DataFrame({"id": [1, 2], "t": ["a", "b"], "zip": [1010.0, None]}).to_parquet(path)
    assert read_labelled(path, "person", "id", "t", {"postcode": ["zip"]}, []).records.postcode.tolist() == [
        "1010",
        None,
    ]


@pytest.mark.parametrize(
    ("id_column", "truth", "fields", "message"),
    [
        ("id", "truth", {"given_name": ["frist"]}, "Did you mean first"),
        ("id", "truth", {"nickname": ["first"]}, "no field of a person"),
        ("truth", "id", {"given_name": ["first"]}, "every record needs an id"),
        ("id", "truth", {"given_name": ["truth"]}, "it cannot be evidence as well"),
        ("id", "truth", {}, "Map at least one field"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, id_column: str, truth: str, fields: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read_labelled(write(tmp_path), "person", id_column, truth, fields, [])


def test_ids_that_repeat_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "id,truth,name\n1,a,x\n1,b,y\n")
    with pytest.raises(DataError, match="repeats in 1 rows; ids must be one per record"):
        read_labelled(path, "organization", "id", "truth", {"name": ["name"]}, [])


def test_scores_are_those_counted_by_hand_and_a_record_without_a_truth_is_alone() -> None:
    truth = pd.Series({"1": "a", "2": "a", "3": "a", "4": "b", "5": None, "6": None})
    found = score({"1": "x", "2": "x", "3": "y", "4": "y", "5": "x", "6": "z"}, truth)
    assert (found["precision"], found["recall"]) == (1 / 4, 1 / 3)
    assert found["b3_precision"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 2 + 1 / 2 + 1 / 3 + 1) / 6)
    assert found["b3_recall"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)

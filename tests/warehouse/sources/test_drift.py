"""Files whose columns are not the declared ones, and files that hold too little."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from snapshot_zone import COLUMNS, Zone

HEADER = "id,name,amount,changed"


def lines(count: int, amount: str = "1.5", start: int = 0) -> str:
    return "".join(f"{i},n{i},{amount},2026-01-01\n" for i in range(start, start + count))


def test_a_new_column_is_kept_and_reported_once_as_added(zone: Zone):
    zone.put("things.csv", f"{HEADER},Shoe Size\n1,a,1,2026-01-01,44\n")
    result = zone.load()
    assert result.drift.added == ["SHOE_SIZE"]
    assert zone.current("id, shoe_size") == [("1", "44")]
    zone.put("things.csv", f"{HEADER},Shoe Size\n1,a,1,2026-01-01,45\n")
    again = zone.load()
    assert (again.drift.added, again.drift.undeclared) == ([], ["SHOE_SIZE"])
    assert zone.current("id, shoe_size") == [("1", "45")]
    assert json.loads(zone.manifest("drift")[0][0])["added"] == ["SHOE_SIZE"]


def test_a_new_column_without_values_makes_no_new_versions(zone: Zone):
    zone.put("things.csv", f"{HEADER}\n1,a,1,2026-01-01\n")
    zone.load()
    zone.put("things.csv", f"{HEADER},extra\n1,a,1,2026-01-01,\n")
    assert zone.load().total("rows_unchanged") == 1


def test_a_column_named_like_a_word_of_sql_or_like_ours_is_kept(zone: Zone):
    zone.put("things.csv", f'{HEADER},group,_line,"x""; drop table y; --"\n1,a,1,2026-01-01,g,7,z\n')
    result = zone.load()
    assert result.drift.added == ["GROUP", "SOURCE_LINE", "X___DROP_TABLE_Y____"]
    assert zone.current('"GROUP", source_line, _line') == [("g", "7", 2)]


def test_a_missing_column_rejects_the_file_and_leaves_the_last_snapshot_in_force(zone: Zone):
    zone.put("things.csv", f"{HEADER}\n{lines(2)}")
    zone.load()
    before = zone.versions()
    zone.put("things.csv", "id,name,changed\n1,x,2026-02-01\n")
    result = zone.load()
    assert result.drift.missing == ["AMOUNT"]
    assert "optional: true" in result.rejected[0].reason
    assert zone.versions() == before
    assert zone.manifest("status")[-1] == ("rejected",)
    zone.load()
    assert len(zone.manifest()) == 2, "the same rejection is noted once"
    zone.put("things.csv", f"{HEADER}\n{lines(3)}")
    assert zone.load().total("rows_new") == 1


def test_a_retyped_column_rejects_the_file(zone: Zone):
    zone.put("things.csv", f"{HEADER}\n{lines(10)}")
    zone.load()
    zone.put("things.csv", f"{HEADER}\n{lines(6, 'EUR 1')}{lines(4, start=6)}")
    result = zone.load()
    assert result.drift.retyped == ["AMOUNT"]
    assert result.rejected[0].reason == "retyped columns: AMOUNT is not a number in 6 of 10 values"
    assert len(zone.versions()) == 10


def test_some_values_of_another_type_are_quarantined_not_the_file(zone: Zone):
    zone.put("things.csv", f"{HEADER}\n{lines(6)}7,x,EUR 1,2026-01-01\n8,y,1,31.12.2026\n")
    result = zone.load()
    assert not result.rejected
    assert zone.quarantine() == [(8, "AMOUNT", "is not a number"), (9, "CHANGED", "is not a timestamp")]
    assert len(zone.current()) == 6


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("1,a,5,2026-01-01\n2,b,6,2026-01-01\n", "0 of 4 declared columns found"),
        ("id;name;amount;changed\n1;a;5;2026-01-01\n", "add delimiter: to the declaration"),
        ("", "the file is empty"),
        ("id,name,amount,changed,Name\n", "both become NAME"),
    ],
)
def test_a_file_without_the_declared_header_is_rejected(zone: Zone, content, reason):
    zone.put("things.csv", content)
    assert reason in zone.load().rejected[0].reason


def test_a_header_alone_is_an_extract_without_rows(zone: Zone):
    zone.put("things.csv", f"{HEADER}\n{lines(3)}")
    zone.load()
    zone.put("things.csv", f"{HEADER}\n")
    assert zone.load().total("rows_deleted") == 3
    assert zone.current() == []


def test_a_full_extract_that_lacks_most_records_is_refused(zone: Zone):
    zone.put("things.csv", f"{HEADER}\n{lines(201)}")
    zone.load()
    zone.put("things.csv", f"{HEADER}\n{lines(100)}")
    result = zone.load()
    assert "101 of 201 records are not in this full extract" in result.rejected[0].reason
    assert (result.total("rows_deleted"), len(zone.current())) == (0, 201)
    zone.put("things.csv", f"{HEADER}\n{lines(101)}")
    assert zone.load().total("rows_deleted") == 100


def test_a_row_at_fault_is_not_taken_for_a_deleted_record(zone: Zone):
    zone.put("things.csv", f"{HEADER}\n{lines(5)}")
    zone.load()
    zone.put("things.csv", f"{HEADER}\n{lines(3)}3,n3,many,2026-01-01\n4,ragged\n")
    result = zone.load()
    assert (result.total("rows_deleted"), result.total("rows_quarantined")) == (0, 2)
    assert len(zone.current()) == 5


def test_many_unreadable_lines_prove_no_absence(zone: Zone):
    zone.put("things.csv", f"{HEADER}\n{lines(10)}")
    zone.load()
    zone.put("things.csv", f"{HEADER}\n{lines(9)}" + "ragged\n" * 101)
    result = zone.load()
    assert result.total("rows_deleted") == 0
    assert "no absent record is taken to be deleted" in result.notes[0]


def test_one_bad_part_keeps_the_whole_full_extract_out(zone: Zone):
    zone.put("things.part-1.csv", f"{HEADER}\n{lines(5)}")
    zone.put("things.part-2.csv", f"{HEADER}\n{lines(5, 'five', start=5)}")
    result = zone.load()
    assert [f.status for f in result.files] == ["rejected", "rejected"]
    zone.put("things.part-2.csv", "id,name\n1,a\n")
    assert [f.status for f in zone.load().files] == ["rejected", "rejected"]


def test_one_bad_incremental_file_does_not_keep_the_others_out(make_zone):
    zone = make_zone(extract="incremental")
    zone.put("a.csv", f"{HEADER}\n{lines(5)}")
    zone.put("b.csv", f"{HEADER}\n{lines(5, 'five', start=5)}")
    zone.put("c.csv", b"PK\x03\x04")
    result = zone.load()
    assert [f.status for f in result.files] == ["loaded", "rejected", "rejected"]
    assert len(zone.current()) == 5


def parquet_zone(make_zone, **columns):
    return make_zone(files="in/*.parquet", updated_at=None, deleted=None, columns={"id": "string", **columns})


@pytest.mark.parametrize(
    ("declared", "values"),
    [("timestamp", [1700000000]), ("integer", [True]), ("boolean", [1]), ("json", [5]), ("date", [5])],
)
def test_a_parquet_column_of_another_physical_type_rejects_the_file(make_zone, declared, values):
    zone = parquet_zone(make_zone, x=declared)
    (zone.path / "in").mkdir()
    pq.write_table(pa.table({"id": ["1"], "x": values}), zone.path / "in" / "a.parquet")
    result = zone.load()
    assert result.drift.retyped == ["X"]


def test_a_parquet_integer_widened_to_float_by_its_nulls_is_an_integer_still(make_zone):
    zone = parquet_zone(make_zone, x="integer")
    (zone.path / "in").mkdir()
    pq.write_table(pa.table({"id": ["1", "2", "3"], "x": [12.0, None, 1.5]}), zone.path / "in" / "a.parquet")
    zone.load()
    assert zone.current("id, x") == [("1", 12), ("2", None)]
    assert zone.quarantine() == [(3, "X", "is not an integer of at most 18 digits")]


def test_json_lines_may_leave_out_what_is_null(make_zone):
    zone = make_zone(files="in/*.jsonl", extract="incremental")
    zone.put("a.jsonl", '{"id": 1, "name": "a"}\n{"id": 2, "name": "b", "amount": 1.5}\n')
    assert not zone.load().rejected
    zone.put("b.jsonl", "".join(f'{{"id": {i}, "name": "a"}}\n' for i in range(200)))
    assert zone.load().drift.missing == ["AMOUNT", "CHANGED"]
    zone.put("c.jsonl", '{"name": "a"}\n')
    assert zone.load().rejected[-1].drift.missing == ["ID"]


def test_an_object_declared_with_more_columns_than_before_gets_them(make_zone, warehouse):
    zone = make_zone(columns={k: v for k, v in COLUMNS.items() if k != "count"})
    zone.put("things.csv", f"{HEADER}\n{lines(2)}")
    zone.load()
    system = zone.declared.system
    wider = make_zone()
    wider.declared._system = system
    wider.day = 1
    wider.put("things.csv", f"{HEADER},count\n1,n1,1.5,2026-01-01,3\n0,n0,1.5,2026-01-01,\n")
    assert (wider.load().total("rows_changed"), wider.results[0].total("rows_unchanged")) == (1, 1)
    assert wider.current("id, count") == [("0", None), ("1", 3)]

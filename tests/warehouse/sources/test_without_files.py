"""What is declared is there for the later stages to read, also before its first file."""

from __future__ import annotations

from collections.abc import Callable

from snapshot_zone import COLUMNS, Zone, declare

from c360_assets.sources.result import LoadResult


def test_an_object_without_files_has_an_empty_table_with_all_its_columns(zone: Zone):
    result: LoadResult = zone.load()
    assert result.files == []
    assert zone.current("id, name, amount, count, changed, gone, _record_key, _deleted") == []
    again = zone.load()
    assert not [s for s in again.statements if s.sql.startswith(("create", "alter"))]
    zone.put("things.csv", "id,name,amount,changed\n1,a,1,2026-01-01\n")
    assert zone.load().total("rows_new") == 1


def test_a_column_that_is_declared_later_is_there_before_its_first_file(make_zone: Callable[..., Zone]):
    zone = make_zone()
    zone.put("things.csv", "id,name,amount,changed\n1,a,1,2026-01-01\n")
    zone.load()
    later = {**COLUMNS, "size": {"type": "integer", "optional": True}}
    zone.declared = declare(zone.declared.system, columns=later)
    zone.load()
    assert zone.current("id, size") == [("1", None)]

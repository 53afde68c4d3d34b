"""Bad input: a clear reason or a quarantined row, nothing lost, and the run after it works."""

from __future__ import annotations

import datetime as dt
import errno
import gzip
import json
from pathlib import Path

import pytest
from snapshot_zone import Zone

from c360_assets.sources import staging
from c360_assets.sources.errors import SourceError
from c360_assets.warehouse import Warehouse, WarehouseError

HEADER = "id,name,amount,count,changed,gone\n"


def test_every_declared_type_is_read_back(make_zone):
    columns = {
        "id": "string",
        "n": "number",
        "i": "integer",
        "b": "boolean",
        "d": "date",
        "t": "timestamp",
        "j": "json",
        "uk": {"type": "date", "format": "DD/MM/YYYY"},
    }
    zone = make_zone(files="in/*.jsonl", updated_at="t", deleted=None, columns=columns)
    moment = "2026-01-02T03:04:05.5+02:00"
    one = {"id": 1, "n": 1.5, "i": 123456789012345678, "b": True, "d": "2026-02-28", "uk": "31/12/2025", "t": moment}
    two = {"id": 2, "n": " 1e3 ", "i": "12.0", "b": "no", "d": "", "uk": None, "t": "2026-01-02", "j": "x"}
    zone.put("a.jsonl", json.dumps(one | {"j": {"a": [1, "x"]}}) + "\n" + json.dumps(two) + "\n")
    zone.load()
    first, second = zone.current("n, i, b, d, uk, t, j")
    assert first[:3] == (1.5, 123456789012345678, True)
    assert first[3:6] == (dt.date(2026, 2, 28), dt.date(2025, 12, 31), dt.datetime(2026, 1, 2, 1, 4, 5, 500000))
    assert json.loads(first[6]) == {"a": [1, "x"]}
    assert second[:6] == (1000.0, 12, False, None, None, dt.datetime(2026, 1, 2))
    assert json.loads(second[6]) == "x"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", "1,5"),
        ("count", "1.5"),
        ("count", "9" * 19),
        ("changed", "2026-02-30"),
        ("changed", "soon"),
        ("gone", "maybe"),
    ],
)
def test_a_malformed_value_quarantines_its_row_with_file_line_column_and_reason(zone: Zone, column, value):
    zone.put_rows("things.csv", [{"id": 1, "name": "good"}, {"id": 2, "name": "bad", column: value}])
    result = zone.load()
    assert zone.current() == [("1", "good")]
    ((line, where, reason),) = zone.quarantine()
    assert (line, where) == (3, column.upper())
    assert reason.startswith("is not a")
    ((file, raw),) = zone.warehouse.rows(
        "select file_name, raw from source_snapshot.quarantine where system = %s", [zone.declared.system]
    )
    assert file == "in/things.csv"
    assert value in raw
    assert value not in json.dumps(result.as_metadata()), "no row values in metadata"


def test_rows_that_the_reader_refuses_stand_in_quarantine_too(zone: Zone):
    zone.put(
        "things.csv",
        HEADER.encode() + b"1,a,,,,\n2,nul\0,,,,\n3,short\n4,\xff,,,,\n,nokey,,,,\n" + b"5,\xc3\xa9,,,,\n" * 3,
    )
    zone.load()
    assert zone.quarantine() == [
        (3, "name", "holds a NUL byte"),
        (4, None, "2 fields where the header has 6"),
        (5, None, "is not UTF-8"),
        (6, "ID", "the key is missing"),
    ]
    assert zone.current() == [("1", "a"), ("5", "é")]


def test_formulas_and_sql_in_values_arrive_as_text(zone: Zone):
    names = ["=cmd|' /C calc'!A0", "Robert'); drop table x;--", "100% %s %(x)s", "back\\slash"]
    zone.put_rows("things.csv", [{"id": i, "name": name} for i, name in enumerate(names)])
    zone.load()
    assert [name for _, name in zone.current()] == names


def test_a_file_name_with_quotes_and_blanks_is_only_a_name(zone: Zone):
    zone.put("it's; drop table x -- é.csv", HEADER + "1,a,,,,\n2,b,x,,,\n")
    assert not zone.load().rejected
    assert zone.manifest("file_name") == [("in/it's; drop table x -- é.csv",)]
    assert zone.quarantine() == [(3, "AMOUNT", "is not a number")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress((HEADER + "1,a,,,,\n" * 20_000).encode())[:-100], "truncated"),
        (HEADER.encode("utf-16"), "UTF-16"),
        ((HEADER + "1,é,,,,\n" * 30).encode("latin-1"), "not UTF-8"),
        (b"\x00\x00\x02\x03" * 100, "binary"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_publishes_nothing(zone: Zone, content, reason):
    zone.put_rows("things.csv", [{"id": 1, "name": "a"}])
    zone.load()
    before = zone.versions()
    zone.put("things.csv", content)
    result = zone.load()
    assert reason in result.rejected[0].reason
    assert zone.versions() == before
    zone.put_rows("things.csv", [{"id": 1, "name": "b"}])
    assert zone.load().total("rows_changed") == 1


def test_a_file_without_permission_is_rejected_and_loaded_once_it_can_be_read(zone: Zone, monkeypatch):
    file = zone.put_rows("things.csv", [{"id": 1, "name": "a"}])
    real = Path.open

    def denied(self, *args, **kwargs):
        if self == file:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", denied)
    assert "Permission denied" in zone.load().rejected[0].reason
    monkeypatch.undo()
    assert zone.load().total("rows_new") == 1


def test_a_full_disk_says_so_and_the_next_run_works(zone: Zone, monkeypatch):
    zone.put_rows("things.csv", [{"id": 1, "name": "a"}])

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(staging.pq.ParquetWriter, "write_table", full)
    with pytest.raises(SourceError, match="disk is full"):
        zone.load()
    monkeypatch.undo()
    assert zone.load().total("rows_new") == 1


def test_a_fresh_object_costs_few_statements_and_an_unchanged_one_none_of_its_own(zone: Zone):
    zone.put_rows("things.csv", [{"id": i, "name": "a", "amount": "x" if i == 3 else 1} for i in range(5)])
    assert len(zone.load().statements) < 25
    # One for the manifest, one for the columns: once a session, for all objects.
    assert len(zone.load().statements) == 2


class Killed(BaseException):
    pass


def test_a_run_killed_before_any_of_its_statements_shows_nothing_and_the_next_makes_it_good(
    make_zone, settings, monkeypatch
):
    """Each attempt at the second day dies one statement later than the one before."""
    day_1 = [{"id": i, "name": "a", "changed": "2026-01-01"} for i in range(6)]
    day_2 = [{"id": i, "name": "b" if i < 3 else "a", "changed": "2026-01-02"} for i in range(5)]
    day_2 += [{"id": 9, "name": "bad", "changed": "never"}]
    calm, disturbed = make_zone(), make_zone()
    for zone in (calm, disturbed):
        zone.put_rows("things.csv", day_1)
        zone.load()
        zone.put_rows("things.csv", day_2)
    before = _state(disturbed)
    statements = calm.load().statements
    expected = _state(calm)
    assert before != expected
    assert statements[-1].sql == "commit", "all of it appears with the commit"
    for survive in range(len(statements)):
        with Warehouse(settings) as doomed:
            real, left = doomed.execute, [survive]

            def execute(sql, params=None, real=real, left=left):
                # A rollback does not get through either: the session just ends.
                if left[0] <= 0:
                    raise Killed
                left[0] -= 1
                return real(sql, params)

            monkeypatch.setattr(doomed, "execute", execute)
            attempt = Zone(doomed, disturbed.path, disturbed.declared, disturbed.day)
            with pytest.raises(Killed):
                attempt.load()
        assert _state(disturbed) == before
    for _ in range(2):
        disturbed.load()
        assert _state(disturbed) == expected


def _state(zone: Zone) -> tuple[object, ...]:
    """What the run after it can see, without the names that each zone has for itself."""
    versions = zone.versions("id, name, _row_hash, _valid_from, _valid_to, _deleted, _line")
    return versions, zone.quarantine(), zone.manifest("file_name, status, rows_read, rows_new, rows_changed, run_id")


def test_a_failed_statement_leaves_nothing_half_done(zone: Zone, monkeypatch):
    zone.put_rows("things.csv", [{"id": 1, "name": "a"}])
    zone.load()
    zone.put_rows("things.csv", [{"id": 1, "name": "b"}])
    real = zone.warehouse.execute

    def fails_at_the_manifest(sql, params=None):
        return real(
            "select no_such_column from values (1)" if "insert into SOURCE_SNAPSHOT.MANIFEST" in sql else sql, None
        )

    before = zone.versions()
    monkeypatch.setattr(zone.warehouse, "execute", fails_at_the_manifest)
    with pytest.raises(WarehouseError):
        zone.load()
    monkeypatch.undo()
    assert zone.versions() == before
    assert zone.load().total("rows_changed") == 1

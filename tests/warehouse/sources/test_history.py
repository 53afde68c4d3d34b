"""Versions: new, changed, deleted, late, repeated."""

from __future__ import annotations

import random
from typing import Any

import pytest
from snapshot_zone import Zone, day


def row(key: object, name: str, changed: str = "2026-01-01", **more: object) -> dict[str, Any]:
    return {"id": key, "name": name, "changed": changed, **more}


def test_a_changed_record_gets_a_version_and_closes_the_one_before(zone: Zone):
    zone.put_rows("things.csv", [row(1, "a"), row(2, "b")])
    first = zone.load()
    zone.put_rows("things.csv", [row(1, "a"), row(2, "c", "2026-01-02")])
    second = zone.load()
    assert (first.total("rows_new"), second.total("rows_changed"), second.total("rows_unchanged")) == (2, 1, 1)
    assert zone.versions() == [
        ("1", "a", day(1), None, False),
        ("2", "b", day(1), day(2), False),
        ("2", "c", day(2), None, False),
    ]


def test_the_same_file_twice_changes_nothing_and_asks_little(zone: Zone):
    zone.put_rows("things.csv", [row(1, "a")])
    zone.load()
    before = zone.versions(), zone.manifest()
    result = zone.load()
    assert (zone.versions(), zone.manifest()) == before
    assert result.unchanged_files == 1
    assert not result.wrote
    assert not any("insert" in s.sql or "update" in s.sql for s in result.statements)


def test_a_record_that_a_full_extract_lacks_is_deleted_and_may_come_back(zone: Zone):
    zone.put_rows("things.csv", [row(1, "a"), row(2, "b")])
    zone.load()
    zone.put_rows("things.csv", [row(1, "a")])
    assert zone.load().total("rows_deleted") == 1
    assert zone.current() == [("1", "a")]
    zone.put_rows("things.csv", [row(1, "a"), row(2, "b")])
    assert zone.load().total("rows_changed") == 1
    assert zone.versions()[1:] == [
        ("2", "b", day(1), day(2), False),
        ("2", "b", day(2), day(3), True),
        ("2", "b", day(3), None, False),
    ]


def test_a_flag_in_the_source_deletes_too(make_zone):
    zone = make_zone(extract="incremental")
    zone.put_rows("a.csv", [row(1, "a"), row(2, "b")])
    zone.load()
    zone.put_rows("b.csv", [row(2, "b", "2026-01-02", gone="True")])
    zone.load()
    assert zone.current() == [("1", "a")]


def test_an_incremental_extract_deletes_nothing_by_silence(make_zone):
    zone = make_zone(extract="incremental")
    zone.put_rows("a.csv", [row(1, "a")])
    zone.load()
    zone.put_rows("b.csv", [row(2, "b")])
    zone.load()
    assert zone.current() == [("1", "a"), ("2", "b")]


def test_a_late_row_is_kept_as_history_and_does_not_win(make_zone):
    zone = make_zone(extract="incremental")
    zone.put_rows("a.csv", [row(1, "new", "2026-01-05")])
    zone.load()
    zone.put_rows("b.csv", [row(1, "old", "2026-01-03")])
    assert zone.load().total("rows_late") == 1
    assert zone.versions() == [("1", "new", day(1), None, False), ("1", "old", day(2), day(2), False)]
    zone.put_rows("c.csv", [row(1, "old", "2026-01-03"), row(2, "x")])
    assert zone.load().total("rows_repeated") == 1
    assert len(zone.versions()) == 3


def test_several_incremental_files_in_one_run_leave_the_latest_in_force(make_zone):
    zone = make_zone(extract="incremental")
    zone.put_rows("a-9.csv", [row(1, "later", "2026-01-05"), row(2, "b")])
    zone.put_rows("a-10.csv", [row(1, "earlier", "2026-01-03"), row(3, "c")])
    result = zone.load()
    assert zone.current() == [("1", "later"), ("2", "b"), ("3", "c")]
    assert (result.total("rows_new"), result.total("rows_late")) == (3, 1)


def test_duplicate_keys_leave_the_latest_and_the_others_go_to_quarantine(zone: Zone):
    zone.put_rows(
        "things.csv",
        [
            row(1, "old", "2026-01-01"),
            row(1, "new", "2026-01-03"),
            row(1, "mid", "2026-01-02"),
            row(2, "x"),
            row(2, "x"),
        ],
    )
    result = zone.load()
    assert zone.current() == [("1", "new"), ("2", "x")]
    assert zone.quarantine() == [
        (2, None, "duplicate key, superseded by line 3"),
        (4, None, "duplicate key, superseded by line 3"),
    ]
    assert (result.total("rows_quarantined"), result.total("rows_repeated")) == (2, 1)


def test_several_full_extracts_are_applied_in_order_of_their_names(zone: Zone):
    zone.put_rows("things-10.csv", [row(1, "tenth"), row(3, "c")])
    zone.put_rows("things-9.csv", [row(1, "ninth"), row(2, "b")])
    zone.load()
    assert zone.current() == [("1", "tenth"), ("3", "c")]
    assert zone.versions("id, name, _deleted")[2:] == [("2", "b", False), ("2", "b", True), ("3", "c", False)]


def test_a_full_extract_that_comes_too_late_is_refused_by_name(zone: Zone):
    zone.put_rows("things-2.csv", [row(1, "second")])
    zone.load()
    zone.put_rows("things-1.csv", [row(1, "first")])
    assert "comes before" in zone.load().rejected[0].reason
    assert zone.current() == [("1", "second")]


def test_a_source_that_returns_to_an_earlier_state_is_followed(zone: Zone):
    for name in ("a", "b", "a"):
        zone.put_rows("things.csv", [row(1, name)])
        zone.load()
    assert zone.versions() == [
        ("1", "a", day(1), day(2), False),
        ("1", "b", day(2), day(3), False),
        ("1", "a", day(3), None, False),
    ]


def test_the_same_content_under_another_name_is_noted_once_as_a_duplicate(make_zone):
    zone = make_zone(extract="incremental")
    zone.put_rows("a.csv", [row(1, "a")])
    zone.load()
    zone.put_rows("copy.csv", [row(1, "a")])
    zone.load()
    zone.load()
    assert zone.manifest("file_name, status") == [("in/a.csv", "loaded"), ("in/copy.csv", "duplicate")]
    assert len(zone.versions()) == 1


def test_parts_of_a_full_extract_are_applied_together(zone: Zone):
    zone.put_rows("things.part-0001.csv", [row(1, "a")])
    zone.put_rows("things.part-0002.csv", [row(2, "b")])
    result = zone.load()
    assert zone.current() == [("1", "a"), ("2", "b")]
    assert len({f.snapshot_id for f in result.files}) == 1
    zone.put_rows("things.part-0002.csv", [row(2, "c", "2026-01-02")])
    zone.load()
    assert zone.current() == [("1", "a"), ("2", "c")]


def test_provenance_names_the_file_and_the_line(zone: Zone):
    zone.put("things.csv", 'id,name,amount,changed\n1,"two\nlines",5,2026-01-01\n2,b,6,2026-01-01\n')
    result = zone.load()
    assert zone.versions("_record_key, _line, _file_sha256, _snapshot_id") == [
        (f"{zone.declared.label}:1", 2, result.files[0].sha256, result.files[0].snapshot_id),
        (f"{zone.declared.label}:2", 4, result.files[0].sha256, result.files[0].snapshot_id),
    ]


def test_a_key_of_several_columns_is_joined(make_zone):
    zone = make_zone(key=["id", "name"])
    zone.put_rows("things.csv", [row(1, "a"), row(1, "b"), row(2, "")])
    zone.load()
    assert [k for (k,) in zone.versions("_record_key")] == [f"{zone.declared.label}:1|a", f"{zone.declared.label}:1|b"]
    assert zone.quarantine() == [(4, "NAME", "the key is missing")]


# --- against a plain oracle ---


class Oracle:
    """Record versions by the rules in plain Python, one row at a time."""

    def __init__(self, full: bool) -> None:
        self.full = full
        self.versions: dict[str, list[dict[str, Any]]] = {}

    def apply(self, rows: list[dict[str, Any]], now: object) -> None:
        seen = {r["id"] for r in rows if r["id"]}
        winners: dict[str, dict[str, Any]] = {}
        for r in rows:
            if r["id"] and r["changed"] != "garbage":
                best = winners.get(r["id"])
                if best is None or (r["changed"] or "") >= (best["changed"] or ""):
                    winners[r["id"]] = r
        for key, r in winners.items():
            self._one(key, r, now)
        if self.full:
            for key, history in self.versions.items():
                current = next(v for v in history if v["to"] is None)
                if key not in seen and not current["deleted"]:
                    current["to"] = now
                    history.append({**current, "from": now, "to": None, "deleted": True})

    def _one(self, key: str, r: dict[str, Any], now: object) -> None:
        content, deleted = (r["name"], r["changed"], r["gone"]), r["gone"] == "true"
        fresh = {"content": content, "deleted": deleted, "from": now, "to": None}
        history = self.versions.setdefault(key, [])
        if not history:
            history.append(fresh)
            return
        current = next(v for v in history if v["to"] is None)
        if current["content"] == content and current["deleted"] == deleted:
            return
        older = r["changed"] and current["content"][1] and r["changed"] < current["content"][1]
        if older and not (self.full and current["deleted"]):
            if all(v["content"] != content for v in history):
                history.append({**fresh, "to": now})
            return
        current["to"] = now
        history.append(fresh)

    def table(self) -> list[tuple[Any, ...]]:
        return sorted(
            (key, v["content"][0] or None, v["from"], v["to"] or day(999), v["deleted"])
            for key, history in self.versions.items()
            for v in history
        )


@pytest.mark.parametrize(("extract", "seed"), [("full", 1), ("incremental", 2)])
def test_random_extracts_give_the_versions_that_a_plain_oracle_gives(make_zone, extract, seed):
    _compare(make_zone, extract, seed)


@pytest.mark.slow
@pytest.mark.parametrize("extract", ["full", "incremental"])
@pytest.mark.parametrize("seed", range(10, 30))
def test_many_random_extracts_give_the_versions_that_a_plain_oracle_gives(make_zone, extract, seed):
    _compare(make_zone, extract, seed)


def _compare(make_zone, extract: str, seed: int) -> None:
    rng = random.Random(seed)
    zone, oracle = make_zone(extract=extract), Oracle(extract == "full")
    keys = [str(k) for k in range(60)]
    for _ in range(6):
        rows = [
            {
                "id": key if rng.random() > 0.03 else "",
                "name": rng.choice("abc"),
                "changed": rng.choice(["", "garbage"] + [f"2026-01-0{d}" for d in range(1, 7)] * 4),
                "gone": rng.choice(["", "", "", "false", "true"]),
            }
            for key in rng.sample(keys, 45) + rng.choices(keys, k=10)
        ]
        zone.put_rows("things.csv", rows)
        result = zone.load()
        assert not result.rejected
        oracle.apply(rows, day(zone.day))
        got = sorted((k, n, f, t or day(999), d) for k, n, f, t, d in zone.versions())
        assert got == oracle.table()
        counted = ("new", "changed", "unchanged", "repeated", "late", "quarantined")
        assert result.total("rows_read") == sum(result.total(f"rows_{c}") for c in counted) == len(rows)


# --- a full extract repeats most of what is known ---


def test_only_new_rows_of_a_full_extract_are_sent(zone: Zone):
    rows = [{"id": i, "name": "a", "changed": "2026-01-01"} for i in range(200)]
    zone.put_rows("things.csv", rows)
    zone.load()
    rows[7]["name"], rows[8]["name"] = "b", "c"
    zone.put_rows("things.csv", [*rows[:150], *rows[151:], {"id": 999, "name": "new"}])
    result = zone.load()
    counts = ("read", "new", "changed", "unchanged", "deleted", "quarantined")
    assert [result.total(f"rows_{c}") for c in counts] == [200, 1, 2, 197, 1, 0]
    # Two changed, one new, and the hashes of the two changed and the one absent version.
    assert _sent_rows(zone) == 6


def test_a_full_extract_that_says_nothing_new_sends_no_row(zone: Zone):
    rows = [{"id": i, "name": "a", "changed": "2026-01-01"} for i in range(50)]
    zone.put_rows("things.csv", rows)
    zone.load()
    before = zone.versions()
    zone.put_rows("things.csv", [*reversed(rows), rows[3]])
    result = zone.load()
    assert [result.total(f"rows_{c}") for c in ("read", "unchanged", "repeated", "changed", "deleted")] == [
        51, 50, 1, 0, 0,
    ]  # fmt: skip
    assert _sent_rows(zone) == 0
    assert zone.versions() == before


def test_a_known_row_beside_another_of_its_key_is_judged_with_it(zone: Zone):
    zone.put_rows("things.csv", [{"id": 1, "name": "a", "changed": "2026-01-05"}, {"id": 2, "name": "x"}])
    zone.load()
    zone.put_rows(
        "things.csv",
        [
            {"id": 1, "name": "b", "changed": "2026-01-02"},
            {"id": 1, "name": "a", "changed": "2026-01-05"},
            {"id": 2, "name": "x"},
        ],
    )
    result = zone.load()
    assert zone.current() == [("1", "a"), ("2", "x")]
    assert result.total("rows_unchanged") == 2
    assert [(line, reason) for line, _, reason in zone.quarantine()] == [(2, "duplicate key, superseded by line 3")]


def test_a_column_is_retyped_only_if_most_of_its_values_are_known_ones_included(zone: Zone):
    rows = [{"id": i, "name": "a", "amount": 1} for i in range(100)]
    zone.put_rows("things.csv", rows)
    zone.load()
    for row in rows[:10]:
        row["amount"] = "ten"
    zone.put_rows("things.csv", rows)
    result = zone.load()
    assert not result.rejected
    assert result.total("rows_quarantined") == 10
    for row in rows[:60]:
        row["amount"] = "ten"
    zone.put_rows("things.csv", rows)
    assert "AMOUNT is not a number in 60 of 100 values" in zone.load().rejected[0].reason


def test_the_hash_of_a_row_is_the_same_on_both_sides(zone: Zone):
    odd = ["Zoë 東京", "", " padded ", "quote \" ' \\", "tab\tand\nline", "\\N", "NULL"]
    zone.put_rows("things.csv", [{"id": i, "name": text, "amount": 1} for i, text in enumerate(odd)])
    zone.load()
    zone.put_rows("things.csv", [{"id": i, "name": text, "amount": 1} for i, text in enumerate(odd)] + [{"id": 99}])
    assert zone.load().total("rows_unchanged") == len(odd)
    assert _sent_rows(zone) == 1


def _sent_rows(zone: Zone) -> int:
    """How many rows the last load brought to the warehouse."""
    return zone.warehouse.scalar("select count(*) from source_snapshot.loaded_row")

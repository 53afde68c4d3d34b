import dataclasses
import json
from datetime import datetime

import pytest

from lineage import outbox
from lineage.events import events_for_asset, start_event
from lineage.forward import forward
from lineage.transports import JsonLines


class Recorder:
    """Takes events, except those of the runs that it is told to fail."""

    def __init__(self) -> None:
        self.events: list[dict] = []
        self.broken: set[str] = set()
        self.attempts = 0

    def send(self, event):
        self.attempts += 1
        if event["run"]["runId"] in self.broken:
            raise ConnectionError("no route to 'canary@example.com'")
        self.events.append(event)

    def flush(self):
        """Nothing is kept back."""


@pytest.fixture
def empty_outbox(warehouse):
    outbox.ensure_tables(warehouse)
    warehouse.execute(f"delete from {outbox.TABLE}")
    return warehouse


def two_runs(asset_run):
    other = dataclasses.replace(asset_run, asset_key=("golden_profile", "person"))
    return [*events_for_asset(asset_run), *events_for_asset(other)]


def test_events_come_back_as_they_were_written(empty_outbox, asset_run):
    events = two_runs(asset_run)
    assert outbox.write(empty_outbox, events) == 4
    back = [json.loads(item.event) for item in outbox.pending(empty_outbox)]
    assert sorted(back, key=str) == sorted(events, key=str)


def test_many_events_are_written_by_one_statement(empty_outbox, asset_run):
    before = len(empty_outbox.statements)
    outbox.write(empty_outbox, two_runs(asset_run))
    assert len(empty_outbox.statements) == before + 1


def test_long_events_are_split_over_statements(empty_outbox, asset_run, monkeypatch):
    monkeypatch.setattr(outbox, "STATEMENT_LIMIT", 10)
    before = len(empty_outbox.statements)
    outbox.write(empty_outbox, two_runs(asset_run))
    assert len(empty_outbox.statements) == before + 4


def test_writing_the_same_events_twice_changes_nothing(empty_outbox, asset_run):
    for _ in range(2):
        outbox.write(empty_outbox, two_runs(asset_run))
    assert empty_outbox.scalar(f"select count(*) from {outbox.TABLE}") == 4


def test_events_vanish_with_a_transaction_that_is_rolled_back(empty_outbox, asset_run):
    empty_outbox.execute("begin")
    outbox.write(empty_outbox, two_runs(asset_run))
    empty_outbox.execute("rollback")
    assert outbox.pending(empty_outbox) == []


def test_a_row_names_its_run_job_and_stage(empty_outbox, asset_run):
    outbox.write(empty_outbox, events_for_asset(asset_run))
    rows = empty_outbox.rows(
        f"select run_id, job_name, event_type, stage, event_time from {outbox.TABLE} order by event_time"
    )
    assert rows == [
        (asset_run.run_id, "golden_profile.organization", "START", "golden_profile", datetime(2026, 1, 2, 3, 4, 5)),
        (
            asset_run.run_id,
            "golden_profile.organization",
            "COMPLETE",
            "golden_profile",
            datetime(2026, 1, 2, 3, 4, 7, 250),
        ),
    ]


def test_forwarding_sends_each_event_once_and_in_order(empty_outbox, asset_run):
    outbox.write(empty_outbox, two_runs(asset_run)[::-1])
    recorder = Recorder()
    assert forward(empty_outbox, recorder).sent == 4
    assert forward(empty_outbox, recorder).sent == 0
    types = {}
    for event in recorder.events:
        types.setdefault(event["run"]["runId"], []).append(event["eventType"])
    assert list(types.values()) == [["START", "COMPLETE"]] * 2


def test_a_failure_holds_back_its_run_only_and_leaves_it_pending(empty_outbox, asset_run):
    outbox.write(empty_outbox, two_runs(asset_run))
    recorder = Recorder()
    recorder.broken = {asset_run.run_id}
    outcome = forward(empty_outbox, recorder, attempts=3, sleep=lambda _: None)
    assert (outcome.sent, outcome.waiting) == (2, 2)
    assert outcome.problem.startswith("ConnectionError") and "canary" not in outcome.problem
    assert recorder.attempts == 3 + 2
    assert {item.run_id for item in outbox.pending(empty_outbox)} == {asset_run.run_id}
    recorder.broken = set()
    assert forward(empty_outbox, recorder).sent == 2
    assert [e["eventType"] for e in recorder.events if e["run"]["runId"] == asset_run.run_id] == ["START", "COMPLETE"]


def test_a_crash_before_marking_sends_the_same_event_again(empty_outbox, asset_run, monkeypatch):
    outbox.write(empty_outbox, events_for_asset(asset_run))
    first, second = Recorder(), Recorder()
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "mark_forwarded", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            forward(empty_outbox, first)
    forward(empty_outbox, second)
    assert first.events == second.events


def test_a_json_lines_file_has_one_event_a_line(empty_outbox, asset_run, tmp_path):
    outbox.write(empty_outbox, two_runs(asset_run))
    path = tmp_path / "lineage" / "events.jsonl"
    assert forward(empty_outbox, JsonLines(path)).sent == 4
    assert [json.loads(line)["eventType"] for line in path.read_text().splitlines()].count("COMPLETE") == 2


def test_after_a_crash_before_marking_no_line_is_double_or_half(empty_outbox, asset_run, tmp_path, monkeypatch):
    outbox.write(empty_outbox, two_runs(asset_run))
    path = tmp_path / "events.jsonl"
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "mark_forwarded", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            forward(empty_outbox, JsonLines(path))
    whole = path.read_text().splitlines()
    path.write_text("\n".join(whole[:3]) + "\n" + whole[3][:50])
    assert forward(empty_outbox, JsonLines(path)).sent == 4
    assert path.read_text().splitlines() == whole
    assert outbox.pending(empty_outbox) == []


def test_every_part_that_a_run_tells_of_is_a_line(asset_run, tmp_path):
    transport, start = JsonLines(tmp_path / "events.jsonl"), start_event(asset_run)
    parts = [start | {"eventType": "RUNNING", "eventTime": f"2026-01-02T03:04:0{second}Z"} for second in (6, 7)]
    for event in [start, *parts, *parts]:
        transport.send(event)
    assert [json.loads(line)["eventTime"] for line in transport.path.read_text().splitlines()][1:] == [
        part["eventTime"] for part in parts
    ]

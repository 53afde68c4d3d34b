"""A load that is killed around its commit leaves rows and their event, or neither."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from snapshot_zone import Zone

from c360_assets.components import stage_lineage
from c360_assets.components.source_system import _key, _made
from c360_assets.components.stage_lineage import StageLineage
from c360_assets.run import Run
from c360_assets.sources.load import SnapshotLoader
from c360_assets.sources.result import LoadResult
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse
from lineage import outbox
from lineage.conformance import faults, faults_in_order
from lineage.settle import abort_killed


class Killed(BaseException):
    """The process ends here: nothing that it would do afterwards is done."""


class MortalWarehouse(Warehouse):
    """A session whose process ends at its first commit, before or after the warehouse has done it."""

    dies = "never"

    def execute(self, sql: str, params: Sequence[Any] | None = None) -> Any:
        if sql != "commit" or self.dies == "never":
            return super().execute(sql, params)
        if self.dies == "after":
            super().execute(sql, params)
        raise Killed


@pytest.fixture(autouse=True)
def tables(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    table = f"{zone.warehouse.settings.database}.{zone.declared.table}".upper()
    monkeypatch.setattr(stage_lineage, "asset_tables", lambda settings: frozenset({table}))
    outbox.ensure_tables(zone.warehouse)
    zone.warehouse.execute(f"delete from {outbox.TABLE}")


def load(zone: Zone, number: int, dies: str = "never") -> None:
    """One run over the zone, as its asset does it."""
    key = _key(zone.declared)
    run = Run(f"run-{number}", datetime(2026, 1, 1 + number))
    with MortalWarehouse(zone.warehouse.settings) as session:
        lineage = StageLineage(session, session.settings, Stage.SOURCE_SNAPSHOT, run.run_id)
        loader = SnapshotLoader(session, zone.path, run)
        lineage.started([key])
        session.dies = dies

        def publish(result: LoadResult, more: bool) -> None:
            lineage.published(_made(key, result), loader.published_columns(zone.declared), more)

        result = loader.load(zone.declared, publish)
        lineage.finished([_made(key, result)], loader.known_columns())


def told(zone: Zone) -> list[tuple[str, list[str]]]:
    """Events in order, each with the files that it says were loaded. Nothing must be wrong with them."""
    events = [json.loads(item.event) for item in outbox.pending(zone.warehouse)]
    assert faults_in_order(events) == [] and [fault for event in events for fault in faults(event)] == []
    return [(event["eventType"], [each["name"].split("/")[-1] for each in event["inputs"]]) for event in events]


def rows(zone: Zone) -> int:
    return int(zone.warehouse.scalar(f"select count(*) from {zone.declared.table}"))


def settle(zone: Zone) -> None:
    abort_killed(zone.warehouse, "the next run", datetime.now(UTC))


def test_rows_that_were_committed_have_their_event_though_the_process_ended_there(zone: Zone) -> None:
    zone.put_rows("day1.csv", [{"id": "1", "name": "x"}, {"id": "2", "name": "y"}])
    with pytest.raises(Killed):
        load(zone, 1, dies="after")
    settle(zone)
    assert rows(zone) == 2
    assert told(zone) == [("START", []), ("COMPLETE", ["day1.csv"])]
    (event,) = [json.loads(item.event) for item in outbox.pending(zone.warehouse)][1:]
    (output,) = event["outputs"]
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 2
    assert "NAME" in output["facets"]["columnLineage"]["fields"]


def test_rows_that_were_not_committed_have_no_event_and_are_loaded_by_the_next_run(zone: Zone) -> None:
    zone.put_rows("day1.csv", [{"id": "1", "name": "x"}])
    with pytest.raises(Killed):
        load(zone, 1, dies="before")
    settle(zone)
    assert rows(zone) == 0
    assert told(zone) == [("START", []), ("ABORT", [])]
    load(zone, 2)
    assert rows(zone) == 1
    assert told(zone)[2:] == [("START", []), ("COMPLETE", ["day1.csv"])]


def test_the_first_of_two_extracts_is_told_as_loaded_and_the_second_by_who_loads_it(zone: Zone) -> None:
    zone.put_rows("day1.csv", [{"id": "1", "name": "x"}])
    zone.put_rows("day2.csv", [{"id": "1", "name": "z"}, {"id": "2", "name": "y"}])
    with pytest.raises(Killed):
        load(zone, 1, dies="after")
    settle(zone)
    assert rows(zone) == 1
    assert told(zone) == [("START", []), ("RUNNING", ["day1.csv"]), ("COMPLETE", ["day1.csv"])]
    load(zone, 2)
    assert told(zone)[3:] == [("START", []), ("COMPLETE", ["day2.csv"])]


def test_several_extracts_are_one_run_with_one_end(zone: Zone) -> None:
    zone.put_rows("day1.csv", [{"id": "1", "name": "x"}])
    zone.put_rows("day2.csv", [{"id": "1", "name": "z"}])
    load(zone, 1)
    assert told(zone) == [("START", []), ("RUNNING", ["day1.csv"]), ("COMPLETE", ["day1.csv", "day2.csv"])]

"""A run whose process was killed has a START and nothing else; the next writer ends it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest

from c360_assets.warehouse import Warehouse
from lineage import outbox
from lineage.conformance import faults, faults_in_order
from lineage.events import complete_event, events_for_asset, start_event
from lineage.settle import abort_killed

NOW = datetime(2026, 1, 3, tzinfo=UTC)
NEXT_RUN = "9d2f3b52-8c1c-4a5e-9a0e-0d9f0a3f7f99"


@pytest.fixture
def empty_outbox(warehouse: Warehouse) -> Warehouse:
    outbox.ensure_tables(warehouse)
    warehouse.execute(f"delete from {outbox.TABLE}")
    return warehouse


def written(session: Warehouse) -> list[dict[str, Any]]:
    return [json.loads(item.event) for item in outbox.pending(session)]


def test_a_killed_run_is_ended_once_and_names_what_it_may_have_written(
    empty_outbox: Warehouse, asset_run: Any, problems: Any
) -> None:
    outbox.write(empty_outbox, [start_event(asset_run)], "golden_profile")
    assert abort_killed(empty_outbox, NEXT_RUN, NOW) == 1
    assert abort_killed(empty_outbox, NEXT_RUN, NOW) == 0
    start, end = written(empty_outbox)
    assert (start["eventType"], end["eventType"]) == ("START", "ABORT")
    assert start["run"]["runId"] == end["run"]["runId"]
    named = {"namespace": "snowflake://embedded", "name": "C360.GOLDEN_PROFILE.ORGANIZATION"}
    assert start["outputs"] == end["outputs"] == [named]
    assert faults(end) == [] and faults_in_order([start, end]) == []
    assert problems(end) == []


def test_runs_that_ended_and_the_asking_run_itself_are_left(empty_outbox: Warehouse, asset_run: Any) -> None:
    failed = dataclasses.replace(asset_run, asset_key=("golden_profile", "person"), error="failed")
    asking = dataclasses.replace(asset_run, orchestrator_run=NEXT_RUN)
    outbox.write(empty_outbox, [*events_for_asset(asset_run), *events_for_asset(failed), start_event(asking)])
    assert abort_killed(empty_outbox, NEXT_RUN, NOW) == 0
    outbox.write(empty_outbox, [complete_event(asking)])
    assert faults_in_order(written(empty_outbox)) == []


def test_a_row_of_an_aborted_run_stays_with_its_stage(empty_outbox: Warehouse, asset_run: Any) -> None:
    outbox.write(empty_outbox, [start_event(asset_run)], "golden_profile")
    abort_killed(empty_outbox, NEXT_RUN, NOW)
    assert empty_outbox.rows(f"select distinct stage from {outbox.TABLE}") == [("golden_profile",)]


def test_a_delivery_that_is_under_way_beside_the_writer_is_left(empty_outbox: Warehouse, asset_run: Any) -> None:
    outbox.write(empty_outbox, [start_event(asset_run)])
    assert abort_killed(empty_outbox, NEXT_RUN, NOW, holding=lambda job: nullcontext(False)) == 0
    outbox.write(empty_outbox, [complete_event(asset_run)])
    assert faults_in_order(written(empty_outbox)) == []


def test_a_run_that_ends_while_it_is_asked_about_is_not_ended_again(empty_outbox: Warehouse, asset_run: Any) -> None:
    outbox.write(empty_outbox, [start_event(asset_run)])

    @contextmanager
    def ends_first(job: str) -> Iterator[bool]:
        assert job == "golden_profile.organization"
        outbox.write(empty_outbox, [complete_event(asset_run)])
        yield True

    assert abort_killed(empty_outbox, NEXT_RUN, NOW, holding=ends_first) == 0
    assert [event["eventType"] for event in written(empty_outbox)] == ["START", "COMPLETE"]

"""Marks: a run costs what changed, and a killed stage reads the same rows again."""

from datetime import datetime, timedelta

import pytest

from c360_assets.progress import BEGINNING, TABLE, ensure_progress_table, finish, read_marks, work_for
from c360_assets.run import RUN_TABLE, Run, begin_run, ensure_run_table
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse

DAY = datetime(2026, 11, 20, 8)


@pytest.fixture(autouse=True)
def no_marks(warehouse: Warehouse):
    ensure_run_table(warehouse)
    ensure_progress_table(warehouse)
    yield
    warehouse.execute(f"drop table if exists {TABLE}")
    warehouse.execute(f"drop table if exists {RUN_TABLE}")
    warehouse.execute("drop schema if exists SOURCE_SNAPSHOT cascade")


def _done(warehouse: Warehouse, stage: Stage, run: Run, changed: bool = True) -> None:
    finish(warehouse, run, work_for(stage, run, read_marks(warehouse)), changed)


def _loaded(warehouse: Warehouse, run: Run) -> None:
    """As an extract with one new record leaves the manifest."""
    warehouse.execute("create schema if not exists SOURCE_SNAPSHOT")
    warehouse.execute(
        "create table if not exists SOURCE_SNAPSHOT.MANIFEST (status varchar, rows_new int, rows_changed int,"
        " rows_deleted int, loaded_at timestamp_ntz)"
    )
    warehouse.execute(
        "insert into SOURCE_SNAPSHOT.MANIFEST select 'loaded', 1, 0, 0, to_timestamp_ntz(%s)", [run.started_at_text]
    )


def test_a_stage_that_never_ran_takes_everything(warehouse: Warehouse):
    work = work_for(Stage.NORMALIZED_RECORD, Run("a", DAY), read_marks(warehouse))
    assert work.needed
    assert work.full
    assert work.processed_to == BEGINNING


def test_a_stage_is_skipped_when_its_input_did_not_change(warehouse: Warehouse):
    first, second = Run("a", DAY), Run("b", DAY + timedelta(hours=1))
    _loaded(warehouse, first)
    _done(warehouse, Stage.NORMALIZED_RECORD, first)
    assert not work_for(Stage.NORMALIZED_RECORD, second, read_marks(warehouse)).needed


def test_a_stage_that_was_killed_reads_from_its_last_success(warehouse: Warehouse):
    runs = [Run(name, DAY + timedelta(hours=hour)) for hour, name in enumerate("abc")]
    _loaded(warehouse, runs[0])
    _done(warehouse, Stage.NORMALIZED_RECORD, runs[0])
    _loaded(warehouse, runs[1])  # and this run was killed right after the load
    work = work_for(Stage.NORMALIZED_RECORD, runs[2], read_marks(warehouse))
    assert work.needed
    assert not work.full
    assert (work.processed_to, work.inputs_to) == (runs[0].started_at, runs[1].started_at)


def test_windows_that_follow_the_calendar_are_built_anew_on_another_day(warehouse: Warehouse):
    first = Run("a", DAY)
    for stage in Stage:
        _done(warehouse, stage, first)
    tomorrow = Run("b", DAY + timedelta(days=1))
    derived = set(Stage) - {Stage.SOURCE_SNAPSHOT}  # which always looks for new files
    needed = {stage for stage in derived if work_for(stage, tomorrow, read_marks(warehouse)).needed}
    assert needed == {Stage.GOLDEN_PROFILE, Stage.ACTIVATION_FEED}


def test_a_full_rebuild_is_needed_when_asked_for(warehouse: Warehouse):
    first = Run("a", DAY)
    _done(warehouse, Stage.MATCH_CLUSTER, first)
    work = work_for(Stage.MATCH_CLUSTER, Run("b", DAY), read_marks(warehouse), full_rebuild=True)
    assert (work.needed, work.full, work.processed_to) == (True, True, BEGINNING)


def test_each_run_starts_after_the_one_before_and_keeps_its_start(warehouse: Warehouse):
    first = begin_run(warehouse, "first")
    warehouse.execute(f"update {RUN_TABLE} set started_at = '2090-01-01'")  # a clock that went ahead
    second = begin_run(warehouse, "second")
    assert second.started_at > datetime(2090, 1, 1) > first.started_at
    assert begin_run(warehouse, "second") == second

"""What every stage's asset does around its work: one writer, one run time, marks, lineage events."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import dagster as dg

from c360_assets import step_time
from c360_assets.components.resources import WarehouseResource
from c360_assets.components.stage_lineage import StageLineage
from c360_assets.locking import RunInProgressError, delivery_lock, writer_lock
from c360_assets.progress import Mark, Work, ensure_progress_table, finish, read_marks, work_for
from c360_assets.run import Run, begin_run, ensure_run_table
from c360_assets.settings import Settings, load_settings
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse, WarehouseError
from lineage import access_log, chain, outbox
from lineage.chain_logs import LOGS_OF_STAGE
from lineage.settle import abort_killed

logger = logging.getLogger("c360.run")

FULL_REBUILD_TAG = "c360/full_rebuild"
LANDING_TAG = "c360/landing"
ACCEPT_CHURN_TAG = "c360/accept_churn"
WRITER_TAGS = {"c360/writer": "true", "dagster/max_runtime": "14400"}
WRITER_POOL = "warehouse_writer"

# A stage's logs are sealed when its tables are done, and not by each of its steps: an entry costs ten statements.
_LAST_STEP = "_contracts"

UNCHANGED = {"unchanged": True}
# On the failure of a step that nothing is wrong with: a check held it back.
STOPPED_BY_CHECK = "c360/stopped_by_check"


def passed_before(key: dg.AssetKey, name: str) -> dg.AssetCheckResult:
    """A check that was not run again, because what it looks at is as it was when it passed."""
    return dg.AssetCheckResult(passed=True, asset_key=key, check_name=name, metadata=UNCHANGED)


@dataclass
class StageRun:
    """A stage at work within one Dagster run."""

    stage: Stage
    context: Any
    settings: Settings
    warehouse: Warehouse
    run: Run
    marks: dict[Stage, Mark]
    work: Work
    lineage: StageLineage
    started: float = field(default_factory=time.perf_counter)
    other_warehouse_seconds: float = 0.0
    """Statements of other sessions, such as dbt's."""

    def finish(self, changed: bool) -> None:
        """Move the stage's mark; only after all of the stage's tables are written."""
        finish(self.warehouse, self.run, self.work, changed)

    def unchanged(
        self, keys: Iterable[dg.AssetKey], checks: Iterable[dg.AssetCheckKey] = ()
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        """The results of a stage whose inputs did not change: its tables stand as they are.

        Its checks stand too: the mark lies where it is because they passed.
        """
        keys = list(keys)
        self.lineage.started(key for key in keys if not self.lineage.has_started(key))
        self.lineage.unchanged()
        for key in keys:
            yield dg.MaterializeResult(asset_key=key, metadata=UNCHANGED | self._told_last(key))
        for check in checks:
            yield passed_before(check.asset_key, check.name)

    def _told_last(self, key: dg.AssetKey) -> dict[str, Any]:
        """Row count, columns and lineage as they were told last: the UI shows the newest materialisation's."""
        event = self.context.instance.get_latest_materialization_event(key)
        told = event.asset_materialization.metadata if event and event.asset_materialization else {}
        return {name: value for name, value in told.items() if name.startswith("dagster/")}

    def row_counts(self, tables: Iterable[str]) -> dict[str, int]:
        """Rows of these tables of the stage, by one statement; all must exist."""
        selects = [f"select '{table}', count(*) from {self.stage.schema}.{table}" for table in tables]
        return {name: int(count) for name, count in self.warehouse.rows(" union all ".join(selects))} if selects else {}

    def table_metadata(self, counted: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
        """Per table of the stage: row count and column schema, by two statements for the whole stage.

        `counted` are the tables (lower case) whose rows to count, all by default: what was not built need not be, and
        counting a view's rows computes them.
        """
        columns: dict[str, list[dg.TableColumn]] = {}
        for table, column, data_type in self.warehouse.rows(
            "select table_name, column_name, data_type from information_schema.columns"
            " where table_schema = %s order by table_name, ordinal_position",
            [self.stage.schema],
        ):
            columns.setdefault(table, []).append(dg.TableColumn(column, data_type))
        if not columns:
            return {}
        counts = self.row_counts(table for table in columns if counted is None or table.lower() in counted)
        return {
            table.lower(): {
                **({"dagster/row_count": counts[table]} if table in counts else {}),
                "dagster/column_schema": dg.TableSchema(columns=columns[table]),
                "dagster/table_name": f"{self.settings.database}.{self.stage.schema}.{table}",
            }
            for table in columns
        }


@contextmanager
def stage_run(context: Any, resource: WarehouseResource, stage: Stage) -> Iterator[StageRun]:
    """Open the warehouse as the only writer and find out what the stage has to do."""
    settings = load_settings()
    with writer_lock(settings), resource.open(f"c360 {stage} {context.run.run_id}") as warehouse:
        _prepare(settings, warehouse, context.run.run_id)
        run = _run(warehouse, context.run.root_run_id or context.run.run_id)
        marks = read_marks(warehouse)
        full = context.run.tags.get(FULL_REBUILD_TAG) == "true"
        lineage = StageLineage(warehouse, settings, stage, context.run.run_id)
        this = StageRun(stage, context, settings, warehouse, run, marks, work_for(stage, run, marks, full), lineage)
        try:
            yield this
        except Exception as error:
            try:
                lineage.failed(error)
            except WarehouseError as unwritten:
                # What failed first is what has to be told.
                logger.warning("%s: the FAIL events could not be written: %s", stage, unwritten)
            raise
        if context.op_def.name.endswith(_LAST_STEP):
            for log in LOGS_OF_STAGE[stage]:
                chain.seal(warehouse, log)
        spent = sum(statement.seconds for statement in warehouse.statements) + this.other_warehouse_seconds
        step_time.record(warehouse, run, stage, context.op_def.name, time.perf_counter() - this.started, spent)


_runs: dict[tuple[Settings, str], Run] = {}


def _run(warehouse: Warehouse, run_id: str) -> Run:
    """The run as registered, read by its first step in this process: what is registered never changes."""
    key = (warehouse.settings, run_id)
    if key not in _runs:
        _runs[key] = begin_run(warehouse, run_id)
    return _runs[key]


_prepared: set[Settings] = set()
_DELIVERY = re.compile(rf"{Stage.ACTIVATION_FEED}\.(\w+)_delivery")


def _prepare(settings: Settings, warehouse: Warehouse, orchestrator_run: str) -> None:
    """Create the schemas and the registers, once per process: every step of a run would ask again otherwise.

    The lineage of runs whose process was killed ends here too, for whoever holds the writer lock knows that they are.
    """
    if settings not in _prepared:
        for stage in Stage:
            warehouse.execute(f"create schema if not exists {stage.schema}")
        outbox.ensure_tables(warehouse)
        ensure_run_table(warehouse)
        ensure_progress_table(warehouse)
        step_time.ensure_table(warehouse)
        abort_killed(warehouse, orchestrator_run, holding=partial(held_job, settings))
        access_log.ensure_tables(warehouse)
        _prepared.add(settings)


@contextmanager
def held_job(settings: Settings, job: str) -> Iterator[bool]:
    """True where no delivery is under way by this job: those of refusals run beside the writer."""
    destination = _DELIVERY.fullmatch(job)
    if destination is None:
        yield True
        return
    try:
        with writer_lock(settings, wait=False, name=delivery_lock(destination[1])):
            yield True
    except RunInProgressError:
        yield False

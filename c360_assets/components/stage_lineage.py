"""OpenLineage events of a stage's assets: START ahead of the work, COMPLETE or FAIL after it."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from c360_assets.components.declarations import declared_systems
from c360_assets.components.translator import OWNERS, asset_key
from c360_assets.dbt_project import manifest_path
from c360_assets.settings import Settings
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse
from lineage import outbox
from lineage.columns import Schema
from lineage.events import complete_event, events_for_checks, fail_event, running_event, start_event
from lineage.naming import DatasetName
from lineage.naming import Warehouse as WarehouseName
from lineage.record import AssetRun, Check, Output

logger = logging.getLogger("c360.lineage")


@dataclass(frozen=True)
class Made:
    """A table that was made: by which SQL, from which files, with how many rows."""

    key: dg.AssetKey
    statements: Sequence[str] = ()
    rows: int | None = None
    inputs: tuple[DatasetName, ...] = ()
    description: str = ""
    integration: str = "SNOWFLAKE"
    query_id: str | None = None
    """The warehouse's id of the statement that finished the table."""
    wrote: bool = True
    run_facets: Mapping[str, Any] = field(default_factory=dict)
    facets: Mapping[str, Any] = field(default_factory=dict)
    """Of the run, and of the table: beside those that all have."""
    stored_in: str = ""
    """SCHEMA.TABLE where it is not the asset's own."""

    @property
    def table(self) -> str:
        """SCHEMA.TABLE."""
        return self.stored_in or ".".join(part.upper() for part in self.key.path)


class StageLineage:
    """The events of one stage in one run, on the stage's own session."""

    def __init__(self, warehouse: Warehouse, settings: Settings, stage: Stage, orchestrator_run: str) -> None:
        self._warehouse, self._settings, self._stage = warehouse, settings, stage
        self._orchestrator_run = orchestrator_run
        self._began = _now()
        self._started: dict[dg.AssetKey, datetime] = {}
        self._published: dict[dg.AssetKey, AssetRun] = {}

    def started(self, keys: Iterable[dg.AssetKey]) -> None:
        """Write START of these assets' runs."""
        now = _now()
        empty = Schema(self._settings.database)
        new = dict.fromkeys(keys, now)
        self._started |= new
        self._write(start_event(self._run(Made(key), empty)) for key in new)

    def has_started(self, key: dg.AssetKey) -> bool:
        """True where the asset's run began and has not ended."""
        return key in self._started

    def published(self, made: Made, columns: Mapping[str, Mapping[str, str]], more: bool) -> None:
        """Write the event of what the open transaction is about to commit: COMPLETE, or RUNNING where more follows.

        `columns` as for `finished`, which has nothing to write for the table then.
        """
        database = self._settings.database
        schema = Schema(database, {f"{database}.{table}": types for table, types in columns.items()})
        run = self._run(made, schema, _now())
        self._write([running_event(run) if more else complete_event(run)])
        if not more:
            self._published[made.key] = run

    def finished(
        self, made: Iterable[Made], columns: Mapping[str, Mapping[str, str]] | None = None
    ) -> dict[dg.AssetKey, dg.TableColumnLineage]:
        """Write COMPLETE with column lineage; returns the same lineage for Dagster's metadata.

        `columns` (SCHEMA.TABLE -> column -> type) is what the caller knows of all tables that take part; without it
        the warehouse is asked.
        """
        tables = {table.key: table for table in made}
        unwritten = tables.keys() - self._published.keys()
        database = self._settings.database
        if columns is None and unwritten:
            schema = Schema.read(self._warehouse, database)
        else:
            known = columns or {}
            schema = Schema(database, {f"{database}.{table}": types for table, types in known.items()})
        new = {key: self._run(tables[key], schema, _now()) for key in tables if key in unwritten}
        runs = {key: new.get(key) or self._published[key] for key in tables}
        self._write(complete_event(run) for run in new.values())
        for problem in sorted({problem for run in runs.values() for problem in run.read.problems}):
            logger.warning("%s: column lineage is not whole: %s", self._stage, problem)
        for key in runs:
            self._started.pop(key, None)
        return {key: _for_dagster(run.upstream_columns(run.outputs[0].table)) for key, run in runs.items()}

    def unchanged(self) -> None:
        """Write COMPLETE of what began and had nothing to do: no outputs, for nothing was written."""
        empty = Schema(self._settings.database)
        runs = (self._run(Made(key, wrote=False), empty, _now()) for key in self._started)
        self._write(complete_event(run) for run in runs)
        self._started.clear()

    def checked(self, outcomes: Mapping[dg.AssetKey, Sequence[Check]], *how: str) -> None:
        """Write the runs of contracts over these assets' tables, with their results.

        `how` names another kind of check: its integration and what its jobs' names end with.
        """
        empty = Schema(self._settings.database)
        self._write(
            event
            for key, checks in outcomes.items()
            for event in events_for_checks(self._run(Made(key), empty, _now()), Made(key).table, checks, *how)
        )

    def failed(self, error: BaseException) -> None:
        """Write FAIL of every run that began and did not end."""
        empty = Schema(self._settings.database)
        runs = [self._run(Made(key), empty, _now(), error) for key in self._started]
        # What was published has its COMPLETE, unless its transaction was what failed.
        ended = outbox.completed(self._warehouse, [run.run_id for run in runs]) if self._published else set()
        self._write(fail_event(run) for run in runs if run.run_id not in ended)
        self._started.clear()

    def _write(self, events: Iterable[dict[str, Any]]) -> None:
        outbox.write(self._warehouse, events, self._stage.value)

    def _run(
        self, made: Made, schema: Schema, finished_at: datetime | None = None, error: BaseException | None = None
    ) -> AssetRun:
        return AssetRun(
            orchestrator_run=self._orchestrator_run,
            asset_key=tuple(made.key.path),
            warehouse=WarehouseName(self._settings.account, self._settings.database),
            schema=schema,
            started_at=self._started.get(made.key, self._began),
            finished_at=finished_at,
            outputs=(self._output(made),) if made.wrote else (),
            statements=tuple(made.statements),
            inputs=made.inputs,
            assets=asset_tables(self._settings),
            error=error,
            integration=made.integration,
            engine_version=_engine_version(self._warehouse),
            query_id=made.query_id,
            facets=made.run_facets,
        )

    def _output(self, made: Made) -> Output:
        tags = {"stage": self._stage.value}
        return Output(made.table, made.rows, made.description, (OWNERS[self._stage],), tags, made.facets)


_versions: dict[Settings, str] = {}


def _engine_version(warehouse: Warehouse) -> str:
    """The warehouse's release, asked once per process."""
    if warehouse.settings not in _versions:
        _versions[warehouse.settings] = str(warehouse.scalar("select current_version()"))
    return _versions[warehouse.settings]


@functools.cache
def asset_tables(settings: Settings) -> frozenset[str]:
    """DATABASE.SCHEMA.TABLE of every asset's table: what stands for itself in the lineage."""
    from c360_assets.identity.tables import TABLES

    sources = {declared.table for system in declared_systems() for declared in system.objects}
    nodes = json.loads(manifest_path(settings).read_text())["nodes"].values()
    models = {
        f"{node['schema']}.{node['alias']}"
        for node in nodes
        if node["resource_type"] in ("model", "seed") and node["config"]["materialized"] != "ephemeral"
    }
    delivered = {f"{Stage.ACTIVATION_FEED.schema}.{name}" for name in ("DESTINATION_STATE", "RECEIPT")}
    matching = delivered | {f"{Stage.MATCH_CLUSTER.schema}.{name}" for name in TABLES}
    return frozenset(f"{settings.database}.{name}".upper() for name in sources | models | matching)


def _for_dagster(columns: dict[str, list[tuple[str, str]]]) -> dg.TableColumnLineage:
    return dg.TableColumnLineage(
        {
            column.lower(): [
                dg.TableColumnDep(asset_key(*table.split(".")), source.lower()) for table, source in sources
            ]
            for column, sources in columns.items()
            if sources
        }
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)

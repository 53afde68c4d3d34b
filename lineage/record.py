"""What an asset's run knows about itself, and the events that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any, Protocol

from lineage.columns import RunLineage, Schema, TableLineage, lineage_of
from lineage.naming import DatasetName, JobName, Warehouse, run_id

ORCHESTRATOR_JOB = JobName("run")


class Check(Protocol):
    """A rule's outcome, such as contracts.results.Outcome: no values."""

    column: str
    rule: str
    count: int
    severity: str
    passed: bool


@dataclass(frozen=True)
class Output:
    """A table that the asset's run wrote. `table` is SCHEMA.TABLE as stored."""

    table: str
    rows: int | None = None
    description: str = ""
    owners: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    facets: Mapping[str, Any] = field(default_factory=dict)
    """Facets of its own, by key."""


@dataclass(frozen=True)
class AssetRun:
    """One run of one asset. Times are naive UTC or carry their zone."""

    orchestrator_run: str
    asset_key: tuple[str, ...]
    warehouse: Warehouse
    schema: Schema
    """The warehouse's columns after the run."""
    started_at: datetime
    finished_at: datetime | None = None
    outputs: tuple[Output, ...] = ()
    statements: tuple[str, ...] = ()
    """The SQL that ran, in order; a dbt model's compiled select as `from_select` makes it."""
    inputs: tuple[DatasetName, ...] = ()
    """Inputs that are no tables, such as files of the landing zone; tables are found in the SQL."""
    assets: frozenset[str] = frozenset()
    """DATABASE.SCHEMA.TABLE of all assets: tables that stand for themselves in the lineage."""
    checks: tuple[Check, ...] = ()
    facets: Mapping[str, Any] = field(default_factory=dict)
    """Facets of the run beside those that every run has, by key."""
    error: BaseException | str | None = None
    integration: str = "SNOWFLAKE"
    kind: str = "QUERY"
    engine_version: str = "unknown"
    query_id: str | None = None
    parent_job: JobName = ORCHESTRATOR_JOB

    @property
    def job(self) -> JobName:
        """The asset's job."""
        return JobName.of_asset(self.asset_key)

    @property
    def run_id(self) -> str:
        """The same for every event of this run, and whenever it is worked out."""
        return run_id(self.orchestrator_run, self.job)

    @cached_property
    def read(self) -> RunLineage:
        """Column lineage of the statements, problems included."""
        outputs = {self.warehouse.full(output.table) for output in self.outputs}
        return _read(self.statements, self.schema, self.assets | outputs)

    @cached_property
    def lineage(self) -> dict[str, TableLineage]:
        """DATABASE.SCHEMA.TABLE of each output -> its lineage."""
        return self.read.of(self.warehouse.full(output.table) for output in self.outputs)

    @cached_property
    def input_tables(self) -> tuple[str, ...]:
        """Tables that the outputs were made of: not stages, not the outputs' own earlier content."""
        tables = {table for lineage in self.lineage.values() for table in lineage.inputs()}
        return tuple(sorted(table for table in tables if not table.startswith("@")))

    def upstream_columns(self, output: str) -> dict[str, list[tuple[str, str]]]:
        """Column -> (SCHEMA.TABLE, column)s with a DIRECT edge: for Dagster's column-lineage metadata."""
        lineage = self.lineage.get(self.warehouse.full(output))
        if lineage is None:
            return {}
        prefix = f"{self.warehouse.database}."
        return {
            column: sorted(
                (source.table.removeprefix(prefix), source.column)
                for source, kinds in edges.items()
                if any(kind.type == "DIRECT" for kind in kinds) and not source.table.startswith("@")
            )
            for column, edges in lineage.fields.items()
        }


@lru_cache(maxsize=8)
def _read(statements: tuple[str, ...], schema: Schema, keep: frozenset[str]) -> RunLineage:
    # The assets of one stage often share the statements of one session: they are read once.
    return lineage_of(statements, schema, keep=keep)


def from_select(table: str, select: str) -> str:
    """A dbt model's compiled select as the statement that it stands for; `table` is SCHEMA.TABLE."""
    return f"create or replace table {table} as\n{select.strip().rstrip(';')}"


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, as OpenLineage wants its times."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

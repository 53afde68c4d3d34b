"""A run of the pipeline: its id and the one time that everything it writes carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from c360_assets.stages import LINEAGE_SCHEMA
from c360_assets.warehouse import Warehouse

RUN_TABLE = f"{LINEAGE_SCHEMA}.RUN"


@dataclass(frozen=True)
class Run:
    """One run. `started_at` is naive UTC; it becomes `changed_at` of every row that the run changes."""

    run_id: str
    started_at: datetime

    @property
    def started_at_text(self) -> str:
        """The start as a Snowflake timestamp literal's text."""
        return self.started_at.isoformat(sep=" ", timespec="microseconds")


def ensure_run_table(warehouse: Warehouse) -> None:
    """Create the register of runs where it is missing."""
    warehouse.execute(f"create schema if not exists {LINEAGE_SCHEMA}")
    warehouse.execute(
        f"create table if not exists {RUN_TABLE} (run_id varchar not null, started_at timestamp_ntz not null)"
    )


def begin_run(warehouse: Warehouse, run_id: str) -> Run:
    """Register the run, or find it where an earlier step or attempt registered it.

    The start lies after every earlier run's start, also where a machine's clock went back: high-water
    marks compare these times. The register must exist (ensure_run_table).
    """
    rows = warehouse.rows(f"select max(started_at), max(iff(run_id = %s, started_at, null)) from {RUN_TABLE}", [run_id])
    latest, mine = rows[0]
    if mine is None:
        now = datetime.now(UTC).replace(tzinfo=None)
        mine = now if latest is None else max(now, latest + timedelta(microseconds=1))
        warehouse.execute(
            f"insert into {RUN_TABLE} select %s, to_timestamp_ntz(%s)", [run_id, Run(run_id, mine).started_at_text]
        )
    return Run(run_id, mine)

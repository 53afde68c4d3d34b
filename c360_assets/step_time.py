"""What each step of a run took, and how much of that the warehouse: the base of cost per run."""

from __future__ import annotations

from dataclasses import dataclass

from c360_assets.run import Run
from c360_assets.stages import LINEAGE_SCHEMA, Stage
from c360_assets.warehouse import Warehouse

TABLE = f"{LINEAGE_SCHEMA}.STEP_TIME"


@dataclass(frozen=True)
class StepTime:
    """Seconds of one stage in one run; `warehouse_seconds` adds up its statements."""

    stage: Stage
    seconds: float
    warehouse_seconds: float


def ensure_table(warehouse: Warehouse) -> None:
    """Create the register of times where it is missing."""
    warehouse.execute(
        f"create table if not exists {TABLE} (run_id varchar not null, stage varchar not null, step varchar not null,"
        " seconds float not null, warehouse_seconds float not null, recorded_at timestamp_ntz not null)"
    )


def record(warehouse: Warehouse, run: Run, stage: Stage, step: str, seconds: float, warehouse_seconds: float) -> None:
    """Keep a step's time; a retried step overwrites nothing, for both attempts cost."""
    warehouse.execute(
        f"insert into {TABLE} select %s, %s, %s, %s, %s, sysdate()",
        [run.run_id, stage.value, step, seconds, warehouse_seconds],
    )


def of_run(warehouse: Warehouse, run_id: str) -> list[StepTime]:
    """The stages' times of a run, in flow order."""
    rows = warehouse.rows(
        f"select stage, sum(seconds), sum(warehouse_seconds) from {TABLE} where run_id = %s group by stage", [run_id]
    )
    found = {Stage(stage): StepTime(Stage(stage), seconds, spent) for stage, seconds, spent in rows}
    return [found[stage] for stage in Stage if stage in found]

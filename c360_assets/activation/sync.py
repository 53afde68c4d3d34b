"""`c360 sync`, without the terminal: show a plan, let it go, deliver exactly it or refuse."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from c360_assets.activation.connect import Connect, batch_rows, connect
from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.deliver import DeliveryResult, apply_plan, destination_lock
from c360_assets.activation.diff import OPERATIONS
from c360_assets.activation.meter import Progress
from c360_assets.activation.plan import Plan, PlanError, is_current, make_plan, newest_plan
from c360_assets.activation.tables import PLAN, PLAN_ROW, ensure_tables
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


def show(warehouse: Warehouse, destination: DestinationDeclaration, run_id: str = "plan") -> Plan:
    """Plan, and send nothing."""
    ensure_tables(warehouse)
    return make_plan(warehouse, destination, run_id, _now(), batch_rows(destination))


def apply_shown(
    warehouse: Warehouse, destination: DestinationDeclaration, run: Run, outbox: Path,
    connect: Connect = connect, progress: Progress | None = None,
) -> DeliveryResult:  # fmt: skip
    """Deliver exactly the plan that was shown last.

    Raises:
        PlanError: there is none, it waits for approval, or feed, state or consent are no longer as they were.
    """
    started = time.perf_counter()
    with destination_lock(warehouse, destination):
        result = _apply_shown(warehouse, destination, run, outbox, connect, progress)
    return replace(result, seconds=time.perf_counter() - started)


def _apply_shown(
    warehouse: Warehouse, destination: DestinationDeclaration, run: Run, outbox: Path, connect: Connect,
    progress: Progress | None,
) -> DeliveryResult:  # fmt: skip
    ensure_tables(warehouse)
    name = destination.destination
    newest = newest_plan(warehouse, name)
    if newest is None:
        raise PlanError(f"{name} has no plan that could be applied; make one with `c360 sync {name} --plan`.")
    plan_id, status = newest
    if status == "waiting":
        raise PlanError(
            f"Plan {plan_id} of {name} waits for a person; let it go with `c360 sync {name} --approve {plan_id}`."
        )
    if not is_current(warehouse, destination, plan_id, _now()):
        raise PlanError(
            f"Feed, state or consent of {name} changed since plan {plan_id} was made, so it is not applied; "
            f"look at what is new with `c360 sync {name} --plan`."
        )
    return apply_plan(warehouse, destination, stored(warehouse, name, plan_id), run, outbox, connect, progress=progress)


def stored(warehouse: Warehouse, destination: str, plan_id: str) -> Plan:
    """A plan as it was kept.

    Raises:
        PlanError: there is none of this id.
    """
    found = warehouse.rows(
        f"select status, held, waits_because from {PLAN} where destination = %s and plan_id = %s",
        [destination, plan_id],
    )
    if not found:
        raise PlanError(f"{destination} has no plan {plan_id}.")
    status, held, waits = found[0]
    counts = dict.fromkeys(OPERATIONS, 0) | {
        operation: int(rows)
        for operation, rows in warehouse.rows(
            f"select operation, count(*) from {PLAN_ROW} where destination = %s and plan_id = %s group by operation",
            [destination, plan_id],
        )
    }
    return Plan(plan_id, destination, status, counts, int(held), waits)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)

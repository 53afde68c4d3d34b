"""Deliver a destination's feed: plan, wait for a person where it changes too much, send, receipts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from c360_assets.activation import apply
from c360_assets.activation.audit import record_delivery
from c360_assets.activation.connect import Connect, batch_rows, connect, open_store
from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.destinations import files
from c360_assets.activation.diff import OPERATIONS
from c360_assets.activation.meter import Meter, Progress
from c360_assets.activation.pacing import Clock
from c360_assets.activation.plan import Plan, make_plan
from c360_assets.activation.receipts import close_plan, file_names
from c360_assets.activation.tables import PARKED, SCHEMA, STATE, ensure_tables
from c360_assets.activation.wire import Outcome
from c360_assets.locking import delivery_lock, writer_lock
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

_FILE_WORDS = {"merge": "delete", "suppress": "delete"}


@dataclass(frozen=True)
class DeliveryResult:
    """What one delivery did. Holds counts and names, never customers."""

    destination: str
    batch_id: str | None = None
    file: Path | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("create", "update", "delete"), 0))
    outcomes: dict[str, int] = field(default_factory=dict)
    """Rows by what became of them: delivered, rejected, suppressed, pending."""
    suppressed: int = 0
    held: int = 0
    """Profiles that the destination holds after the delivery."""
    parked: int = 0
    """Rows that it refused and that wait for a change."""
    waits_because: str | None = None
    """Why the plan waits for a person's approval."""
    stopped: str | None = None
    """Why the delivery ended before all was sent."""
    seconds: float = 0.0

    @property
    def delivered(self) -> int:
        """Rows that the destination acknowledged."""
        return self.outcomes.get("delivered", 0)

    @property
    def planned(self) -> int:
        """Rows of the plan."""
        return sum(self.counts.values())


def deliver(
    warehouse: Warehouse,
    destination: DestinationDeclaration,
    run: Run,
    outbox: Path,
    after_file: Callable[[], None] | None = None,
    connect: Connect = connect,
    clock: Clock | None = None,
    progress: Progress | None = None,
) -> DeliveryResult:
    """Tell the destination what changed since it was last told; no change, nothing is sent.

    A plan beyond the guard waits for approval, but for its suppressions. What was killed half way is in doubt, planned
    again, and sent again under the same idempotency keys where nothing changed meanwhile.

    Raises:
        WarehouseError: a statement failed.
        OSError: the outbox cannot be written; nothing was acknowledged.
    """
    started = time.perf_counter()
    with destination_lock(warehouse, destination):
        result = _deliver(warehouse, destination, run, outbox, after_file, connect, clock, progress)
    return replace(
        result,
        suppressed=_count(warehouse, f"{SCHEMA}.SUPPRESSED", destination),
        held=_count(warehouse, STATE, destination),
        parked=_count(warehouse, PARKED, destination),
        seconds=time.perf_counter() - started,
    )


def deliver_refusals(
    warehouse: Warehouse, destination: DestinationDeclaration, run: Run, outbox: Path, connect: Connect = connect
) -> DeliveryResult:
    """Tell the destination whom it may no longer hold by consent, and nothing else."""
    started = time.perf_counter()
    with destination_lock(warehouse, destination):
        plan = make_plan(warehouse, destination, run.run_id, run.started_at, batch_rows(destination))
        if not plan.counts["suppress"]:
            return DeliveryResult(destination.destination)
        result = apply_plan(warehouse, destination, plan, run, outbox, connect, only=("suppress",))
    return replace(result, seconds=time.perf_counter() - started)


def destination_lock(warehouse: Warehouse, destination: DestinationDeclaration) -> AbstractContextManager[None]:
    """One delivery to a destination at a time, whoever asks for it; another destination's goes on."""
    return writer_lock(warehouse.settings, name=delivery_lock(destination.destination))


def _deliver(
    warehouse: Warehouse, destination: DestinationDeclaration, run: Run, outbox: Path,
    after_file: Callable[[], None] | None, connect: Connect, clock: Clock | None, progress: Progress | None,
) -> DeliveryResult:  # fmt: skip
    ensure_tables(warehouse)
    size = batch_rows(destination)
    plan = make_plan(warehouse, destination, run.run_id, run.started_at, size)
    result = DeliveryResult(destination.destination)
    if plan.status == "waiting" and plan.counts["suppress"]:
        result = apply_plan(
            warehouse, destination, plan, run, outbox, connect, clock, after_file, ("suppress",), progress
        )
        plan = make_plan(warehouse, destination, run.run_id, run.started_at, size)
    if plan.status == "waiting":
        return replace(
            result, batch_id=plan.plan_id, counts=plan.counts, waits_because=plan.waits_because,
            outcomes=close_plan(warehouse, destination.destination, plan.plan_id, done=False),
        )  # fmt: skip
    return apply_plan(warehouse, destination, plan, run, outbox, connect, clock, after_file, progress=progress)


def apply_plan(
    warehouse: Warehouse, destination: DestinationDeclaration, plan: Plan, run: Run, outbox: Path,
    connect: Connect = connect, clock: Clock | None = None, after_file: Callable[[], None] | None = None,
    only: tuple[str, ...] = OPERATIONS, progress: Progress | None = None,
) -> DeliveryResult:  # fmt: skip
    """Deliver a plan that is current and may go."""
    name = destination.destination
    to_files = destination.connector == "files"
    store = open_store(destination) if to_files else None
    if to_files:
        current = files.file_name(name, plan.plan_id, destination.format) if plan.rows else ""
        files.remove_unacknowledged(outbox / name, name, (names := file_names(warehouse, name)), current)
        if store:
            store.remove_unacknowledged(name, names, current)
    if not plan.rows:
        return DeliveryResult(name)
    apply.begin(warehouse, name, plan.plan_id)
    path = stopped = None
    if to_files:
        path = apply.to_file(warehouse, destination, plan.plan_id, run, outbox, only, after_file, store)
    else:
        meter = Meter(name, sum(plan.counts[operation] for operation in only))

        def told(found: Sequence[Outcome]) -> None:
            meter.add(found)
            if progress:
                progress(meter)

        stopped = apply.to_wire(warehouse, destination, plan.plan_id, run, connect, only, clock, told)
    # What a part of the plan leaves goes on with the next one, and with the approval that this one has.
    outcomes = close_plan(warehouse, name, plan.plan_id, done=len(only) == len(OPERATIONS))
    record_delivery(warehouse, destination, plan.plan_id, outcomes, run)
    return DeliveryResult(name, plan.plan_id, path, _counted(plan.counts, only, to_files), outcomes, stopped=stopped)


def _counted(counts: dict[str, int], only: tuple[str, ...], to_files: bool) -> dict[str, int]:
    told = dict.fromkeys(("create", "update", "delete"), 0)
    for operation, rows in counts.items():
        if rows and operation in only:
            word = _FILE_WORDS.get(operation, operation) if to_files else operation
            told[word] = told.get(word, 0) + rows
    return told


def _count(warehouse: Warehouse, table: str, destination: DestinationDeclaration) -> int:
    return int(warehouse.scalar(f"select count(*) from {table} where destination = %s", [destination.destination]))

"""Deliver a destination's feed: plan, file, receipts, in this order, so that a kill at any point loses nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.destinations import files
from c360_assets.activation.plan import OPERATIONS, SCHEMA, Plan, make_plan
from c360_assets.activation.receipts import acknowledge, ensure_tables, file_names
from c360_assets.activation.rows import stream
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


@dataclass(frozen=True)
class DeliveryResult:
    """What one delivery did. Holds counts and names, never customers."""

    destination: str
    batch_id: str | None = None
    file: Path | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OPERATIONS, 0))
    suppressed: int = 0
    held: int = 0
    """Profiles that the destination holds after the delivery."""
    seconds: float = 0.0

    @property
    def delivered(self) -> int:
        """Rows of the batch."""
        return sum(self.counts.values())


def deliver(
    warehouse: Warehouse,
    destination: DestinationDeclaration,
    run: Run,
    outbox: Path,
    after_file: Callable[[], None] | None = None,
) -> DeliveryResult:
    """Tell the destination what changed since it was last told; no change, no file.

    The file is in place before its receipts are written, in one transaction. A run killed between the two leaves a
    file without receipts: the next run plans the same rows, and writes the same file again or, where the feed has
    changed meanwhile, removes it and writes the new one. `after_file` is called between the two.

    Raises:
        WarehouseError: a statement failed; nothing was acknowledged.
        OSError: the outbox cannot be written; nothing was acknowledged.
    """
    started = time.perf_counter()
    ensure_tables(warehouse)
    plan = make_plan(warehouse, destination, run)
    folder = outbox / destination.destination
    name = files.file_name(destination.destination, plan.batch_id, destination.format)
    files.remove_unacknowledged(
        folder, destination.destination, file_names(warehouse, destination.destination), name if plan.rows else ""
    )
    path = None
    if plan.rows:
        schema, batches, nested = stream(warehouse, _content(plan, destination))
        path = files.write(folder, name, destination.format, schema, batches, nested)
        if after_file:
            after_file()
        acknowledge(warehouse, destination.destination, plan, name, run)
    return DeliveryResult(
        destination=destination.destination,
        batch_id=plan.batch_id if plan.rows else None,
        file=path,
        counts=plan.counts,
        suppressed=_count(warehouse, "SUPPRESSED", destination),
        held=_count(warehouse, "DESTINATION_STATE", destination),
        seconds=time.perf_counter() - started,
    )


def _content(plan: Plan, destination: DestinationDeclaration) -> str:
    columns = ["operation", "destination_key", "previous_key", "profile_id", *destination.fields]
    return f"select {', '.join(dict.fromkeys(columns))} from {plan.table} order by profile_id"


def _count(warehouse: Warehouse, table: str, destination: DestinationDeclaration) -> int:
    sql = f"select count(*) from {SCHEMA}.{table} where destination = %s"
    return int(warehouse.scalar(sql, [destination.destination]))

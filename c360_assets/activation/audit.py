"""Who let what be told to which destination, when and for which purpose: the one place where a delivery is recorded.

Receipts are covered by the hash chain of deliveries; the delivery itself is an entry of the access log, which has a
chain of its own.
"""

from __future__ import annotations

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse
from lineage import access_log, chain


def record_delivery(
    warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, outcomes: dict[str, int], run: Run
) -> None:
    """Seal the receipts and what they told, and note the delivery. What a kill leaves unsealed, the next one seals."""
    access_log.ensure_tables(warehouse)
    for log in ("delivery", "told"):
        chain.seal(warehouse, log)
    told = ", ".join(f"{rows} {status}" for status, rows in outcomes.items() if rows)
    access_log.note(
        warehouse,
        "activate",
        [f"destination:{destination.destination}"],
        by=f"run {run.run_id}",
        purpose=destination.purpose if destination.channel is None else f"{destination.purpose} {destination.channel}",
        detail=f"plan {plan_id}: {told}",
    )

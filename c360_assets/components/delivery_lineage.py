"""The OpenLineage events of one delivery, FAIL included, whoever asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from c360_assets.activation import DeliveryResult, DestinationDeclaration
from c360_assets.components.stage_lineage import Made, StageLineage
from c360_assets.components.translator import asset_key
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse, WarehouseError
from lineage import outbox

STAGE = Stage.ACTIVATION_FEED


class DeliveryFailed(RuntimeError):
    """A delivery ended before all was sent. Names the destination and why, and no customer."""


def made(destination: DestinationDeclaration, statements: list[str], result: DeliveryResult) -> Made:
    """What the delivery wrote."""
    return Made(
        asset_key(STAGE, f"{destination.destination}_delivery"),
        statements=statements,
        rows=result.delivered,
        stored_in=f"{STAGE.schema}.DESTINATION_STATE",
        description=f"What {destination.title} was told.",
    )


@contextmanager
def recorded(
    warehouse: Warehouse, destination: DestinationDeclaration, run_id: str
) -> Iterator[Callable[[DeliveryResult], None]]:
    """START before the delivery; COMPLETE or FAIL after it."""
    outbox.ensure_tables(warehouse)
    lineage = StageLineage(warehouse, warehouse.settings, STAGE, run_id)
    lineage.started([asset_key(STAGE, f"{destination.destination}_delivery")])
    before = len(warehouse.statements)

    def record(result: DeliveryResult) -> None:
        if result.stopped:
            lineage.failed(DeliveryFailed(f"{destination.destination}: {result.stopped}"))
        elif result.delivered:
            lineage.finished([made(destination, [s.sql for s in warehouse.statements[before:]], result)])
        else:
            lineage.unchanged()

    try:
        yield record
    except Exception as error:
        if not isinstance(error, WarehouseError):
            lineage.failed(error)
        raise

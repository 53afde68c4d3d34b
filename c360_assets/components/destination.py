"""A declared destination in Dagster: its delivery as an asset, its check, its own job."""

import logging
from collections.abc import Iterator
from typing import Any, Self

import dagster as dg
from pydantic import RootModel

from c360_assets.activation import DeliveryResult, DestinationDeclaration, deliver
from c360_assets.activation.declaration import from_attributes
from c360_assets.components.resources import WarehouseResource
from c360_assets.components.stage_lineage import Made
from c360_assets.components.stage_run import WRITER_POOL, WRITER_TAGS, StageRun, stage_run
from c360_assets.components.translator import asset_key, automation
from c360_assets.stages import Stage

logger = logging.getLogger("c360.activation")

STAGE = Stage.ACTIVATION_FEED
COMPLETE_CHECK = "acknowledged_equals_feed"


class _Attributes(RootModel[dict[str, Any]]):
    """Checked by the declaration itself, whose messages name what would be right."""


class Destination(dg.Component):
    """Deliveries to one destination."""

    def __init__(self, declaration: DestinationDeclaration) -> None:
        self.declaration = declaration

    @classmethod
    def get_model_cls(cls) -> type[_Attributes]:
        """The attributes of defs.yaml."""
        return _Attributes

    @classmethod
    def load(cls, attributes: Any, context: dg.ComponentLoadContext) -> Self:
        """The component of a validated declaration."""
        return cls(from_attributes(attributes.root, str(context.path / "defs.yaml")))

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The delivery asset."""
        return dg.Definitions(assets=[self._asset()])

    def _asset(self) -> dg.AssetsDefinition:
        declaration = self.declaration
        key = asset_key(STAGE, f"{declaration.destination}_delivery")

        @dg.multi_asset(
            name=f"{declaration.destination}_delivery",
            specs=[self._spec(key)],
            check_specs=[
                dg.AssetCheckSpec(
                    COMPLETE_CHECK, asset=key, description="The destination holds what its feed says, row for row."
                )
            ],
            pool=WRITER_POOL,
            op_tags=WRITER_TAGS,
        )
        def delivery(
            context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[WarehouseResource]
        ) -> Iterator[dg.MaterializeResult]:
            with stage_run(context, warehouse, STAGE) as this:
                this.lineage.started([key])
                before = len(this.warehouse.statements)
                result = deliver(this.warehouse, declaration, this.run, this.settings.outbox)
                _tell(result)
                ran = [statement.sql for statement in this.warehouse.statements[before:]]
                this.lineage.finished([self._made(key, ran, result)])
                yield dg.MaterializeResult(
                    asset_key=key, metadata=_metadata(result), check_results=[self._check(key, this, result)]
                )

        return delivery

    def _spec(self, key: dg.AssetKey) -> dg.AssetSpec:
        d = self.declaration
        return dg.AssetSpec(
            key,
            deps=[asset_key(*d.feed.split("."))],
            group_name=STAGE.value,
            owners=[d.owner],
            kinds={d.kind, d.format},
            tags={"destination": d.destination, "sensitivity": d.sensitivity},
            description=f"Deliveries to {d.title}: only what changed since the last one, with a receipt per profile.",
            automation_condition=automation(),
            metadata={
                "purpose": d.purpose,
                "channel": d.channel or "none: not by consent",
                "legal basis": d.legal_basis,
                "regions": ", ".join(d.regions) or "all",
                "fields": ", ".join(d.fields),
                "keyed by": ", ".join(d.key),
                "cadence": d.cadence,
                "format": d.format,
            },
        )

    def _made(self, key: dg.AssetKey, ran: list[str], result: DeliveryResult) -> Made:
        return Made(
            key,
            statements=ran,
            rows=result.delivered,
            stored_in=f"{STAGE.schema}.DESTINATION_STATE",
            description=f"What {self.declaration.title} was told.",
        )

    def _check(self, key: dg.AssetKey, this: StageRun, result: DeliveryResult) -> dg.AssetCheckResult:
        expected = int(this.warehouse.scalar(f"select count(*) from {self.declaration.feed}"))
        return dg.AssetCheckResult(
            passed=result.held == expected,
            asset_key=key,
            check_name=COMPLETE_CHECK,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"holds": result.held, "feed": expected, "suppressed": result.suppressed},
        )


def _tell(result: DeliveryResult) -> None:
    counts = ", ".join(f"{count:,} {operation}" for operation, count in result.counts.items())
    logger.info("%s: %s; %s held back", result.destination, counts, f"{result.suppressed:,}")


def _metadata(result: DeliveryResult) -> dict[str, Any]:
    return {
        "dagster/row_count": result.held,
        "delivered": result.delivered,
        **result.counts,
        "suppressed": result.suppressed,
        "batch": result.batch_id or "none",
        "file": result.file.name if result.file else "none",
        "seconds": round(result.seconds, 3),
    }

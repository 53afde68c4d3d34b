"""A declared destination in Dagster: its delivery as an asset, its check, its own job."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Self

import dagster as dg
from pydantic import RootModel

from c360_assets.activation import DeliveryResult, DestinationDeclaration, deliver
from c360_assets.activation.consent import held_without_consent
from c360_assets.activation.declaration import CADENCES, from_attributes
from c360_assets.activation.meter import every
from c360_assets.activation.revocation import settle_where_it_can
from c360_assets.components.delivery_lineage import DeliveryFailed, made
from c360_assets.components.resources import WarehouseResource
from c360_assets.components.stage_run import WRITER_POOL, WRITER_TAGS, StageRun, stage_run
from c360_assets.components.translator import asset_key, automation
from c360_assets.stages import Stage

logger = logging.getLogger("c360.activation")

CRON = {"minutely": "* * * * *", "hourly": "15 * * * *", "daily": "30 3 * * *", "weekly": "30 3 * * 1"}
STAGE = Stage.ACTIVATION_FEED
COMPLETE_CHECK = "acknowledged_equals_planned"
CONSENT_CHECK = "nothing_without_consent"
_CHECKS = {
    COMPLETE_CHECK: "What was planned was acknowledged, and the destination holds what its feed says, row for row.",
    CONSENT_CHECK: "Whom the destination holds may be held there, by the consent of this moment.",
}
_TOLD_SECONDS = 10.0
# A sync may be one turn late before it counts as stale.
_LATE = 2


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
        return dg.Definitions(assets=[self._asset()], schedules=[self._schedule()])

    def _schedule(self) -> dg.ScheduleDefinition:
        name = self.declaration.destination
        return dg.ScheduleDefinition(
            name=f"sync_{name}",
            target=dg.AssetSelection.assets(asset_key(STAGE, f"{name}_delivery")),
            cron_schedule=CRON[self.declaration.cadence],
            execution_timezone="UTC",
            description=f"Brings {self.declaration.title} up to date with its feed, {self.declaration.cadence}.",
            tags={"destination": name} | WRITER_TAGS,
        )

    def _asset(self) -> dg.AssetsDefinition:
        declaration = self.declaration
        key = asset_key(STAGE, f"{declaration.destination}_delivery")

        @dg.multi_asset(
            name=f"{declaration.destination}_delivery",
            specs=[self._spec(key)],
            check_specs=[dg.AssetCheckSpec(name, asset=key, description=told) for name, told in _CHECKS.items()],
            pool=WRITER_POOL,
            op_tags=WRITER_TAGS,
        )
        def delivery(
            context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[WarehouseResource]
        ) -> Iterator[dg.MaterializeResult]:
            with stage_run(context, warehouse, STAGE) as this:
                this.lineage.started([key])
                before = len(this.warehouse.statements)
                settle_where_it_can(this.warehouse)
                progress = every(_TOLD_SECONDS, logger.info)
                result = deliver(this.warehouse, declaration, this.run, this.settings.outbox, progress=progress)
                _tell(result)
                ran = [statement.sql for statement in this.warehouse.statements[before:]]
                if result.stopped:
                    raise DeliveryFailed(f"{declaration.destination}: {result.stopped}")
                this.lineage.finished([made(declaration, ran, result)])
                context.instance.add_run_tags(context.run_id, {f"c360/{declaration.destination}": _tag(result)})
                checks = [self._complete(key, this, result), self._consent(key, this)]
                yield dg.MaterializeResult(asset_key=key, metadata=_metadata(result), check_results=checks)

        return delivery

    def _spec(self, key: dg.AssetKey) -> dg.AssetSpec:
        d = self.declaration
        return dg.AssetSpec(
            key,
            deps=[asset_key(*d.feed.split("."))],
            group_name=STAGE.value,
            owners=[d.owner],
            kinds={d.kind, d.format or d.connector},
            tags={"destination": d.destination, "sensitivity": d.sensitivity},
            description=f"Deliveries to {d.title}: only what changed since the last one, with a receipt per profile.",
            automation_condition=automation(),
            freshness_policy=dg.FreshnessPolicy.time_window(
                fail_window=timedelta(minutes=max(_LATE * CADENCES[d.cadence], 2))
            ),
            metadata={
                "purpose": d.purpose,
                "channel": d.channel or "none: not by consent",
                "legal basis": d.legal_basis,
                "regions": ", ".join(d.regions) or "all",
                "fields": ", ".join(d.written),
                "not written back": ", ".join(name for name in d.fields if name not in d.written) or "none",
                "keyed by": ", ".join(d.key),
                "cadence": d.cadence,
                "connector": d.connector,
                "format": d.format or "as the connector has it",
                "waits for a person beyond": f"{d.guard.deletes:.0%} deletes, {d.guard.updates:.0%} updates",
            },
        )

    def _complete(self, key: dg.AssetKey, this: StageRun, result: DeliveryResult) -> dg.AssetCheckResult:
        expected = int(this.warehouse.scalar(f"select count(*) from {self.declaration.feed}"))
        waiting = result.outcomes.get("pending", 0) + result.outcomes.get("rejected", 0) + result.parked
        # A person has to look, and nothing is wrong with the pipeline.
        asks = bool(result.waits_because or waiting)
        return dg.AssetCheckResult(
            passed=result.held == expected and not asks,
            asset_key=key,
            check_name=COMPLETE_CHECK,
            severity=dg.AssetCheckSeverity.WARN if asks else dg.AssetCheckSeverity.ERROR,
            metadata={
                "planned": result.planned, **result.outcomes, "holds": result.held, "feed": expected,
                "parked": result.parked, "suppressed": result.suppressed,
                "waits because": result.waits_because or "it does not wait",
            },
        )  # fmt: skip

    def _consent(self, key: dg.AssetKey, this: StageRun) -> dg.AssetCheckResult:
        held = held_without_consent(this.warehouse, self.declaration)
        return dg.AssetCheckResult(
            passed=not held,
            asset_key=key,
            check_name=CONSENT_CHECK,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"held without consent": held},
        )


def _tag(result: DeliveryResult) -> str:
    return f"{result.delivered} of {result.planned}"


def _tell(result: DeliveryResult) -> None:
    counts = ", ".join(f"{count:,} {operation}" for operation, count in result.counts.items())
    logger.info("%s: %s; %s held back", result.destination, counts, f"{result.suppressed:,}")


def _metadata(result: DeliveryResult) -> dict[str, Any]:
    return {
        "dagster/row_count": result.held,
        "delivered": result.delivered,
        **result.counts,
        **{f"{status} rows": rows for status, rows in result.outcomes.items()},
        "suppressed": result.suppressed,
        "plan": result.batch_id or "none",
        "file": result.file.name if result.file else "none",
        "seconds": round(result.seconds, 3),
    }

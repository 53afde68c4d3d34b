"""Sends recorded lineage events on."""

import dagster as dg

from c360_assets.lineage_forwarding import forward_events
from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse


@dg.sensor(
    name="forward_lineage",
    minimum_interval_seconds=30,
    description="Sends OpenLineage events from the outbox to the configured transport, or to a file.",
    default_status=dg.DefaultSensorStatus.STOPPED,
)
def forward_lineage(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Nothing to run: the events are sent by the sensor itself."""
    settings = load_settings()
    with Warehouse(settings, "c360 forward lineage") as warehouse:
        outcome = forward_events(settings, warehouse)
    if outcome.problem:
        context.log.warning(f"{outcome.waiting} event(s) wait: {outcome.problem}")
    return dg.SkipReason(f"{outcome.sent} event(s) sent, {outcome.waiting} waiting")

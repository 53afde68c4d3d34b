"""When things run by themselves. All are off until somebody turns them on in the UI."""

import dagster as dg

from c360_assets.defs.orchestration.jobs import consent_alone, full_refresh

nightly_refresh = dg.ScheduleDefinition(
    name="nightly_refresh", job=full_refresh, cron_schedule="0 2 * * *", execution_timezone="UTC"
)

consent_every_minute = dg.ScheduleDefinition(
    name="consent_every_minute", job=consent_alone, cron_schedule="* * * * *", execution_timezone="UTC"
)

follow_inputs = dg.AutomationConditionSensorDefinition(
    "follow_inputs",
    target=dg.AssetSelection.all(),
    default_status=dg.DefaultSensorStatus.STOPPED,
    minimum_interval_seconds=60,
)

"""Refusals of consent, on their own and at once."""

import dagster as dg

from c360_assets.activation import load_destinations
from c360_assets.activation.consent_topic import ConsentTopic, ConsentTopicError, waiting
from c360_assets.components.consent_path import consent_extract, heed_refusals
from c360_assets.components.resources import WarehouseResource
from c360_assets.settings import load_settings
from c360_assets.sources.landing import landed_files


@dg.op(
    retry_policy=dg.RetryPolicy(max_retries=5, delay=10, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.FULL),
    description="Reads new consent files and takes who refuses out of every destination that goes by consent.",
)
def heed(context: dg.OpExecutionContext, warehouse: dg.ResourceParam[WarehouseResource]) -> None:
    """Runs beside everything else: it needs no writer's lock."""
    settings = load_settings()
    with warehouse.open(f"c360 consent {context.run_id}") as session:
        noticed, results = heed_refusals(session, settings.landing, load_destinations())
    told = {result.destination: result.delivered for result in results}
    if stopped := [result.destination for result in results if result.stopped or result.outcomes.get("rejected")]:
        raise dg.Failure(f"Refusals have not reached {', '.join(stopped)}; they are told again.")
    context.add_output_metadata({"refusals": noticed.refusals, "unreadable lines": noticed.unreadable, **told})


@dg.job(description="Refusals of consent alone, from the landing zone to every destination.")
def consent_only() -> None:
    """One step."""
    heed()


@dg.sensor(
    job=consent_only,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Starts consent_only when the landing zone, or the consent topic, has what was not there before.",
)
def new_consent_file(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """The cursor is what the files looked like."""
    files = landed_files(load_settings().landing, consent_extract())
    cursor = " ".join(sorted(f"{file.name}:{file.sha256[:16]}" for file in files))
    if cursor == (context.cursor or "") and not _topic_has_more(context):
        return dg.SkipReason("no new consent file")
    return dg.SensorResult(run_requests=[dg.RunRequest()], cursor=cursor)


def _topic_has_more(context: dg.SensorEvaluationContext) -> bool:
    try:
        topic = ConsentTopic.declared()
        return topic is not None and waiting(topic) > 0
    except ConsentTopicError as error:
        # The tick after this one asks again.
        context.log.warning(str(error))
        return False

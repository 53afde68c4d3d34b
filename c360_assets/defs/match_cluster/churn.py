"""Publication stops where too many profiles would change at once."""

import logging

import dagster as dg

from c360_assets.components.resources import WarehouseResource
from c360_assets.components.stage_run import ACCEPT_CHURN_TAG, stage_run
from c360_assets.components.translator import asset_key
from c360_assets.stages import Stage

logger = logging.getLogger("c360.identity")


@dg.asset_check(
    asset=asset_key(Stage.MATCH_CLUSTER, "cluster"),
    name="churn_budget",
    blocking=True,
    description="Few of the published profiles change their id or lose records to another profile.",
)
def churn_budget(
    context: dg.AssetCheckExecutionContext, warehouse: dg.ResourceParam[WarehouseResource]
) -> dg.AssetCheckResult:
    """Compare the profiles with those that the next stage published last."""
    from c360_assets.identity.churn import explain, measure_churn
    from c360_assets.identity.stewardship.settings import load_steward_settings

    settings = load_steward_settings()
    with stage_run(context, warehouse, Stage.MATCH_CLUSTER) as this:
        since = this.marks[Stage.GOLDEN_PROFILE].processed_to
        found = measure_churn(this.warehouse, since)
    told = {f"{churn.entity_kind}_{name}": getattr(churn, name) for churn in found for name in ("published", "changed")}
    broken = [explain(churn, settings, since) for churn in found if churn.exceeds(settings)]
    accepted = context.run.tags.get(ACCEPT_CHURN_TAG) == "true"
    for sentence in () if accepted else broken:
        logger.warning(sentence)
    metadata = told | {"budget": settings.churn_budget, "accepted": accepted and bool(broken)}
    if broken:
        metadata["what_to_do"] = " ".join(broken)
    return dg.AssetCheckResult(passed=accepted or not broken, metadata=metadata)

"""How right the clusters are, as far as stewards' labels tell."""

import logging

import dagster as dg

from c360_assets.components.resources import WarehouseResource
from c360_assets.components.translator import asset_key
from c360_assets.stages import Stage

logger = logging.getLogger("c360.identity")


@dg.asset_check(
    asset=asset_key(Stage.MATCH_CLUSTER, "cluster"),
    name="match_quality",
    blocking=False,
    description="Precision and recall, estimated from drawn pairs that a steward labelled, are what is asked for.",
)
def match_quality(warehouse: dg.ResourceParam[WarehouseResource]) -> dg.AssetCheckResult:
    """Estimate from the labels that there are; warn where the lower end of an interval is below its target."""
    from c360_assets.identity.labelled.report import estimate_latest, keep, shortfalls
    from c360_assets.identity.stewardship.settings import load_steward_settings

    with warehouse.open("c360 match_quality") as session:
        found = estimate_latest(session)
        keep(session, found)
    short = shortfalls(found, load_steward_settings())
    for sentence in short:
        logger.warning(sentence)
    metadata: dict[str, dg.MetadataValue] = {}
    for each in found:
        kind = each.entity_kind
        for name, measure in each.measures.items():
            if measure.estimate is not None:
                metadata[f"{kind}_{name}"] = dg.MetadataValue.float(round(measure.estimate, 4))
            metadata[f"{kind}_{name}_95"] = dg.MetadataValue.text(f"{measure.low:.3f} to {measure.high:.3f}")
        metadata[f"{kind}_labelled"] = dg.MetadataValue.text(f"{each.labelled} of {each.drawn} drawn pairs")
        metadata[f"{kind}_joined_or_parted_since"] = dg.MetadataValue.int(each.changed_sides)
    if not found:
        metadata["what_to_do"] = dg.MetadataValue.text(
            "Not measured yet: `c360 evaluate --draw 200 --seed 1` draws pairs, `c360 review label` or the console "
            "asks a steward about them."
        )
    elif short:
        metadata["what_to_do"] = dg.MetadataValue.text(" ".join(short))
    return dg.AssetCheckResult(passed=not short, severity=dg.AssetCheckSeverity.WARN, metadata=metadata)

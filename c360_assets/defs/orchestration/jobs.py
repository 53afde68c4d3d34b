"""The jobs that cross stages; a source's own job comes from its declaration."""

import dagster as dg

full_refresh = dg.define_asset_job(
    "full_refresh",
    selection=dg.AssetSelection.all(),
    description="All stages, from the landing zone to the deliveries. What did not change is not done again.",
    tags={"c360/writer": "true"},
)

consent_alone = dg.define_asset_job(
    "consent_alone",
    selection=(
        dg.AssetSelection.assets(["source_snapshot", "consent__consent_event"])
        | dg.AssetSelection.assets(["normalized_record", "consent_event"])
        | dg.AssetSelection.assets(["golden_profile", "consent"])
        | dg.AssetSelection.assets(["activation_feed", "marketing_feed"], ["activation_feed", "marketing_delivery"])
        | dg.AssetSelection.assets(["activation_feed", "prospects_feed"], ["activation_feed", "prospects_delivery"])
    ),
    description="Consent alone, from the consent store to the marketing tools, without matching or merging.",
    tags={"c360/writer": "true"},
)

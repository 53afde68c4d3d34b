"""How dbt's nodes appear in Dagster: keyed by stage and table, owned, described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from c360_assets.stages import Stage

OWNERS = {
    Stage.SOURCE_SNAPSHOT: "team:data-platform",
    Stage.NORMALIZED_RECORD: "team:data-platform",
    Stage.MATCH_CLUSTER: "team:identity",
    Stage.GOLDEN_PROFILE: "team:customer-data",
    Stage.ACTIVATION_FEED: "team:activation",
}


def asset_key(schema: str, table: str) -> dg.AssetKey:
    """The asset of a table: its stage, then its name."""
    return dg.AssetKey([schema.lower(), table.lower()])


def automation() -> dg.AutomationCondition:
    """Follow the inputs, but only what passed its blocking checks."""
    return dg.AutomationCondition.eager() & dg.AutomationCondition.all_deps_blocking_checks_passed()


class StageTranslator(DagsterDbtTranslator):
    """Key = [stage, table]; group = stage."""

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """The base spec with the house's key, group, owner and kinds."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        if node["resource_type"] == "source":
            return spec
        stage = Stage(node["schema"].lower())
        kinds = {"snowflake", "dbt", "seed" if node["resource_type"] == "seed" else "table"}
        if node.get("config", {}).get("materialized") == "view":
            kinds = {"snowflake", "dbt", "view"}
        return spec.replace_attributes(
            group_name=stage.value,
            owners=[OWNERS[stage]],
            kinds=kinds,
            automation_condition=automation(),
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """[stage, table], for models, seeds and declared sources alike."""
        name = dbt_resource_props.get("alias") or dbt_resource_props.get("identifier") or dbt_resource_props["name"]
        return asset_key(dbt_resource_props["schema"], name)

"""Matching: which records describe one customer, and that customer's id."""

import re
from collections.abc import Iterator

import dagster as dg

from c360_assets.components.resources import WarehouseResource
from c360_assets.components.stage_facets import match_rules
from c360_assets.components.stage_lineage import Made
from c360_assets.components.stage_run import WRITER_POOL, WRITER_TAGS, stage_run
from c360_assets.components.translator import OWNERS, asset_key, automation
from c360_assets.stages import Stage
from c360_assets.warehouse.connection import Statement

RETRAIN_TAG = "c360/retrain"
STAGE = Stage.MATCH_CLUSTER
RECORDS = [asset_key("normalized_record", name) for name in ("person", "organization", "identifier")]

# Table: what one row is, and the tables of this stage that it is made from.
TABLES = {
    "match_model": ("One trained model per entity kind and version: Splink's settings with their weights.", []),
    "finding": ("One oddity of the data or the model, with what matching did about it.", ["match_model"]),
    "match_edge": (
        "One pair of records that was compared, with its evidence and decision.",
        ["match_model", "steward_decision"],
    ),
    "decision_conflict": ("One pair of records about which decisions contradict each other.", ["steward_decision"]),
    "review_queue": ("One pair that waits for a person's decision.", ["match_edge"]),
    "suspicious_cluster": ("One component that was held back, with what is suspicious about it.", ["match_edge"]),
    "profile_registry": ("One profile id ever given, with what became of it. Never dropped.", ["match_edge"]),
    "cluster": ("One source record with its profile id.", ["match_edge", "profile_registry"]),
    "relation": (
        "One typed relation of a profile to another one or to a node, and period in which it held.",
        ["cluster"],
    ),
    "hierarchy": ("One profile that stands above another one, with the steps between.", ["relation"]),
    "relation_conflict": ("One profile whose relations contradict each other, and so are not followed.", ["relation"]),
}
# Tables that are not made from the records themselves.
OUTSIDE = {
    "relation": [asset_key("normalized_record", "relation"), asset_key("normalized_record", "organization")],
    "hierarchy": [],
    "relation_conflict": [],
}

steward_decision = dg.AssetSpec(
    asset_key(STAGE, "steward_decision"),
    description="One decision that a steward made with `c360 review`. Never dropped.",
    group_name=STAGE.value,
    owners=[OWNERS[STAGE]],
    kinds={"snowflake", "table"},
)


def _specs() -> Iterator[dg.AssetSpec]:
    for table, (description, inputs) in TABLES.items():
        outside = OUTSIDE.get(table, RECORDS)
        yield dg.AssetSpec(
            asset_key(STAGE, table),
            deps=[*(asset_key(STAGE, name) for name in inputs), *outside],
            description=description,
            group_name=STAGE.value,
            owners=[OWNERS[STAGE]],
            kinds={"snowflake", "splink", "table"},
            automation_condition=automation(),
        )


@dg.multi_asset(name="match_cluster_build", specs=list(_specs()), pool=WRITER_POOL, op_tags=WRITER_TAGS)
def match(
    context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[WarehouseResource]
) -> Iterator[dg.MaterializeResult]:
    """Compare what changed with all records, cluster, and give every record its profile id."""
    from c360_assets.identity import run_matching
    from c360_assets.identity.settings import load_match_settings
    from c360_assets.identity.stewardship.heed import decisions_wait

    keys = [asset_key(STAGE, table) for table in TABLES]
    with stage_run(context, warehouse, STAGE) as this:
        if not this.work.needed and not decisions_wait(this.warehouse):
            yield from this.unchanged(keys)
            return
        this.lineage.started(keys)
        before = len(this.warehouse.statements)
        retrain = context.run.tags.get(RETRAIN_TAG) == "true"
        result = run_matching(this.warehouse, this.run, this.work.processed_to, this.work.full, retrain)
        statements = this.warehouse.statements[before:]
        ran = [statement.sql for statement in statements]
        metadata = this.table_metadata()
        rules = match_rules(result, load_match_settings())
        lineage = this.lineage.finished(
            Made(
                key,
                ran,
                metadata[key.path[-1]]["dagster/row_count"],
                run_facets=rules,
                query_id=_written_by(statements, key.path[-1]),
            )
            for key in keys
        )
        for key in keys:
            extra = result.metadata() if key.path[-1] in ("match_edge", "cluster", "match_model", "finding") else {}
            yield dg.MaterializeResult(
                asset_key=key,
                metadata=metadata[key.path[-1]] | extra | {"dagster/column_lineage": lineage[key]},
            )
        this.finish(changed=True)


def _written_by(statements: list[Statement], table: str) -> str | None:
    """The warehouse's id of the last statement that wrote the table, None where none did."""
    writes = r"\s*(insert\s+into|merge\s+into|update|delete\s+from)\s+"
    written = re.compile(rf"{writes}{STAGE.schema}\.{table}\b", re.IGNORECASE)
    return next((s.query_id for s in reversed(statements) if written.match(s.sql)), None)

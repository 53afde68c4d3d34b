"""The truth about every identity record; no stage of the pipeline reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from c360_assets.sample.text import codes, join, strings, take
from c360_assets.sample.world import World

SYSTEM_AND_OBJECT = {
    "account": ("salesforce", "account"),
    "contact": ("salesforce", "contact"),
    "customer": ("netsuite", "customer"),
    "stripe_customer": ("stripe", "customer"),
    "organization": ("zendesk", "organization"),
    "zendesk_user": ("zendesk", "user"),
    "hubspot_contact": ("hubspot", "contact"),
    "workspace": ("product_analytics", "workspace"),
    "user": ("product_analytics", "user"),
    "shop_customer": ("shopify", "customer"),
    "company": ("enrichment", "company"),
}


def table(world: World) -> pa.Table:
    """One row per identity record: where it is, and which person or organization it describes."""
    firms = join("org_", codes(world.numbers(len(world.companies)), 12))
    people = join("per_", codes(world.numbers(len(world.people)), 12))
    parts = []
    for kind, group, ids in (
        ("organization", world.presence.companies, firms),
        ("person", world.presence.people, people),
    ):
        for name, rows in group.items():
            n, (system, object_) = len(rows), SYSTEM_AND_OBJECT[name]
            parent = world.companies.parent[rows.entity] if kind == "organization" else np.full(n, -1)
            parts.append(
                pa.table(
                    {
                        "source_system": strings([system] * n),
                        "object": strings([object_] * n),
                        "record_id": rows.ids,
                        "entity_kind": strings([kind] * n),
                        "entity_id": take(ids, rows.entity),
                        "parent_entity_id": take(firms, parent),
                    }
                )
            )
    return pa.concat_tables(parts).combine_chunks()


def write(truth: pa.Table, folder: Path) -> None:
    """Write truth.parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(truth, folder / "truth.parquet", compression="zstd")

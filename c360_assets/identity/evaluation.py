"""How right the clusters are, against a truth that no stage reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from c360_assets.warehouse import Warehouse

TRUTH = "MATCH_CLUSTER.EVALUATION_TRUTH"

# One row per record of the truth with its profile. A record without a profile stands alone.
JUDGED = """
with judged as (
    select truth.record_key, truth.entity_kind, truth.entity_id, truth.parent_entity_id,
        coalesce(cluster.profile_id, 'none:' || truth.record_key) as profile_id, cluster.profile_id is null as missing
    from truth left join MATCH_CLUSTER.CLUSTER as cluster on truth.record_key = cluster.record_key
),
both as (
    select entity_kind, profile_id, entity_id, count(*) as n from judged group by entity_kind, profile_id, entity_id
),
profile as (select entity_kind, profile_id, sum(n) as n from both group by entity_kind, profile_id),
entity as (select entity_kind, entity_id, sum(n) as n from both group by entity_kind, entity_id)"""


def _load(warehouse: Warehouse, truth: Path) -> str:
    warehouse.execute("create schema if not exists MATCH_CLUSTER")
    warehouse.execute(
        f"create or replace transient table {TRUTH} (source_system varchar, object varchar, record_id varchar, "
        "entity_kind varchar, entity_id varchar, parent_entity_id varchar)"
    )
    warehouse.copy_parquet([truth], TRUTH)
    return f"""
{
        JUDGED.replace(
            "with judged",
            "with truth as (select source_system || ':' || object || ':' || record_id as record_key, "
            f"entity_kind, entity_id, parent_entity_id from {TRUTH}), judged",
            1,
        )
    }"""


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def evaluate(warehouse: Warehouse, truth: Path, kind: str | None = None) -> dict[str, Any]:
    """Score MATCH_CLUSTER.CLUSTER against a truth file, per entity kind.

    Pairwise: of all pairs of records, those in one profile against those of one entity. B-cubed (Bagga and
    Baldwin, 1998): the same per record, averaged. `sibling_merges` counts profiles that hold entities of one group:
    two with the same parent or domain, or a parent and its child. `missing` counts the
    truth's records without a profile.

    Returns:
        {kind: {records, profiles, entities, precision, recall, f1, b3_precision, b3_recall, b3_f1, merged_profiles,
        sibling_merges, missing}}; shares lie between 0 and 1.

    Raises:
        WarehouseError: the file is not a truth file, or the stage has not run.
    """
    common = _load(warehouse, truth)
    try:
        rows = warehouse.rows(f"""{common},
pairs as (
    select entity_kind, sum(n * (n - 1) / 2) as agreed, sum(n) as records from both group by entity_kind
),
claimed as (select entity_kind, sum(n * (n - 1) / 2) as pairs, count(*) as profiles from profile group by entity_kind),
wanted as (select entity_kind, sum(n * (n - 1) / 2) as pairs, count(*) as entities from entity group by entity_kind),
cubed as (
    select both.entity_kind, sum(both.n * both.n / profile.n::float) as b3_precision,
        sum(both.n * both.n / entity.n::float) as b3_recall
    from both
    inner join profile on both.profile_id = profile.profile_id and both.entity_kind = profile.entity_kind
    inner join entity on both.entity_id = entity.entity_id and both.entity_kind = entity.entity_kind
    group by both.entity_kind
),
lost as (select entity_kind, count_if(missing) as missing from judged group by entity_kind)
select pairs.entity_kind, pairs.records, claimed.profiles, wanted.entities, pairs.agreed::float, claimed.pairs::float,
    wanted.pairs::float, cubed.b3_precision / pairs.records, cubed.b3_recall / pairs.records, lost.missing
from pairs
inner join claimed on pairs.entity_kind = claimed.entity_kind
inner join wanted on pairs.entity_kind = wanted.entity_kind
inner join cubed on pairs.entity_kind = cubed.entity_kind
inner join lost on pairs.entity_kind = lost.entity_kind
order by pairs.entity_kind
""")
        merges = {row[0]: row[1:] for row in warehouse.rows(_merges_sql(common))}
    finally:
        warehouse.execute(f"drop table if exists {TRUTH}")
    scores = {}
    for name, records, profiles, entities, agreed, claimed, wanted, b3_precision, b3_recall, missing in rows:
        if kind not in (None, name):
            continue
        precision, recall = _ratio(agreed, claimed), _ratio(agreed, wanted)
        merged, siblings = merges.get(name, (0, 0))
        scores[name] = {
            "records": int(records),
            "profiles": int(profiles),
            "entities": int(entities),
            "precision": precision,
            "recall": recall,
            "f1": _f1(precision, recall),
            "b3_precision": float(b3_precision),
            "b3_recall": float(b3_recall),
            "b3_f1": _f1(float(b3_precision), float(b3_recall)),
            "merged_profiles": int(merged),
            "sibling_merges": int(siblings),
            "missing": int(missing),
        }
    return scores


def _merges_sql(common: str) -> str:
    """Per kind: profiles with more than one entity, and those whose entities belong to one group."""
    return f"""{common},
held as (select distinct entity_kind, profile_id, entity_id, parent_entity_id from judged),
spoken as (
    select distinct judged.entity_id, organization.domain
    from judged inner join NORMALIZED_RECORD.ORGANIZATION as organization
        on judged.record_key = organization.record_key
    where organization.domain is not null and not organization.domain_is_shared
),
neighbour as (
    select distinct l.entity_id as entity_l, r.entity_id as entity_r
    from spoken as l inner join spoken as r on l.domain = r.domain and l.entity_id < r.entity_id
),
mixed as (
    select l.entity_kind, l.profile_id,
        max(iff(
            l.parent_entity_id = r.parent_entity_id or l.parent_entity_id = r.entity_id
            or r.parent_entity_id = l.entity_id or neighbour.entity_l is not null, 1, 0
        )) as related
    from held as l
    inner join held as r
        on l.profile_id = r.profile_id and l.entity_kind = r.entity_kind and l.entity_id < r.entity_id
    left join neighbour on l.entity_id = neighbour.entity_l and r.entity_id = neighbour.entity_r
    group by l.entity_kind, l.profile_id
)
select entity_kind, count(*), sum(related) from mixed group by entity_kind
"""

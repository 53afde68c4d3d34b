"""Typed relations between profiles, lifted from those between source records; never flattened into a merge."""

from __future__ import annotations

from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


def lift_relations(warehouse: Warehouse, run: Run) -> None:
    """Bring MATCH_CLUSTER.RELATION up to date.

    A relation inside one profile (a regional copy whose parent is the first account) is none.
    """
    now = f"'{run.started_at_text}'::timestamp_ntz"
    key = """relation.from_profile_id = lifted.from_profile_id and relation.to_profile_id = lifted.to_profile_id
    and relation.relation_type = lifted.relation_type"""
    warehouse.execute("""
create or replace transient table MATCH_CLUSTER_STEP.RELATION as
select source.profile_id as from_profile_id, target.profile_id as to_profile_id, relation.relation_type,
    count(*) as evidence,
    array_agg(distinct relation.source_system) within group (order by relation.source_system) as sources,
    min(relation.valid_from) as valid_from
from NORMALIZED_RECORD.RELATION as relation
inner join MATCH_CLUSTER.CLUSTER as source on relation.from_record_key = source.record_key
inner join MATCH_CLUSTER.CLUSTER as target on relation.to_record_key = target.record_key
where source.profile_id <> target.profile_id and relation.valid_to is null
group by source.profile_id, target.profile_id, relation.relation_type
""")
    warehouse.script(
        [
            f"""
delete from MATCH_CLUSTER.RELATION as relation
where not exists (select 1 from MATCH_CLUSTER_STEP.RELATION as lifted where {key})
""",
            f"""
merge into MATCH_CLUSTER.RELATION as relation using MATCH_CLUSTER_STEP.RELATION as lifted on {key}
when matched and (
    relation.evidence <> lifted.evidence or to_json(relation.sources) <> to_json(lifted.sources)
    or not equal_null(relation.valid_from, lifted.valid_from)
) then update set
    evidence = lifted.evidence, sources = lifted.sources, valid_from = lifted.valid_from, changed_at = {now}
when not matched then insert (
    from_profile_id, to_profile_id, relation_type, evidence, sources, valid_from, changed_at
)
values (
    lifted.from_profile_id, lifted.to_profile_id, lifted.relation_type, lifted.evidence, lifted.sources,
    lifted.valid_from, {now}
)
""",
        ]
    )

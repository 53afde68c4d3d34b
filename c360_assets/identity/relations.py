"""Typed relations of profiles, lifted from what their source records say; never flattened into a merge.

An edge leads from a profile to another one or to a node that is no customer: a billing entity, a workspace, a business
unit, a regional office, a brand, a device, a household. It carries the records that say so, the rule by which they do,
and the time in which they did; what is over stays with its end.
"""

from __future__ import annotations

from datetime import datetime

from c360_assets.identity.hierarchy import build_hierarchy, hierarchy_statements
from c360_assets.identity.relation_types import HIERARCHY
from c360_assets.identity.tables import STEP_SCHEMA
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

LIFTED, SCOPE, UPWARD = f"{STEP_SCHEMA}.RELATION", f"{STEP_SCHEMA}.RELATION_SCOPE", f"{STEP_SCHEMA}.RELATION_UPWARD"
_HIERARCHY = ", ".join(f"'{name}'" for name in HIERARCHY)

# What is said of a customer's parts carries the customer's id, so that two customers' "sales" are two.
_OWN_PARTS = "('business_unit', 'regional_office')"

_LIFT = f"""
create or replace transient table {LIFTED} as
with member as (select record_key, profile_id from MATCH_CLUSTER.CLUSTER),
workspace as (
    select distinct to_key from NORMALIZED_RECORD.RELATION where relation_type = 'has_workspace'
),
stated as (
    select relation.*
    from NORMALIZED_RECORD.RELATION as relation
    inner join member on relation.from_record_key = member.record_key
    inner join {SCOPE} as scope on member.profile_id = scope.profile_id
),
said as (
    select * from stated
    union all
    -- Who belongs to a workspace's record uses the workspace.
    select stated.* replace ('uses_workspace' as relation_type, 'workspace' as to_kind)
    from stated
    inner join workspace on stated.to_key = workspace.to_key
    where stated.relation_type = 'employee_of'
),
of_profile as (
    select source.profile_id as from_profile_id, said.relation_type,
        iff(said.to_kind = 'record', 'profile', said.to_kind) as to_kind,
        case
            when said.to_kind = 'record' then target.profile_id
            when said.to_kind in {_OWN_PARTS} then source.profile_id || '/' || said.to_key
            else said.to_key
        end as to_id,
        said.from_record_key, said.to_key, said.evidence, said.source_system, said.valid_from, said.valid_to
    from said
    inner join member as source on said.from_record_key = source.record_key
    left join member as target on said.to_key = target.record_key and said.to_kind = 'record'
),
-- An office is one of several: the customer's accounts name more than one sales region.
spread as (
    select from_profile_id from of_profile where to_kind = 'regional_office'
    group by from_profile_id having count(distinct to_id) > 1
),
-- Smith Engineering's workspace of that name is no unit of it.
so_called as (
    select distinct unit.from_record_key
    from of_profile as unit
    inner join NORMALIZED_RECORD.ORGANIZATION as named on unit.from_record_key = named.record_key
    inner join member as mate on unit.from_profile_id = mate.profile_id
    inner join NORMALIZED_RECORD.ORGANIZATION as other
        on mate.record_key = other.record_key and named.name_key = other.name_key
    left join workspace on other.record_key = workspace.to_key
    where unit.to_kind = 'business_unit' and workspace.to_key is null
),
held as (
    select of_profile.*
    from of_profile
    left join spread on of_profile.from_profile_id = spread.from_profile_id
    left join so_called
        on of_profile.from_record_key = so_called.from_record_key and of_profile.to_kind = 'business_unit'
    -- A relation inside one profile (a regional copy whose parent is the first account) is none.
    where of_profile.to_id is not null and of_profile.to_id <> of_profile.from_profile_id
        and (of_profile.to_kind <> 'regional_office' or spread.from_profile_id is not null)
        and so_called.from_record_key is null
),
dated as (
    select from_profile_id, relation_type, to_kind, to_id, from_record_key, to_key, evidence, source_system,
        coalesce(valid_from, '0001-01-01'::timestamp_ntz) as since,
        coalesce(valid_to, '9999-12-31'::timestamp_ntz) as until
    from held
),
-- Most relations are said once, and need no more.
counted as (
    select from_profile_id, relation_type, to_kind, to_id, count(*) as statements, min(since) as since,
        max(until) as until, min(from_record_key) as from_record_key, min(to_key) as to_key,
        min(evidence) as evidence, min(source_system) as source_system
    from dated
    group by from_profile_id, relation_type, to_kind, to_id
),
-- Statements whose times meet are one period of the relation; a gap between them makes two.
met as (
    select dated.*, max(dated.until) over (
        partition by dated.from_profile_id, dated.relation_type, dated.to_kind, dated.to_id
        order by dated.since, dated.until, dated.from_record_key, dated.to_key
        rows between unbounded preceding and 1 preceding
    ) as reached
    from dated
    inner join counted
        on dated.from_profile_id = counted.from_profile_id and dated.relation_type = counted.relation_type
        and dated.to_kind = counted.to_kind and dated.to_id = counted.to_id
    where counted.statements > 1
),
numbered as (
    select met.*, sum(iff(since > reached, 1, 0)) over (
        partition by from_profile_id, relation_type, to_kind, to_id order by since, until, from_record_key, to_key
        rows between unbounded preceding and current row
    ) as period
    from met
),
lifted as (
    select from_profile_id, relation_type, to_kind, to_id, since, until, array_construct(source_system) as sources,
        array_construct(object_construct('record', from_record_key, 'names', to_key, 'rule', evidence)) as evidence
    from counted where statements = 1
    union all
    select from_profile_id, relation_type, to_kind, to_id, min(since), max(until),
        array_agg(distinct source_system) within group (order by source_system),
        array_agg(object_construct('record', from_record_key, 'names', to_key, 'rule', evidence))
            within group (order by from_record_key, to_key, evidence, since)
    from numbered
    group by from_profile_id, relation_type, to_kind, to_id, period
)
select md5(from_profile_id || '|' || relation_type || '|' || to_kind || '|' || to_id || '|' || since::varchar)
        as relation_key,
    from_profile_id, relation_type, to_kind, to_id, nullif(since, '0001-01-01'::timestamp_ntz) as valid_from,
    nullif(until, '9999-12-31'::timestamp_ntz) as valid_to, evidence, sources,
    md5(until::varchar || to_json(evidence) || to_json(sources)) as row_hash
from lifted
"""

# Profiles that are no more have no row in CLUSTER, and so none in the scope.
_IN_SCOPE = f"""(
    relation.from_profile_id in (select profile_id from {SCOPE})
    or relation.from_profile_id not in (select profile_id from MATCH_CLUSTER.CLUSTER)
)"""

_CHANGED = f"""
select count(*), count_if(relation_type in ({_HIERARCHY})) from (
    select coalesce(lifted.relation_type, relation.relation_type) as relation_type
    from {LIFTED} as lifted
    full outer join (select * from MATCH_CLUSTER.RELATION as relation where {_IN_SCOPE}) as relation
        on lifted.relation_key = relation.relation_key and lifted.row_hash = relation.row_hash
    where lifted.relation_key is null or relation.relation_key is null
)"""

_UPWARD = f"""
create or replace transient table {UPWARD} as
select from_profile_id, relation_type, to_kind, to_id, valid_to from {LIFTED}
where relation_type in ({_HIERARCHY})
union all
select from_profile_id, relation_type, to_kind, to_id, valid_to from MATCH_CLUSTER.RELATION as relation
where relation_type in ({_HIERARCHY}) and not {_IN_SCOPE}
"""


def lift_relations(warehouse: Warehouse, run: Run, processed_to: datetime | str | None = None) -> None:
    """Bring RELATION, and with it HIERARCHY and RELATION_CONFLICT, up to date, all in one transaction.

    Needs the steps' schema. `processed_to` is the stage's high-water mark: only what changed since can make a
    relation another one. Without it all are lifted anew.
    """
    warehouse.execute(_scope(warehouse, processed_to))
    warehouse.execute(_LIFT)
    changed, in_hierarchy = warehouse.rows(_CHANGED)[0]
    if not changed:
        return
    statements = _statements(run)
    if in_hierarchy:
        warehouse.execute(_UPWARD)
        build_hierarchy(warehouse, UPWARD)
        statements += hierarchy_statements(run)
    with warehouse.transaction():
        warehouse.script(statements)


def _scope(warehouse: Warehouse, processed_to: datetime | str | None) -> str:
    """The profiles whose relations may be others than those that stand."""
    create = f"create or replace transient table {SCOPE} as"
    known = "select 1 from MATCH_CLUSTER.RELATION limit 1"
    if processed_to is None or not warehouse.rows(known):
        return f"{create} select distinct profile_id from MATCH_CLUSTER.CLUSTER"
    since = f"> '{processed_to}'::timestamp_ntz"
    return f"""
{create}
with member as (select record_key, profile_id, changed_at from MATCH_CLUSTER.CLUSTER),
-- A record that no longer says something has changed, and so has a profile that lost one.
record as (
    select record_key from NORMALIZED_RECORD.PERSON where changed_at {since}
    union all
    select record_key from NORMALIZED_RECORD.ORGANIZATION where changed_at {since}
    union all
    select from_record_key from NORMALIZED_RECORD.RELATION where changed_at {since}
    union all
    select relation.from_record_key
    from NORMALIZED_RECORD.RELATION as relation
    inner join member on relation.to_key = member.record_key and relation.to_kind = 'record'
    where member.changed_at {since}
    union all
    -- Who belongs to a record that has become a workspace, or is none any more.
    select relation.from_record_key
    from NORMALIZED_RECORD.RELATION as relation
    inner join NORMALIZED_RECORD.ORGANIZATION as named on relation.to_key = named.record_key
    where relation.relation_type = 'employee_of' and named.changed_at {since}
)
select member.profile_id from member inner join record on member.record_key = record.record_key
union distinct
select profile_id from member where changed_at {since}
union distinct
select relation.from_profile_id
from MATCH_CLUSTER.RELATION as relation
inner join member on relation.to_id = member.profile_id
where relation.to_kind = 'profile' and member.changed_at {since}
union distinct
select relation.from_profile_id
from MATCH_CLUSTER.RELATION as relation
left join member on relation.to_id = member.profile_id
where relation.to_kind = 'profile' and member.profile_id is null
"""


_TOLD = "relation_key, from_profile_id, relation_type, to_kind, to_id, valid_from, valid_to, evidence, sources"


def _statements(run: Run) -> list[str]:
    now = f"'{run.started_at_text}'::timestamp_ntz"
    kept = f"insert into MATCH_CLUSTER.RELATION_HISTORY ({_TOLD}, holds, run_id, changed_at)"
    over = f"""
{_IN_SCOPE} and not exists (
    select 1 from {LIFTED} as lifted
    where lifted.relation_key = relation.relation_key and lifted.row_hash = relation.row_hash
)
"""
    fresh = f"""
from {LIFTED} as lifted
left join MATCH_CLUSTER.RELATION as relation on lifted.relation_key = relation.relation_key
where relation.relation_key is null
"""
    of_relation, of_lifted = (", ".join(f"{of}.{c}" for c in _TOLD.split(", ")) for of in ("relation", "lifted"))
    return [
        # What is no more, or something else now; then what takes its place.
        f"{kept} select {of_relation}, false, '{run.run_id}', {now}"
        f" from MATCH_CLUSTER.RELATION as relation where {over}",
        f"delete from MATCH_CLUSTER.RELATION as relation where {over}",
        f"{kept} select {of_lifted}, true, '{run.run_id}', {now} {fresh} order by lifted.from_profile_id",
        f"""
insert into MATCH_CLUSTER.RELATION ({_TOLD}, row_hash, changed_at)
select {of_lifted}, lifted.row_hash, {now} {fresh}
""",
    ]

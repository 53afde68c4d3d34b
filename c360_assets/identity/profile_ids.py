"""Lasting ids: which profile a cluster is, given what it was.

A profile's heir is the cluster that holds its founder; where the founder has vanished, the cluster that holds the
record that was assigned to it first. A cluster that inherits several profiles keeps the oldest; the others are
merged into it. A cluster that inherits none is a new profile, and its founder is its first record. An id is never
given twice: where a founder has founded before, its ordinal goes into the hash.
"""

from __future__ import annotations

from c360_assets.identity.clusters import MEMBER
from c360_assets.identity.models import MODELS
from c360_assets.identity.profile_history import ASSIGNED, CLAIM, begin_history, history_statements
from c360_assets.identity.touched import REACHED
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


def _claims(warehouse: Warehouse) -> None:
    """One row per profile in force that has a heir: the profile and the cluster."""
    warehouse.execute(f"""
create or replace transient table {CLAIM} as
with active as (select * from MATCH_CLUSTER.PROFILE_REGISTRY where status = 'active'),
held as (
    select active.profile_id, active.created_at, active.founder_record_key, member.cluster_no,
        member.record_key, cluster.assigned_at
    from active
    inner join MATCH_CLUSTER.CLUSTER as cluster on active.profile_id = cluster.profile_id
    inner join {MEMBER} as member
        on cluster.record_key = member.record_key and cluster.entity_kind = member.entity_kind
),
-- A run that was killed after registering a profile and before assigning it left one without records.
orphan as (
    select active.profile_id, active.created_at, active.founder_record_key, member.cluster_no,
        member.record_key, active.created_at as assigned_at
    from active
    inner join {MEMBER} as member
        on active.founder_record_key = member.record_key and active.entity_kind = member.entity_kind
    left join MATCH_CLUSTER.CLUSTER as cluster on active.profile_id = cluster.profile_id
    left join MATCH_CLUSTER.CLUSTER as elsewhere on active.founder_record_key = elsewhere.record_key
    where cluster.record_key is null and elsewhere.record_key is null
),
heir as (
    select * from (select * from held union all select * from orphan)
    qualify row_number() over (
        partition by profile_id order by iff(record_key = founder_record_key, 0, 1), assigned_at, record_key
    ) = 1
)
select profile_id, cluster_no,
    first_value(profile_id) over (
        partition by cluster_no order by created_at, founder_record_key, profile_id
    ) as kept_profile_id
from heir
""")


def _assign(warehouse: Warehouse, run: Run) -> None:
    """One row per record with its profile; new profiles are founded."""
    prefixes = " ".join(f"when '{kind}' then '{model.prefix}'" for kind, model in MODELS.items())
    warehouse.execute(f"""
create or replace transient table {ASSIGNED} as
with kept as (select distinct cluster_no, kept_profile_id from {CLAIM}),
founded as (
    select registry.entity_kind, registry.founder_record_key, count(*) as times
    from MATCH_CLUSTER.PROFILE_REGISTRY as registry
    where registry.founder_record_key in (select record_key from {MEMBER})
    group by registry.entity_kind, registry.founder_record_key
),
ordered as (
    select member.*, cluster.profile_id as old_profile_id, cluster.assigned_at as old_assigned_at
    from {MEMBER} as member
    left join MATCH_CLUSTER.CLUSTER as cluster
        on member.record_key = cluster.record_key and member.entity_kind = cluster.entity_kind
),
founder as (
    select ordered.cluster_no, ordered.record_key as founder_record_key,
        case ordered.entity_kind {prefixes} end || left(
            sha2(ordered.record_key || iff(founded.times is null, '', '#' || founded.times::varchar)), 20
        ) as new_profile_id
    from ordered
    left join kept on ordered.cluster_no = kept.cluster_no
    left join founded
        on ordered.record_key = founded.founder_record_key and ordered.entity_kind = founded.entity_kind
    where kept.cluster_no is null
    qualify row_number() over (
        partition by ordered.cluster_no order by ordered.old_assigned_at nulls last, ordered.record_key
    ) = 1
)
select ordered.record_key, ordered.entity_kind, coalesce(kept.kept_profile_id, founder.new_profile_id) as profile_id,
    founder.founder_record_key, ordered.cluster_size, ordered.match_confidence, ordered.linked_by,
    iff(
        ordered.old_profile_id = coalesce(kept.kept_profile_id, founder.new_profile_id),
        ordered.old_assigned_at, '{run.started_at_text}'::timestamp_ntz
    ) as assigned_at
from ordered
left join kept on ordered.cluster_no = kept.cluster_no
left join founder on ordered.cluster_no = founder.cluster_no
""")


def _registry_statements(run: Run, everything: bool) -> list[str]:
    now = f"'{run.started_at_text}'::timestamp_ntz"
    had = f"select profile_id from MATCH_CLUSTER.CLUSTER where record_key in (select record_key from {REACHED})"
    scope = "" if everything else f"and profile_id in ({had})"
    return [
        f"""
insert into MATCH_CLUSTER.PROFILE_REGISTRY (
    profile_id, entity_kind, founder_record_key, status, merged_into, reason, created_at, changed_at
)
select assigned.profile_id, min(assigned.entity_kind), min(assigned.founder_record_key), 'active', null,
    iff(max(cluster.record_key) is null, 'founded', 'split'), {now}, {now}
from {ASSIGNED} as assigned
left join MATCH_CLUSTER.CLUSTER as cluster on assigned.record_key = cluster.record_key
where assigned.founder_record_key is not null
group by assigned.profile_id
""",
        f"""
update MATCH_CLUSTER.PROFILE_REGISTRY as registry
set status = 'merged', merged_into = claim.kept_profile_id, reason = 'merged', changed_at = {now}
from {CLAIM} as claim
where registry.profile_id = claim.profile_id and claim.profile_id <> claim.kept_profile_id
""",
        # A redirect leads to the profile itself, not to another redirect.
        f"""
update MATCH_CLUSTER.PROFILE_REGISTRY as registry
set merged_into = claim.kept_profile_id, changed_at = {now}
from {CLAIM} as claim
where registry.merged_into = claim.profile_id and claim.profile_id <> claim.kept_profile_id
""",
        f"""
update MATCH_CLUSTER.PROFILE_REGISTRY
set status = 'retired', reason = 'no records left', changed_at = {now}
where status = 'active' and profile_id not in (select profile_id from {ASSIGNED}) {scope}
""",
    ]


def _cluster_statements(run: Run, everything: bool) -> list[str]:
    now = f"'{run.started_at_text}'::timestamp_ntz"
    scope = "" if everything else f"and record_key in (select record_key from {REACHED})"
    columns = "entity_kind, profile_id, cluster_size, match_confidence, linked_by"
    return [
        f"""
delete from MATCH_CLUSTER.CLUSTER
where record_key not in (select record_key from {ASSIGNED}) {scope}
""",
        f"""
update MATCH_CLUSTER.CLUSTER as cluster
set entity_kind = assigned.entity_kind, profile_id = assigned.profile_id, cluster_size = assigned.cluster_size,
    match_confidence = assigned.match_confidence, linked_by = assigned.linked_by, run_id = '{run.run_id}',
    assigned_at = assigned.assigned_at, changed_at = {now}
from {ASSIGNED} as assigned
where cluster.record_key = assigned.record_key and (
    cluster.entity_kind <> assigned.entity_kind or cluster.profile_id <> assigned.profile_id
    or cluster.cluster_size <> assigned.cluster_size or cluster.match_confidence <> assigned.match_confidence
    or to_json(cluster.linked_by) <> to_json(assigned.linked_by)
)
""",
        f"""
insert into MATCH_CLUSTER.CLUSTER (record_key, {columns}, run_id, assigned_at, changed_at)
select assigned.record_key, assigned.entity_kind, assigned.profile_id, assigned.cluster_size,
    assigned.match_confidence, assigned.linked_by, '{run.run_id}', {now}, {now}
from {ASSIGNED} as assigned
left join MATCH_CLUSTER.CLUSTER as cluster on assigned.record_key = cluster.record_key
where cluster.record_key is null
""",
    ]


def assign_profiles(warehouse: Warehouse, run: Run, everything: bool = True) -> None:
    """Bring PROFILE_REGISTRY and CLUSTER up to date with the members' table, in one transaction.

    Where that holds not everything but what `touched.reach` found, no other record's row is looked at.
    """
    begin_history(warehouse)
    _claims(warehouse)
    _assign(warehouse, run)
    with warehouse.transaction():
        warehouse.script(_registry_statements(run, everything))
        warehouse.script(history_statements(run, everything))
        warehouse.script(_cluster_statements(run, everything))

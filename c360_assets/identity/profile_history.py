"""What became of ids and records, in order, and never rewritten: the answer to 'what was this id at time T'.

PROFILE_REGISTRY says how an id stands today; its redirects are kept short, so they forget the way. Here every step
stays: PROFILE_EVENT has one row per step of an id, PROFILE_MEMBER_HISTORY one per move of a record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from c360_assets.identity.tables import STEP_SCHEMA
from c360_assets.identity.touched import REACHED
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

CLAIM, ASSIGNED = f"{STEP_SCHEMA}.CLAIM", f"{STEP_SCHEMA}.ASSIGNED"
EVENT, MOVE = "MATCH_CLUSTER.PROFILE_EVENT", "MATCH_CLUSTER.PROFILE_MEMBER_HISTORY"


def history_statements(run: Run, everything: bool) -> list[str]:
    """What this run does to ids and records.

    They belong between the registry's statements and the clusters', in their transaction: the registry says what is
    new and the clusters still say what was.
    """
    now = f"'{run.started_at_text}'::timestamp_ntz"
    marks = f"'{run.run_id}', {now}"
    had = f"select profile_id from MATCH_CLUSTER.CLUSTER where record_key in (select record_key from {REACHED})"
    scope = "" if everything else f"and record_key in (select record_key from {REACHED})"
    retired_scope = "" if everything else f"and profile_id in ({had})"
    columns = "profile_id, entity_kind, event, other_profile_id, reason, run_id, changed_at"
    return [
        f"""
insert into {EVENT} ({columns})
select assigned.profile_id, min(assigned.entity_kind), iff(max(cluster.record_key) is null, 'founded', 'split'),
    max(cluster.profile_id), null, {marks}
from {ASSIGNED} as assigned
left join MATCH_CLUSTER.CLUSTER as cluster on assigned.founder_record_key = cluster.record_key
where assigned.founder_record_key is not null
group by assigned.profile_id
order by assigned.profile_id
""",
        # The strongest evidence between the two tells why, a steward's word before all.
        f"""
insert into {EVENT} ({columns})
with merged as (
    select profile_id, cluster_no, kept_profile_id from {CLAIM} where profile_id <> kept_profile_id
),
joined as (
    select assigned.record_key, assigned.profile_id, cluster.profile_id as old_profile_id
    from {ASSIGNED} as assigned
    left join MATCH_CLUSTER.CLUSTER as cluster on assigned.record_key = cluster.record_key
    where assigned.profile_id in (select kept_profile_id from merged)
),
link as (
    select l.old_profile_id as profile_id, edge.rule, edge.match_weight
    from MATCH_CLUSTER.MATCH_EDGE as edge
    inner join joined as l on edge.record_key_l = l.record_key
    inner join joined as r on edge.record_key_r = r.record_key
    where edge.decision = 'match' and l.old_profile_id is distinct from r.old_profile_id
    union all
    select r.old_profile_id, edge.rule, edge.match_weight
    from MATCH_CLUSTER.MATCH_EDGE as edge
    inner join joined as l on edge.record_key_l = l.record_key
    inner join joined as r on edge.record_key_r = r.record_key
    where edge.decision = 'match' and l.old_profile_id is distinct from r.old_profile_id
),
reason as (
    select profile_id, rule from link where profile_id is not null
    qualify row_number() over (
        partition by profile_id order by iff(rule = 'steward', 0, 1), match_weight desc nulls last, rule
    ) = 1
)
select merged.profile_id, registry.entity_kind, 'merged', merged.kept_profile_id, reason.rule, {marks}
from merged
inner join MATCH_CLUSTER.PROFILE_REGISTRY as registry on merged.profile_id = registry.profile_id
left join reason on merged.profile_id = reason.profile_id
""",
        f"""
insert into {EVENT} ({columns})
select profile_id, entity_kind, 'retired', null, reason, {marks}
from MATCH_CLUSTER.PROFILE_REGISTRY
where status = 'retired' and changed_at = {now} {retired_scope}
    and profile_id not in (select profile_id from {EVENT} where event = 'retired')
""",
        f"""
insert into {MOVE} (record_key, entity_kind, profile_id, previous_profile_id, run_id, changed_at)
select assigned.record_key, assigned.entity_kind, assigned.profile_id, cluster.profile_id, {marks}
from {ASSIGNED} as assigned
left join MATCH_CLUSTER.CLUSTER as cluster on assigned.record_key = cluster.record_key
where cluster.record_key is null or cluster.profile_id <> assigned.profile_id
""",
        f"""
insert into {MOVE} (record_key, entity_kind, profile_id, previous_profile_id, run_id, changed_at)
select record_key, entity_kind, null, profile_id, {marks}
from MATCH_CLUSTER.CLUSTER
where record_key not in (select record_key from {ASSIGNED}) {scope}
""",
    ]


def begin_history(warehouse: Warehouse) -> None:
    """Let the history of clusters that are older than it begin with when their records were assigned."""
    found = [f"(select count(*) from (select 1 from {table} limit 1))" for table in (MOVE, "MATCH_CLUSTER.CLUSTER")]
    has_history, has_clusters = warehouse.rows(f"select {', '.join(found)}")[0]
    if has_history or not has_clusters:
        return
    with warehouse.transaction():
        warehouse.execute(f"""
insert into {MOVE} (record_key, entity_kind, profile_id, previous_profile_id, run_id, changed_at)
select record_key, entity_kind, profile_id, null, run_id, assigned_at from MATCH_CLUSTER.CLUSTER
""")
        warehouse.execute(f"""
insert into {EVENT} (profile_id, entity_kind, event, other_profile_id, reason, run_id, changed_at)
select profile_id, entity_kind, 'founded', null, null, null, created_at from MATCH_CLUSTER.PROFILE_REGISTRY
union all
select profile_id, entity_kind, status, merged_into, reason, null, changed_at
from MATCH_CLUSTER.PROFILE_REGISTRY where status <> 'active'
""")


EVENTS_TOLD = {
    "founded": "was given to a new customer",
    "split": "was given to what was split off {other}",
    "merged": "was merged into {other}",
    "retired": "has no records left",
}
"""Steps of an id in words."""


@dataclass(frozen=True)
class ProfileAt:
    """An id at a time. `status` is unknown (not yet given), active, merged or retired."""

    profile_id: str
    status: str
    since: datetime | None = None
    merged_into: str | None = None
    reason: str | None = None
    """Which rule merged it."""
    leads_to: str | None = None
    """Where all redirects of that time end; the id itself where it is active."""
    members: list[str] = field(default_factory=list)
    events: list[dict[str, object]] = field(default_factory=list)
    """Steps up to that time, those of other ids that concern it too."""


def profile_at(warehouse: Warehouse, profile: str, at: datetime | None = None) -> ProfileAt:
    """What an id was at a time (naive UTC), or is now."""
    until = (at or datetime(9999, 1, 1)).isoformat(sep=" ", timespec="microseconds")
    names = ("profile_id", "event", "other_profile_id", "reason", "changed_at", "run_id")
    rows = warehouse.rows(
        f"select {', '.join(names)} from {EVENT} where (profile_id = %s or other_profile_id = %s) "
        "and changed_at <= %s::timestamp_ntz order by changed_at, iff(event in ('founded', 'split'), 0, 1), profile_id",
        [profile, profile, until],
    )
    events = [dict(zip(names, row, strict=True)) for row in rows]
    own = [event for event in events if event["profile_id"] == profile]
    if not own:
        return ProfileAt(profile, "unknown", events=events)
    last = own[-1]
    status = last["event"] if last["event"] in ("merged", "retired") else "active"
    members = warehouse.rows(
        f"""
select record_key from {MOVE}
where changed_at <= %s::timestamp_ntz and record_key in (select record_key from {MOVE} where profile_id = %s)
qualify profile_id = %s and row_number() over (partition by record_key order by changed_at desc, run_id desc) = 1
order by record_key
""",
        [until, profile, profile],
    )
    return ProfileAt(
        profile,
        str(status),
        last["changed_at"],
        last["other_profile_id"] if status == "merged" else None,
        last["reason"],
        _end(warehouse, profile, until),
        [key for (key,) in members],
        events,
    )


def _end(warehouse: Warehouse, profile: str, until: str) -> str | None:
    """Follow the redirects of a time; None where they end in an id that was retired."""
    seen = set()
    while profile not in seen:
        seen.add(profile)
        rows = warehouse.rows(
            f"select event, other_profile_id from {EVENT} where profile_id = %s and changed_at <= %s::timestamp_ntz "
            "order by changed_at desc, iff(event in ('founded', 'split'), 1, 0) limit 1",
            [profile, until],
        )
        event, other = rows[0] if rows else ("retired", None)
        if event == "retired":
            return None
        if event != "merged":
            return profile
        profile = other
    return None

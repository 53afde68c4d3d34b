"""Who stands above whom: what of the relations can be followed upwards, and what contradicts itself and cannot.

A profile has one parent, is billed for one, and works for one; a second one that stands above the first is implied
by it. Where several remain, none is followed. Links that lead in a circle are not followed either. Both are reported
in RELATION_CONFLICT. What is left has no circles, so whatever is reached upwards by two ways is reached once.
"""

from __future__ import annotations

from c360_assets.identity.relation_types import HIERARCHY, PARENT_RELATIONS
from c360_assets.identity.tables import STEP_SCHEMA
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

_EDGE, _PATH, _OWNED = f"{STEP_SCHEMA}.UPWARD", f"{STEP_SCHEMA}.UPWARD_PATH", f"{STEP_SCHEMA}.OWNED_PATH"
_CONFLICT, _REACH = f"{STEP_SCHEMA}.UPWARD_CONFLICT", f"{STEP_SCHEMA}.UPWARD_REACH"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def build_hierarchy(warehouse: Warehouse, relation: str) -> None:
    """Work out the hierarchy of the relations in force in the table `relation`, in tables of the steps' schema."""
    warehouse.execute(f"""
create or replace transient table {_EDGE} as
select distinct from_profile_id as child, to_id as parent,
    iff(relation_type in ({_listed(PARENT_RELATIONS)}), 'parent', relation_type) as link
from {relation}
where to_kind = 'profile' and valid_to is null and relation_type in ({_listed(HIERARCHY)})
""")
    warehouse.execute(
        f"create or replace transient table {_CONFLICT} "
        "(profile_id varchar, conflict varchar, link varchar, other_profile_id varchar)"
    )
    _choose_parents(warehouse)
    _close(warehouse, _PATH, "")
    _cut_circles(warehouse)
    _close(warehouse, _OWNED, "where link = 'parent'")


def _choose_parents(warehouse: Warehouse) -> None:
    """Of several parents leave the one that all others stand above; none, where there is no such one."""
    several = f"select child, link from {_EDGE} group by child, link having count(*) > 1"
    warehouse.execute(f"""
create or replace transient table {_REACH} as
with several as ({several})
select edge.child, edge.link, edge.parent as start, edge.parent as node, 0 as step
from {_EDGE} as edge
inner join several on edge.child = several.child and edge.link = several.link
""")
    step = 0
    while True:
        # A way through the child itself says nothing of which of its parents is above which.
        found = warehouse.execute(f"""
insert into {_REACH} (child, link, start, node, step)
select distinct reach.child, reach.link, reach.start, edge.parent, {step + 1}
from {_REACH} as reach
inner join {_EDGE} as edge on reach.node = edge.child
left join {_REACH} as known
    on reach.child = known.child and reach.link = known.link and reach.start = known.start
    and edge.parent = known.node
where reach.step = {step} and reach.node <> reach.child and known.node is null
""")
        step += 1
        if not found.rowcount:
            break
    if step == 1 and not warehouse.scalar(f"select count(*) from {_REACH}"):
        return
    warehouse.script([
        f"""
delete from {_EDGE} as edge
where exists (
    select 1 from {_REACH} as upward
    left join {_REACH} as downward
        on upward.child = downward.child and upward.link = downward.link
        and upward.start = downward.node and upward.node = downward.start
    where upward.child = edge.child and upward.link = edge.link and upward.node = edge.parent
        and upward.start <> upward.node and downward.node is null
        and upward.start in (select other.parent from {_EDGE} as other
            where other.child = upward.child and other.link = upward.link)
)
""",
        f"""
insert into {_CONFLICT}
with several as ({several})
select edge.child, 'two_parents', edge.link, edge.parent
from {_EDGE} as edge
inner join several on edge.child = several.child and edge.link = several.link
""",
        f"delete from {_EDGE} where (child, link) in (select profile_id, link from {_CONFLICT})",
    ])  # fmt: skip


def _close(warehouse: Warehouse, path: str, condition: str) -> None:
    """All pairs that links join, with the fewest steps between them; each round doubles the length of the ways."""
    warehouse.execute(f"""
create or replace transient table {path} as
select distinct child as descendant, parent as ancestor, 1 as steps from {_EDGE} {condition}
""")
    while warehouse.execute(f"""
insert into {path} (descendant, ancestor, steps)
select lower.descendant, upper.ancestor, min(lower.steps + upper.steps)
from {path} as lower
inner join {path} as upper on lower.ancestor = upper.descendant
left join {path} as known on lower.descendant = known.descendant and upper.ancestor = known.ancestor
where known.ancestor is null
group by lower.descendant, upper.ancestor
""").rowcount:
        pass


def _cut_circles(warehouse: Warehouse) -> None:
    """Report who stands above itself, and do without the links by which it does."""
    if not warehouse.scalar(f"select count(*) from {_PATH} where ancestor = descendant"):
        return
    warehouse.script([
        f"""
insert into {_CONFLICT}
select up.descendant, 'cycle', null, up.ancestor
from {_PATH} as up
inner join {_PATH} as down on up.ancestor = down.descendant and up.descendant = down.ancestor
where up.ancestor <> up.descendant
""",
        f"""
delete from {_EDGE} as edge
where exists (select 1 from {_PATH} as path where path.descendant = edge.parent and path.ancestor = edge.child)
""",
    ])  # fmt: skip
    _close(warehouse, _PATH, "")


def hierarchy_statements(run: Run) -> list[str]:
    """What brings HIERARCHY and RELATION_CONFLICT up to date with what `build_hierarchy` found."""
    now = f"'{run.started_at_text}'::timestamp_ntz"
    return [
        f"""
delete from MATCH_CLUSTER.HIERARCHY as known
where not exists (
    select 1 from {_PATH} as path
    left join {_OWNED} as owned on path.descendant = owned.descendant and path.ancestor = owned.ancestor
    where path.descendant = known.descendant_profile_id and path.ancestor = known.ancestor_profile_id
        and path.steps = known.steps and equal_null(owned.steps, known.parent_steps)
)
""",
        f"""
insert into MATCH_CLUSTER.HIERARCHY (
    ancestor_profile_id, descendant_profile_id, steps, parent_steps, changed_at
)
select path.ancestor, path.descendant, path.steps, owned.steps, {now}
from {_PATH} as path
left join {_OWNED} as owned on path.descendant = owned.descendant and path.ancestor = owned.ancestor
left join MATCH_CLUSTER.HIERARCHY as known
    on path.descendant = known.descendant_profile_id and path.ancestor = known.ancestor_profile_id
where known.ancestor_profile_id is null
""",
        "delete from MATCH_CLUSTER.RELATION_CONFLICT",
        f"""
insert into MATCH_CLUSTER.RELATION_CONFLICT (
    profile_id, conflict, link, other_profile_ids, run_id, found_at
)
select profile_id, conflict, link,
    array_agg(distinct other_profile_id) within group (order by other_profile_id), '{run.run_id}', {now}
from {_CONFLICT}
group by profile_id, conflict, link
""",
    ]

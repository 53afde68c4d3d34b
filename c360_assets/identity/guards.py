"""Clusters that no customer looks like are taken apart before they merge, and a person is asked; the rest is published.

Measured on every cluster as it stands, before any cap: how many records, how many of one source, how many values of
one identifier, how many links between its farthest records, and links on which two large parts hang. A link that is
such a bridge is cut, so that both parts stay whole; a cluster that exceeds a limit is held back whole. What a steward
joined is his: his links are no bridges, and only the size of what he joined is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

from c360_assets.identity.components import contract
from c360_assets.identity.rules import RULES, linking_identifiers
from c360_assets.identity.settings import MatchSettings
from c360_assets.identity.touched import REACHED
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

STEP = "MATCH_CLUSTER_STEP"
ALARM = f"{STEP}.ALARM"
HELD = f"{STEP}.HELD"
_CANDIDATE, _WALK = f"{STEP}.GUARD_CANDIDATE", f"{STEP}.GUARD_WALK"


@dataclass(frozen=True)
class Graph:
    """The tables of the clustering: nodes, edges, and the label of each node that has an edge."""

    node: str
    edge: str
    label: str


def guard_clusters(
    warehouse: Warehouse, settings: MatchSettings, run: Run, graph: Graph, everything: bool = True
) -> int:
    """Cut bridges, hold back what exceeds a limit, and tell SUSPICIOUS_CLUSTER; returns the number of alarms.

    Makes `HELD` (a, b, reason), the pairs of records that it keeps apart, for the review queue.
    """
    reached = "" if everything else f"where component in (select record_key from {REACHED})"
    warehouse.execute(f"delete from MATCH_CLUSTER.SUSPICIOUS_CLUSTER {reached}")
    warehouse.script([
        f"create or replace transient table {ALARM} "
        "(component number(38, 0), reason varchar, measure varchar, amount number(38, 0))",
        f"create or replace transient table {HELD} (record_key_l varchar, record_key_r varchar, reason varchar)",
    ])  # fmt: skip
    if _walk_candidates(warehouse, settings, graph):
        _cut_bridges(warehouse, settings, graph)
        _measure_diameter(warehouse, settings, graph)
    _measure_counts(warehouse, settings, graph)
    alarms = int(warehouse.scalar(f"select count(*) from {ALARM}"))
    if alarms:
        _tell(warehouse, run, graph)
        _hold(warehouse, graph)
    return alarms


def _walk_candidates(warehouse: Warehouse, settings: MatchSettings, graph: Graph) -> bool:
    """Clusters in which a long path or a bridge between large parts can be: of that size, and not all linked."""
    least = min(settings.max_diameter + 2, 2 * settings.bridge_part_records)
    warehouse.execute(f"""
create or replace transient table {_CANDIDATE} as
with sized as (select component, count(*) as records from {graph.label} group by component),
inside as (
    select l.component, count(*) as pairs, max(edge.is_decided) as is_decided
    from {graph.edge} as edge
    inner join {graph.label} as l on edge.a = l.node
    inner join {graph.label} as r on edge.b = r.node and l.component = r.component
    group by l.component
)
select sized.component, sized.records, inside.is_decided
from sized inner join inside on sized.component = inside.component
where sized.records between {least} and {settings.max_cluster_size}
    and inside.pairs < sized.records * (sized.records - 1) / 2
""")
    return bool(warehouse.scalar(f"select count(*) from {_CANDIDATE}"))


def _links(graph: Graph) -> str:
    """Both directions of the links inside the candidates."""
    return f"""
link as (
    select l.component, edge.a, edge.b, edge.strength, edge.is_decided from {graph.edge} as edge
    inner join {graph.label} as l on edge.a = l.node
    inner join {graph.label} as r on edge.b = r.node and l.component = r.component
    inner join {_CANDIDATE} as candidate on l.component = candidate.component
),
way as (select component, a as node, b as other, strength from link
    union all select component, b, a, strength from link)"""


def _cut_bridges(warehouse: Warehouse, settings: MatchSettings, graph: Graph) -> None:
    """Walk from one end of each link without it: where the other end is not reached, it is a bridge."""
    warehouse.execute(f"""
create or replace transient table {_WALK} as
with {_links(graph)},
-- A link whose ends have a neighbour in common is no bridge.
around as (
    select distinct link.strength from link
    inner join way as one on link.a = one.node
    inner join way as two on link.b = two.node and one.other = two.other
)
select link.strength, link.a as node, link.component, 0 as step from link
inner join {_CANDIDATE} as candidate on link.component = candidate.component
where candidate.records >= {2 * settings.bridge_part_records} and link.is_decided = 0
    and link.strength not in (select strength from around)
""")
    if not warehouse.scalar(f"select count(*) from {_WALK}"):
        return
    _walk(warehouse, settings, graph, "and way.strength <> walked.strength")
    warehouse.execute(f"""
create or replace transient table {STEP}.BRIDGE as
with side as (select strength, component, count(*) as records from {_WALK} group by strength, component)
select edge.a, edge.b, edge.strength, side.component,
    least(side.records, candidate.records - side.records) as smaller
from side
inner join {_CANDIDATE} as candidate on side.component = candidate.component
inner join {graph.edge} as edge on side.strength = edge.strength
left join {_WALK} as back on edge.strength = back.strength and edge.b = back.node
where back.node is null
    and least(side.records, candidate.records - side.records) >= {settings.bridge_part_records}
""")
    warehouse.script([
        f"insert into {ALARM} select component, 'two large parts hang on one link', 'bridge', max(smaller) "
        f"from {STEP}.BRIDGE group by component",
        f"""
insert into {HELD}
select least(l.record_key, r.record_key), greatest(l.record_key, r.record_key), 'two large parts hang on this link'
from {STEP}.BRIDGE as bridge
inner join {graph.node} as l on bridge.a = l.node
inner join {graph.node} as r on bridge.b = r.node
""",
        f"""
create or replace transient table {STEP}.UNBRIDGED as
with {_links(graph)}
select a, b, strength from link
where component in (select component from {STEP}.BRIDGE) and strength not in (select strength from {STEP}.BRIDGE)
""",
    ])  # fmt: skip


def _walk(warehouse: Warehouse, settings: MatchSettings, graph: Graph, condition: str, steps: int = 0) -> None:
    """Follow the links from where each walk stands, until it gets no further or for so many steps."""
    for step in range(1, (steps or settings.max_cluster_size) + 1):
        moved = warehouse.execute(f"""
insert into {_WALK} (strength, node, component, step)
with {_links(graph)}
select distinct walked.strength, way.other, walked.component, {step}
from {_WALK} as walked
inner join way on walked.node = way.node {condition}
left join {_WALK} as known on walked.strength = known.strength and way.other = known.node
where walked.step = {step - 1} and known.node is null
""")
        if not moved.rowcount:
            return


def _measure_diameter(warehouse: Warehouse, settings: MatchSettings, graph: Graph) -> None:
    """From each record of a candidate that no bridge was cut in: can all others be reached in so many steps?"""
    warehouse.execute(f"""
create or replace transient table {_WALK} as
select label.node as strength, label.node, label.component, 0 as step
from {graph.label} as label
inner join {_CANDIDATE} as candidate on label.component = candidate.component
where candidate.is_decided = 0 and candidate.records >= {settings.max_diameter + 2}
    and label.component not in (select component from {ALARM})
""")
    if not warehouse.scalar(f"select count(*) from {_WALK}"):
        return
    _walk(warehouse, settings, graph, "", settings.max_diameter)
    warehouse.execute(f"""
insert into {ALARM}
with reached as (select strength, component, count(*) as records from {_WALK} group by strength, component)
select reached.component, 'records are linked by a long chain only', 'diameter', {settings.max_diameter + 1}
from reached inner join {_CANDIDATE} as candidate on reached.component = candidate.component
where reached.records < candidate.records
group by reached.component
""")


def _measure_counts(warehouse: Warehouse, settings: MatchSettings, graph: Graph) -> None:
    """Records, records of one source, and values of one identifier."""
    decided = f"""
    select distinct label.component from {graph.edge} as edge
    inner join {graph.label} as label on edge.a = label.node where edge.is_decided = 1"""
    kinds = " union all ".join(linking_identifiers(kind) for kind in sorted({rule.kind for rule in RULES}))
    limit = " ".join(f"when '{name}' then {most}" for name, most in sorted(settings.max_values.items()))
    warehouse.execute(f"""
insert into {ALARM}
with member as (
    select label.component, node.record_key, node.entity_kind
    from {graph.label} as label inner join {graph.node} as node on label.node = node.node
),
joined as ({decided}),
crowd as (select component from member group by component having count(*) > 2),
sourced as (
    select component, left(record_key, position(':' in record_key) - 1) as source, count(*) as records
    from member group by component, left(record_key, position(':' in record_key) - 1)
),
identifier as ({kinds}),
valued as (
    select member.component, identifier.identifier_type, count(distinct identifier.value_canonical) as amount
    from member
    inner join crowd on member.component = crowd.component
    inner join identifier on member.record_key = identifier.record_key and member.entity_kind = identifier.entity_kind
    group by member.component, identifier.identifier_type
)
select component, 'more records than a customer has', 'records', count(*)
from member group by component having count(*) > {settings.max_cluster_size}
union all
select component, 'more records of one source than a customer has', 'records of ' || source, records
from sourced where records > {settings.max_source_records} and component not in (select component from joined)
union all
select component, 'more different values than a customer has', identifier_type, amount
from valued where amount > case identifier_type {limit or "when '' then 0"} else {settings.max_cluster_size} end
    and component not in (select component from joined)
""")


def _tell(warehouse: Warehouse, run: Run, graph: Graph) -> None:
    warehouse.execute(f"""
insert into MATCH_CLUSTER.SUSPICIOUS_CLUSTER (
    component, entity_kind, reason, measure, amount, records, run_id, found_at
)
select first.component, first.entity_kind, alarm.reason, alarm.measure, alarm.amount, first.records,
    '{run.run_id}', '{run.started_at_text}'::timestamp_ntz
from {ALARM} as alarm
inner join (
    select label.component as no, min(node.record_key) as component, min(node.entity_kind) as entity_kind,
        count(*) as records
    from {graph.label} as label inner join {graph.node} as node on label.node = node.node
    group by label.component
) as first on alarm.component = first.no
""")


def _hold(warehouse: Warehouse, graph: Graph) -> None:
    """Give the records new labels: each its own where the cluster is held back, each part its own where it was cut."""
    parts = "null::number(38, 0)"
    joined = ""
    if warehouse.scalar(f"select count(*) from {ALARM} where measure = 'bridge'"):
        contract(warehouse, f"{STEP}.UNBRIDGED", f"{STEP}.PART")
        parts, joined = "part.component", f"left join {STEP}.PART_LABEL as part on label.node = part.node"
    warehouse.execute(f"""
insert into {HELD}
with whole as (select component, min(reason) as reason from {ALARM} where measure <> 'bridge' group by component)
select least(l.record_key, r.record_key), greatest(l.record_key, r.record_key), whole.reason
from {graph.edge} as edge
inner join {graph.label} as label on edge.a = label.node
inner join whole on label.component = whole.component
inner join {graph.node} as l on edge.a = l.node
inner join {graph.node} as r on edge.b = r.node
""")
    warehouse.execute(f"""
create or replace transient table {graph.label} as
with whole as (select distinct component from {ALARM} where measure <> 'bridge'),
cut as (select distinct component from {ALARM} where measure = 'bridge')
select label.node,
    case
        when whole.component is not null then label.node
        when cut.component is not null then coalesce({parts}, label.node)
        else label.component
    end as component
from {graph.label} as label
left join whole on label.component = whole.component
left join cut on label.component = cut.component
{joined}
""")

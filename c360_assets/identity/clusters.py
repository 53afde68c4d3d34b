"""From edges to components: joined by matches, cut where records contradict, guarded before they merge."""

from __future__ import annotations

from dataclasses import dataclass

from c360_assets.identity.average_linkage import merge_by_average
from c360_assets.identity.components import contract
from c360_assets.identity.contradictions import REASONS, pair_contradiction
from c360_assets.identity.guards import Graph, guard_clusters
from c360_assets.identity.rules import Suspended
from c360_assets.identity.settings import MatchSettings
from c360_assets.identity.stewardship.apart import heed_decisions
from c360_assets.identity.stewardship.heed import RULE as STEWARD
from c360_assets.identity.touched import REACHED
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

NODE, EDGE, LABEL = "MATCH_CLUSTER_STEP.NODE", "MATCH_CLUSTER_STEP.EDGE", "MATCH_CLUSTER_STEP.COMPONENT_LABEL"
CONFLICT, MEMBER = "MATCH_CLUSTER_STEP.CONFLICT", "MATCH_CLUSTER_STEP.MEMBER"


@dataclass(frozen=True)
class Clustered:
    """What clustering did."""

    cut: int
    suspicious: int


def _graph(warehouse: Warehouse, everything: bool) -> None:
    """Number the records and rank the matching pairs; ties are broken by the records' keys."""
    reached = (
        "" if everything else f"where (record_key, entity_kind) in (select record_key, entity_kind from {REACHED})"
    )
    warehouse.execute(f"""
create or replace transient table {NODE} as
with record as (
    select record_key, 'person' as entity_kind from NORMALIZED_RECORD.PERSON
    union all
    select record_key, 'organization' from NORMALIZED_RECORD.ORGANIZATION
)
select row_number() over (order by record_key, entity_kind) as node, record_key, entity_kind from record
{reached}
""")
    # Of a few records, only their own edges are worth ranking.
    scope = "" if everything else f"and record_key_l in (select record_key from {NODE})"
    warehouse.execute(f"""
create or replace transient table {EDGE} as
with pair as (
    select entity_kind, record_key_l, record_key_r, max(match_weight) as weight,
        max(match_probability) as probability, max(iff(rule in ('splink', '{STEWARD}'), 0, 1)) as forced,
        max(iff(rule = '{STEWARD}', 1, 0)) as is_decided, max(iff(rule = '{STEWARD}', 0, 1)) as is_scored
    from MATCH_CLUSTER.MATCH_EDGE where decision = 'match' {scope}
    group by entity_kind, record_key_l, record_key_r
)
select least(l.node, r.node) as a, greatest(l.node, r.node) as b, pair.probability,
    coalesce(pair.weight, 0) as weight, pair.forced, pair.is_scored, pair.is_decided,
    -- What a steward joined outweighs every score.
    row_number() over (order by pair.is_decided, coalesce(pair.weight, 0), l.node desc, r.node desc) as strength
from pair
inner join {NODE} as l on pair.record_key_l = l.record_key and pair.entity_kind = l.entity_kind
inner join {NODE} as r on pair.record_key_r = r.record_key and pair.entity_kind = r.entity_kind
""")


def _judged_records(settings: MatchSettings) -> int:
    """How large a component may be for its evidence to be weighed pair by pair; a larger one is held back whole.

    Weak matches chain several customers together before their evidence is weighed, so this is more than one has.
    """
    return 5 * settings.max_cluster_size


def _conflicts(warehouse: Warehouse, settings: MatchSettings, suspended: Suspended) -> int:
    """Pairs of records in one component that contradict each other."""
    parts = [
        f"""
select member_l.node as a, member_r.node as b
from member as member_l
inner join member as member_r on member_l.component = member_r.component and member_l.node < member_r.node
inner join NORMALIZED_RECORD.{kind.upper()} as l on member_l.record_key = l.record_key
inner join NORMALIZED_RECORD.{kind.upper()} as r on member_r.record_key = r.record_key
where member_l.entity_kind = '{kind}' and {predicate}"""
        for kind, predicate in ((kind, pair_contradiction(kind, suspended.get(kind, ()))) for kind in REASONS)
    ]
    warehouse.execute(f"""
create or replace transient table {CONFLICT} as
with sized as (
    select component from {LABEL} group by component having count(*) <= {_judged_records(settings)}
),
member as (
    select label.node, label.component, node.record_key, node.entity_kind
    from {LABEL} as label
    inner join sized on label.component = sized.component
    inner join {NODE} as node on label.node = node.node
)
{" union all ".join(parts)}
""")
    heed_decisions(warehouse, settings, CONFLICT, LABEL, NODE, EDGE)
    return int(warehouse.scalar(f"select count(*) from {CONFLICT}"))


def _judge(warehouse: Warehouse, settings: MatchSettings) -> None:
    """Cluster by all evidence where a component is not of one mind.

    That is where it holds a contradiction, a pair that no match joins, or one whose own evidence speaks against it.
    Elsewhere every pair says the same, and the component is the cluster.
    """
    doubtful = "MATCH_CLUSTER_STEP.DOUBTFUL"
    warehouse.execute(f"""
create or replace transient table {doubtful}_EDGE as
with sized as (select component, count(*) as records from {LABEL} group by component),
joined as (
    select label.component, count(*) as pairs, max(iff(edge.weight <= 0 and edge.forced = 0, 1, 0)) as is_doubted
    from {EDGE} as edge inner join {LABEL} as label on edge.a = label.node
    group by label.component
),
torn as (
    select distinct label.component from {CONFLICT} as conflict
    inner join {LABEL} as label on conflict.a = label.node
),
chosen as (
    select sized.component from sized
    inner join joined on sized.component = joined.component
    left join torn on sized.component = torn.component
    where sized.records <= {_judged_records(settings)}
        and (
            torn.component is not null or joined.is_doubted = 1
            or joined.pairs < sized.records * (sized.records - 1) / 2
        )
)
select edge.* from {EDGE} as edge
inner join {LABEL} as label on edge.a = label.node
inner join chosen on label.component = chosen.component
""")
    if not warehouse.scalar(f"select count(*) from {doubtful}_EDGE"):
        return
    cluster = merge_by_average(warehouse, f"{doubtful}_EDGE", CONFLICT, doubtful)
    # The edges inside the clusters make them, and their strongest forest is what they hang on.
    warehouse.execute(f"""
create or replace transient table {doubtful}_KEPT as
select edge.a, edge.b, edge.strength from {doubtful}_EDGE as edge
inner join {cluster} as l on edge.a = l.node
inner join {cluster} as r on edge.b = r.node and l.component = r.component
""")
    contract(warehouse, f"{doubtful}_KEPT", doubtful)
    warehouse.execute(f"""
create or replace transient table {LABEL} as
select label.node, coalesce(kept.component, iff(judged.node is null, label.component, label.node)) as component
from {LABEL} as label
left join {cluster} as judged on label.node = judged.node
left join {doubtful}_LABEL as kept on label.node = kept.node
""")
    span = "MATCH_CLUSTER_STEP.COMPONENT_SPAN"
    warehouse.execute(f"delete from {span} where strength in (select strength from {doubtful}_EDGE)")
    warehouse.execute(f"insert into {span} select strength from {doubtful}_SPAN")


def _members(warehouse: Warehouse) -> None:
    """One row per record with its cluster, the weakest evidence it hangs on, and the rules that linked it."""
    warehouse.execute(f"""
create or replace transient table {MEMBER} as
with labelled as (
    select node.node, node.record_key, node.entity_kind, coalesce(label.component, node.node) as cluster_no
    from {NODE} as node left join {LABEL} as label on node.node = label.node
),
spanning as (
    select l.component as cluster_no, min(edge.probability) as match_confidence
    from MATCH_CLUSTER_STEP.COMPONENT_SPAN as span
    inner join {EDGE} as edge on span.strength = edge.strength
    inner join {LABEL} as l on edge.a = l.node
    inner join {LABEL} as r on edge.b = r.node and l.component = r.component
    group by l.component
),
used as (
    select distinct l.cluster_no, edge.rule
    from MATCH_CLUSTER.MATCH_EDGE as edge
    inner join labelled as l on edge.record_key_l = l.record_key and edge.entity_kind = l.entity_kind
    inner join labelled as r on edge.record_key_r = r.record_key and edge.entity_kind = r.entity_kind
    where edge.decision = 'match' and l.cluster_no = r.cluster_no
),
rules as (
    select cluster_no, array_agg(rule) within group (order by rule) as linked_by from used group by cluster_no
),
sized as (select cluster_no, count(*) as cluster_size from labelled group by cluster_no)
select labelled.record_key, labelled.entity_kind, labelled.cluster_no, sized.cluster_size,
    coalesce(spanning.match_confidence, 1.0)::float as match_confidence,
    coalesce(rules.linked_by, array_construct()) as linked_by
from labelled
inner join sized on labelled.cluster_no = sized.cluster_no
left join spanning on labelled.cluster_no = spanning.cluster_no
left join rules on labelled.cluster_no = rules.cluster_no
""")


def cluster_edges(
    warehouse: Warehouse, settings: MatchSettings, run: Run, everything: bool = True, suspended: Suspended | None = None
) -> Clustered:
    """Build the table of members, one row per record with the number of its cluster, from MATCH_EDGE.

    All records, or those that `touched.reach` found.
    """
    _graph(warehouse, everything)
    contract(warehouse, EDGE, "MATCH_CLUSTER_STEP.COMPONENT")
    cut = _conflicts(warehouse, settings, suspended or {})
    _judge(warehouse, settings)
    held = guard_clusters(warehouse, settings, run, Graph(NODE, EDGE, LABEL), everything)
    _members(warehouse)
    return Clustered(cut, held)

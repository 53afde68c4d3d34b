"""What clustering joins and keeps apart once stewards have spoken.

`different` is a contradiction like those of the data. `same` is a word about two customers: it joins what the machine
holds for the one with what it holds for the other, whatever the mean of the evidence is, and lifts the data's
contradictions between them, since the person who looked at them knows better than a rule (a new name after a
marriage, a new tax number). It lifts no other steward's `different`; there the weakest evidence gives way.
"""

from __future__ import annotations

from c360_assets.identity.average_linkage import merge_by_average
from c360_assets.identity.components import contract
from c360_assets.identity.settings import MatchSettings
from c360_assets.identity.stewardship.heed import DECIDED
from c360_assets.identity.tables import STEP_SCHEMA
from c360_assets.warehouse import Warehouse

PAIR, GROUP, UNION = f"{STEP_SCHEMA}.DECIDED_PAIR", f"{STEP_SCHEMA}.STEWARD_GROUP", f"{STEP_SCHEMA}.STEWARD_UNION"


def heed_decisions(
    warehouse: Warehouse, settings: MatchSettings, conflict: str, label: str, node: str, edge: str
) -> None:
    """Bring the tables of contradictions and of edges in line with the decisions.

    Clustering's tables: `conflict` (a, b), `label` (node, component), `node` (node, record_key, entity_kind) and
    `edge` (a, b, weight, forced, is_scored, strength). A component that is too large is held back as a whole, so it
    needs nothing here.
    """
    if not warehouse.scalar(f"select count(*) from {DECIDED}"):
        return
    warehouse.execute(f"""
create or replace transient table {PAIR} as
with sized as (
    select component from {label} group by component having count(*) <= {settings.max_cluster_size}
)
select l.node as a, r.node as b, decided.verdict, label_l.component
from {DECIDED} as decided
inner join {node} as l on decided.record_key_l = l.record_key and decided.entity_kind = l.entity_kind
inner join {node} as r on decided.record_key_r = r.record_key and decided.entity_kind = r.entity_kind
inner join {label} as label_l on l.node = label_l.node
inner join {label} as label_r on r.node = label_r.node and label_l.component = label_r.component
inner join sized on label_l.component = sized.component
""")
    warehouse.execute(f"""
insert into {conflict} (a, b)
select a, b from {PAIR} where verdict = 'different' and (a, b) not in (select a, b from {conflict})
""")
    if warehouse.scalar(f"select count(*) from {PAIR} where verdict = 'same'"):
        _join(warehouse, conflict, label, edge)


def _join(warehouse: Warehouse, conflict: str, label: str, edge: str) -> None:
    """Cluster without the stewards' links; then force those links, and what made the clusters that they join."""
    warehouse.execute(f"""
create or replace transient table {GROUP}_EDGE as
select edge.a, edge.b, edge.weight, edge.forced, edge.strength
from {edge} as edge
inner join {label} as label on edge.a = label.node
where edge.is_scored = 1 and label.component in (select component from {PAIR} where verdict = 'same')
""")
    group = merge_by_average(warehouse, f"{GROUP}_EDGE", conflict, GROUP)
    warehouse.execute(f"""
create or replace transient table {UNION}_EDGE as
select coalesce(l.component, edge.a) as a, coalesce(r.component, edge.b) as b, edge.strength
from {edge} as edge
inner join {PAIR} as pair on edge.a = pair.a and edge.b = pair.b and pair.verdict = 'same'
left join {group} as l on edge.a = l.node
left join {group} as r on edge.b = r.node
where coalesce(l.component, edge.a) <> coalesce(r.component, edge.b)
""")
    contract(warehouse, f"{UNION}_EDGE", UNION)
    warehouse.script(
        [
            f"""
delete from {conflict} where (a, b) in (
    select conflict.a, conflict.b
    from {conflict} as conflict
    left join {group} as l on conflict.a = l.node
    left join {group} as r on conflict.b = r.node
    inner join {UNION}_LABEL as union_l on coalesce(l.component, conflict.a) = union_l.node
    inner join {UNION}_LABEL as union_r on coalesce(r.component, conflict.b) = union_r.node
    where union_l.component = union_r.component
) and (a, b) not in (select a, b from {PAIR} where verdict = 'different')
""",
            f"""
update {edge} set forced = 1
where (a, b) in (select a, b from {PAIR} where verdict = 'same')
    or (a, b) in (
        select edge.a, edge.b from {edge} as edge
        inner join {group} as l on edge.a = l.node
        inner join {group} as r on edge.b = r.node and l.component = r.component
        inner join {UNION}_LABEL as joined on l.component = joined.node
    )
""",
        ]
    )

"""Clusters by the evidence of all their pairs, in SQL, many at once.

Single linkage joins two customers by one pair that looks alike, however many pairs speak against it. Average linkage
(Sokal and Michener, 1958) joins two clusters where the mean weight over all pairs between them is positive: as much
evidence for as against. A pair that was not kept as an edge counts as evidence against it.

Two clusters that are each other's best may be merged before anything else, because no other merge can offer either a
better partner (the method is reducible: Bruynooghe, 1977; Müllner, 2011). So all such pairs of a round are merged
together, and the result is that of one merge at a time in order of weight, whatever the order of arrival.
"""

from __future__ import annotations

from c360_assets.identity.components import ComponentsError
from c360_assets.warehouse import Warehouse

# Evidence against a pair that blocking did not find or that scored below the review threshold, in bits: a pair of
# which nothing more is known than that is taken to be a match in one case of nine.
NOT_KEPT = -3.0
# A cluster of n records takes at most n - 1 rounds.
MAX_ROUNDS = 100_000
# Weights are added as whole thousandths, so that a sum does not depend on its order.
SCALE = 1000


def merge_by_average(warehouse: Warehouse, edges: str, conflicts: str, prefix: str) -> str:
    """Label the nodes of `edges` (a, b, weight, forced, strength) by cluster; returns the table (node, component).

    No two nodes of `conflicts` (a, b) end in one cluster. Edges that are `forced` (1, else 0) join their ends, the
    stronger ones first, whatever the mean is, unless a conflict forbids it.

    Raises:
        ComponentsError: it did not end.
    """
    label, apart, open_ = f"{prefix}_AVERAGE", f"{prefix}_APART", f"{prefix}_PAIRED"
    warehouse.script(
        [
            f"create or replace transient table {label} as "
            f"select a as node, a as component from {edges} union select b, b from {edges}",
            f"create or replace transient table {apart} as "
            f"select a, b from {conflicts} union select b, a from {conflicts}",
            f"create or replace transient table {open_} as select a, b, "
            f"round(weight * {SCALE})::number(38, 0) as total, 1 as pairs, iff(forced = 1, strength, 0) as forced, "
            f"1 as size_a, 1 as size_b from {edges}",
        ]
    )
    for _ in range(MAX_ROUNDS):
        if not _merge_best(warehouse, open_, apart, prefix):
            return label
        _relabel(warehouse, label, open_, apart, prefix)
    raise ComponentsError(f"Clusters of {edges} did not settle.")


def _merge_best(warehouse: Warehouse, open_: str, apart: str, prefix: str) -> bool:
    """Merge the pairs of clusters that are each other's best; the smaller label stays."""
    merged = warehouse.execute(f"""
create or replace transient table {prefix}_MERGED as
with judged as (
    select paired.a, paired.b, paired.forced,
        (paired.total + (paired.size_a * paired.size_b - paired.pairs) * {round(NOT_KEPT * SCALE)})
        / (paired.size_a * paired.size_b)::float as mean
    from {open_} as paired
    left join {apart} as apart on paired.a = apart.a and paired.b = apart.b
    where apart.a is null
),
ranked as (
    select a, b, row_number() over (order by forced, mean, a desc, b desc) as rank
    from judged where forced > 0 or mean > 0
),
pick as (
    select node, max_by(other, rank) as other
    from (select a as node, b as other, rank from ranked union all select b, a, rank from ranked)
    group by node
)
select pick.other as node, pick.node as parent
from pick inner join pick as back on pick.other = back.node
where back.other = pick.node and pick.node < pick.other
""")
    del merged
    return bool(warehouse.scalar(f"select count(*) from {prefix}_MERGED"))


def _relabel(warehouse: Warehouse, label: str, open_: str, apart: str, prefix: str) -> None:
    merged = f"{prefix}_MERGED"
    warehouse.script(
        [
            f"""
create or replace transient table {label} as
select label.node, coalesce(merged.parent, label.component) as component
from {label} as label left join {merged} as merged on label.component = merged.node
""",
            f"""
create or replace transient table {apart} as
select distinct coalesce(ma.parent, apart.a) as a, coalesce(mb.parent, apart.b) as b
from {apart} as apart
left join {merged} as ma on apart.a = ma.node
left join {merged} as mb on apart.b = mb.node
""",
            f"""
create or replace transient table {open_} as
with size as (select component, count(*) as records from {label} group by component),
moved as (
    select coalesce(ma.parent, paired.a) as one, coalesce(mb.parent, paired.b) as other,
        paired.total, paired.pairs, paired.forced
    from {open_} as paired
    left join {merged} as ma on paired.a = ma.node
    left join {merged} as mb on paired.b = mb.node
),
joined as (
    select least(one, other) as a, greatest(one, other) as b, sum(total) as total, sum(pairs) as pairs,
        max(forced) as forced
    from moved where one <> other group by least(one, other), greatest(one, other)
)
select joined.*, size_a.records as size_a, size_b.records as size_b
from joined
inner join size as size_a on joined.a = size_a.component
inner join size as size_b on joined.b = size_b.component
""",
        ]
    )

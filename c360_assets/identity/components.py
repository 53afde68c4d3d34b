"""Connected components and their strongest spanning forest, in SQL, in logarithmically many steps.

Borůvka's algorithm (1926): every component picks its strongest edge to another one, the picks are contracted by
pointer jumping, and so on until no edge leaves a component. Each round at least halves the number of components
that can still grow, so a path of a million records takes some twenty rounds and usual customers take two or three.
The picked edges are a maximum spanning forest: the weakest of a component's picks is the evidence that it hangs on.
"""

from __future__ import annotations

from c360_assets.warehouse import Warehouse

MAX_ROUNDS = 64


class ComponentsError(RuntimeError):
    """Contraction did not end; the edge table changed under it."""


def contract(warehouse: Warehouse, edges: str, prefix: str) -> None:
    """Label the nodes of a graph by component.

    `edges` is a table (a, b, strength): integer nodes a <> b and a number that is unique per edge, larger for
    stronger evidence. Makes `<prefix>_LABEL` (node, component), one row per node that has an edge, component
    being the smallest node, and `<prefix>_SPAN` (strength), the edges of the strongest spanning forest.

    Raises:
        ComponentsError: more rounds than a graph can need.
    """
    _begin(warehouse, edges, prefix)
    open_ = edges
    for _ in range(MAX_ROUNDS):
        if not _pick(warehouse, open_, prefix):
            break
        _jump(warehouse, prefix)
        _relabel(warehouse, prefix)
        open_ = _join(warehouse, open_, f"{prefix}_OPEN", prefix, ", edge.strength")
    else:
        raise ComponentsError(f"Components of {edges} did not settle in {MAX_ROUNDS} rounds.")
    _name_components(warehouse, prefix)


def _begin(warehouse: Warehouse, edges: str, prefix: str) -> None:
    """Every node is its own component, and no edge is taken."""
    warehouse.execute(
        f"create or replace transient table {prefix}_LABEL as "
        f"select a as node, a as component from {edges} union select b, b from {edges}"
    )
    warehouse.execute(f"create or replace transient table {prefix}_SPAN (strength number(38, 0))")


def _pick(warehouse: Warehouse, edges: str, prefix: str) -> bool:
    """Every component picks its strongest edge; of two that pick each other the smaller is the root.

    What it points at is looked up twice at once, so that short chains need no further step.
    """
    warehouse.execute(f"""
create or replace transient table {prefix}_PARENT as
with pick as (
    select node, max_by(other, strength) as other, max(strength) as strength
    from (select a as node, b as other, strength from {edges} union all select b, a, strength from {edges})
    group by node
),
parent as (
    select pick.node, iff(back.other = pick.node and pick.node < pick.other, pick.node, pick.other) as parent,
        pick.strength
    from pick inner join pick as back on pick.other = back.node
),
grand as (
    select child.node, parent.parent, child.strength
    from parent as child inner join parent on child.parent = parent.node
)
select child.node, parent.parent, child.strength
from grand as child inner join grand as parent on child.parent = parent.node
""")
    taken = warehouse.execute(f"insert into {prefix}_SPAN select distinct strength from {prefix}_PARENT")
    return bool(taken.rowcount)


def _jump(warehouse: Warehouse, prefix: str) -> None:
    """Let every node point at its root, halving the way at each step."""
    for _ in range(MAX_ROUNDS):
        moving = f"""
select count(*) from {prefix}_PARENT as child
inner join {prefix}_PARENT as parent on child.parent = parent.node where child.parent <> parent.parent
"""
        if not warehouse.scalar(moving):
            return
        warehouse.execute(f"""
create or replace transient table {prefix}_PARENT as
select child.node, parent.parent
from {prefix}_PARENT as child inner join {prefix}_PARENT as parent on child.parent = parent.node
""")
    raise ComponentsError(f"Pointers of {prefix} did not settle in {MAX_ROUNDS} rounds.")


def _relabel(warehouse: Warehouse, prefix: str) -> None:
    warehouse.execute(f"""
create or replace transient table {prefix}_LABEL as
select label.node, coalesce(parent.parent, label.component) as component
from {prefix}_LABEL as label left join {prefix}_PARENT as parent on label.component = parent.node
""")


def _join(warehouse: Warehouse, pairs: str, target: str, prefix: str, columns: str = "") -> str:
    """Write pairs of nodes as pairs of the components that they are in now, but those inside one; returns the table."""
    warehouse.execute(f"""
create or replace transient table {target} as
select distinct coalesce(pa.parent, edge.a) as a, coalesce(pb.parent, edge.b) as b{columns}
from {pairs} as edge
left join {prefix}_PARENT as pa on edge.a = pa.node
left join {prefix}_PARENT as pb on edge.b = pb.node
where coalesce(pa.parent, edge.a) <> coalesce(pb.parent, edge.b)
""")
    return target


def _name_components(warehouse: Warehouse, prefix: str) -> None:
    """A component's name is its smallest node."""
    warehouse.execute(f"""
create or replace transient table {prefix}_LABEL as
select node, min(node) over (partition by component) as component from {prefix}_LABEL
""")

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
    open_, label, span = f"{prefix}_OPEN", f"{prefix}_LABEL", f"{prefix}_SPAN"
    warehouse.script(
        [
            f"create or replace transient table {open_} as select a, b, strength from {edges}",
            f"create or replace transient table {label} as "
            f"select a as node, a as component from {edges} union select b, b from {edges}",
            f"create or replace transient table {span} (strength number(38, 0))",
        ]
    )
    for _ in range(MAX_ROUNDS):
        if not _pick(warehouse, prefix):
            break
        _jump(warehouse, prefix)
        warehouse.execute(f"""
create or replace transient table {label} as
select label.node, coalesce(parent.parent, label.component) as component
from {label} as label left join {prefix}_PARENT as parent on label.component = parent.node
""")
        warehouse.execute(f"""
create or replace transient table {open_} as
select coalesce(pa.parent, edge.a) as a, coalesce(pb.parent, edge.b) as b, edge.strength
from {open_} as edge
left join {prefix}_PARENT as pa on edge.a = pa.node
left join {prefix}_PARENT as pb on edge.b = pb.node
where coalesce(pa.parent, edge.a) <> coalesce(pb.parent, edge.b)
""")
    else:
        raise ComponentsError(f"Components of {edges} did not settle in {MAX_ROUNDS} rounds.")
    warehouse.execute(f"""
create or replace transient table {label} as
select node, min(node) over (partition by component) as component from {label}
""")


def _pick(warehouse: Warehouse, prefix: str) -> bool:
    """Every component picks its strongest edge; of two that pick each other the smaller is the root."""
    warehouse.execute(f"""
create or replace transient table {prefix}_PICK as
select node, max_by(other, strength) as other, max(strength) as strength
from (select a as node, b as other, strength from {prefix}_OPEN union all select b, a, strength from {prefix}_OPEN)
group by node
""")
    picked = warehouse.execute(f"insert into {prefix}_SPAN select distinct strength from {prefix}_PICK")
    if not picked.rowcount:
        return False
    warehouse.execute(f"""
create or replace transient table {prefix}_PARENT as
select pick.node, iff(back.other = pick.node and pick.node < pick.other, pick.node, pick.other) as parent
from {prefix}_PICK as pick inner join {prefix}_PICK as back on pick.other = back.node
""")
    return True


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


def contract_constrained(warehouse: Warehouse, edges: str, conflicts: str, prefix: str) -> None:
    """As `contract`, but two nodes of `conflicts` (a, b) never end in one component.

    Single linkage under cannot-link constraints: the strongest edge that joins no contradiction is contracted
    first, so what is cut is the weakest evidence on every path between two contradicting records, whatever the
    order of arrival. Edges that are each other's strongest are contracted together; that equals one at a time,
    because contracting elsewhere only adds contradictions.

    Raises:
        ComponentsError: more rounds than there are nodes.
    """
    open_, label, span = f"{prefix}_OPEN", f"{prefix}_LABEL", f"{prefix}_SPAN"
    apart = f"{prefix}_APART"
    warehouse.script(
        [
            f"create or replace transient table {open_} as select a, b, strength from {edges}",
            f"create or replace transient table {label} as "
            f"select a as node, a as component from {edges} union select b, b from {edges}",
            f"create or replace transient table {span} (strength number(38, 0))",
            f"create or replace transient table {apart} as "
            f"select a, b from {conflicts} union select b, a from {conflicts}",
        ]
    )
    nodes = int(warehouse.scalar(f"select count(*) from {label}"))
    for _ in range(nodes + 1):
        warehouse.execute(f"""
create or replace transient table {prefix}_PICK as
with allowed as (
    select edge.* from {open_} as edge
    left join {apart} as apart on edge.a = apart.a and edge.b = apart.b
    where apart.a is null
)
select node, max_by(other, strength) as other, max(strength) as strength
from (select a as node, b as other, strength from allowed union all select b, a, strength from allowed)
group by node
""")
        warehouse.execute(f"""
create or replace transient table {prefix}_PARENT as
select pick.other as node, pick.node as parent, pick.strength
from {prefix}_PICK as pick inner join {prefix}_PICK as back on pick.other = back.node
where back.other = pick.node and pick.node < pick.other
""")
        if not warehouse.scalar(f"select count(*) from {prefix}_PARENT"):
            break
        warehouse.execute(f"insert into {span} select strength from {prefix}_PARENT")
        for table, columns in ((open_, ", edge.strength"), (apart, "")):
            warehouse.execute(f"""
create or replace transient table {table} as
select distinct coalesce(pa.parent, edge.a) as a, coalesce(pb.parent, edge.b) as b{columns}
from {table} as edge
left join {prefix}_PARENT as pa on edge.a = pa.node
left join {prefix}_PARENT as pb on edge.b = pb.node
where coalesce(pa.parent, edge.a) <> coalesce(pb.parent, edge.b)
""")
        warehouse.execute(f"""
create or replace transient table {label} as
select label.node, coalesce(parent.parent, label.component) as component
from {label} as label left join {prefix}_PARENT as parent on label.component = parent.node
""")
    else:
        raise ComponentsError(f"Constrained components of {edges} did not settle in {nodes} rounds.")
    warehouse.execute(f"""
create or replace transient table {label} as
select node, min(node) over (partition by component) as component from {label}
""")

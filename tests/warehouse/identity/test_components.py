"""Components and their strongest forests, against networkx."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from c360_assets.identity.components import contract
from c360_assets.warehouse import Warehouse

PREFIX = "MATCH_CLUSTER.TEST"
Edge = tuple[int, int]

# Many small graphs in one table: a statement costs the same for one as for forty.
edges_of_a_graph = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), min_size=1, max_size=24)
graphs = st.lists(edges_of_a_graph, min_size=20, max_size=40)
few = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def disjoint(lists: Sequence[Sequence[Edge]]) -> list[Edge]:
    """One graph of them all, without loops and parallel edges."""
    placed = {(min(a, b) + 100 * n, max(a, b) + 100 * n) for n, edges in enumerate(lists) for a, b in edges if a != b}
    return sorted(placed, key=lambda edge: hash((edge, "order")))


def write(warehouse: Warehouse, name: str, columns: str, rows: Sequence[tuple[int, ...]]) -> str:
    warehouse.execute("create schema if not exists MATCH_CLUSTER")
    table = f"{PREFIX}_{name}"
    kinds = ", ".join(f"{column} number(38, 0)" for column in columns.split())
    warehouse.execute(f"create or replace table {table} ({kinds})")
    if rows:
        warehouse.execute(f"insert into {table} values {', '.join(str(row) for row in rows)}")
    return table


def labels(warehouse: Warehouse) -> dict[int, int]:
    return {int(n): int(c) for n, c in warehouse.rows(f"select node, component from {PREFIX}_LABEL")}


def partition(of: dict[int, int]) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for node, component in of.items():
        groups.setdefault(component, set()).add(node)
    return {frozenset(group) for group in groups.values()}


@few
@given(lists=graphs)
def test_components_and_forest_are_those_of_networkx(warehouse: Warehouse, lists: list[list[Edge]]) -> None:
    edges = [(a, b, n + 1) for n, (a, b) in enumerate(disjoint(lists))]
    contract(warehouse, write(warehouse, "EDGE", "a b strength", edges), PREFIX)
    graph = nx.Graph()
    graph.add_weighted_edges_from(edges)
    found = labels(warehouse)
    assert partition(found) == {frozenset(c) for c in nx.connected_components(graph)}
    assert all(component == min(n for n in found if found[n] == component) for component in set(found.values()))
    forest = {data["weight"] for _, _, data in nx.maximum_spanning_edges(graph, data=True)}
    assert {int(s) for (s,) in warehouse.rows(f"select strength from {PREFIX}_SPAN")} == forest


def test_a_long_path_is_contracted_in_few_rounds(warehouse: Warehouse) -> None:
    edges = [(n, n + 1, (n * 7919) % 3001 + 1) for n in range(3000)]
    table = write(warehouse, "EDGE", "a b strength", edges)
    warehouse.statements.clear()
    contract(warehouse, table, PREFIX)
    assert set(labels(warehouse).values()) == {0}
    assert len(warehouse.statements) < 120


@pytest.mark.parametrize("edges", [[], [(1, 2, 1)]])
def test_tiny_graphs_work(warehouse: Warehouse, edges: list[tuple[int, int, int]]) -> None:
    contract(warehouse, write(warehouse, "EDGE", "a b strength", edges), PREFIX)
    assert labels(warehouse) == {node: 1 for edge in edges for node in edge[:2]}

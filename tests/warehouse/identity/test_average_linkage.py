"""Clusters by mean evidence: against one merge at a time, in plain Python."""

from __future__ import annotations

import itertools
import random

import pytest
from identity_tables import create

from c360_assets.identity.average_linkage import NOT_KEPT, merge_by_average
from c360_assets.warehouse import Warehouse

Weighted = dict[tuple[int, int], int]


@pytest.fixture(autouse=True)
def step(warehouse: Warehouse) -> None:
    create(warehouse)
    warehouse.execute("create schema if not exists AVERAGE_TEST")


def greedy(edges: Weighted, forced: set[tuple[int, int]], apart: set[tuple[int, int]]) -> set[frozenset[int]]:
    """Merge the best pair of clusters until none has more evidence for than against."""
    groups = [frozenset({n}) for n in sorted({n for edge in edges for n in edge})]

    def worth(one: frozenset[int], other: frozenset[int]) -> tuple[int, float] | None:
        between = [tuple(sorted(pair)) for pair in itertools.product(one, other)]
        if any(pair in apart for pair in between) or not any(pair in edges for pair in between):
            return None
        must = max((edges[pair] for pair in between if pair in forced), default=0)
        mean = sum(edges.get(pair, NOT_KEPT) for pair in between) / len(between)
        return (must, mean) if must or mean > 0 else None

    while True:
        offers = [(w, one, other) for one, other in itertools.combinations(groups, 2) if (w := worth(one, other))]
        if not offers:
            return set(groups)
        _, one, other = max(offers, key=lambda offer: offer[0])
        groups = [g for g in groups if g not in (one, other)] + [one | other]


@pytest.mark.parametrize("seed", range(6))
def test_all_at_once_equals_one_at_a_time(warehouse: Warehouse, seed: int) -> None:
    rng = random.Random(seed)
    pairs = [pair for pair in itertools.combinations(range(14), 2) if rng.random() < 0.3]
    # Distinct weights: what ties do is no question of the method.
    edges = dict(zip(pairs, rng.sample(range(1, 90), len(pairs)), strict=True))
    forced = {pair for pair in pairs if rng.random() < 0.1}
    apart = {pair for pair in itertools.combinations(range(14), 2) if rng.random() < 0.05}
    values = ", ".join(f"({a}, {b}, {w}, {int((a, b) in forced)}, {w})" for (a, b), w in edges.items())
    warehouse.execute(
        "create or replace table AVERAGE_TEST.EDGE as select column1 as a, column2 as b, column3::float as weight, "
        f"column4 as forced, column5 as strength from values {values}"
    )
    listed = ", ".join(f"({a}, {b})" for a, b in apart or {(98, 99)})
    warehouse.execute(
        f"create or replace table AVERAGE_TEST.CONFLICT as select column1 as a, column2 as b from values {listed}"
    )
    table = merge_by_average(warehouse, "AVERAGE_TEST.EDGE", "AVERAGE_TEST.CONFLICT", "AVERAGE_TEST.T")
    found: dict[int, set[int]] = {}
    for node, component in warehouse.rows(f"select node, component from {table}"):
        found.setdefault(component, set()).add(node)
    clusters = {frozenset(group) for group in found.values()}
    assert clusters == greedy(edges, forced, apart)
    assert not any(set(pair) <= group for pair in apart for group in clusters)


def test_one_pair_that_looks_alike_does_not_join_two_customers(warehouse: Warehouse) -> None:
    inside = [(a, b) for side in ((1, 2, 3), (4, 5, 6)) for a, b in itertools.combinations(side, 2)]
    values = ", ".join(f"({a}, {b}, 9.0, 0, {n})" for n, (a, b) in enumerate([*inside, (3, 4)], 1))
    warehouse.execute(
        "create or replace table AVERAGE_TEST.EDGE as select column1 as a, column2 as b, column3::float as weight, "
        f"column4 as forced, column5 as strength from values {values}"
    )
    warehouse.execute("create or replace table AVERAGE_TEST.CONFLICT (a number, b number)")
    table = merge_by_average(warehouse, "AVERAGE_TEST.EDGE", "AVERAGE_TEST.CONFLICT", "AVERAGE_TEST.T")
    assert sorted(warehouse.rows(f"select node, component from {table}")) == [
        (n, 1 if n < 4 else 4) for n in range(1, 7)
    ]

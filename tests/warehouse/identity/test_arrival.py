"""Records, changes, deletions and decisions in any order end in the clusters of their last state, and ids hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from arriving_graphs import Arrival, Graph
from drawn_graphs import DrawnGraph, graphs
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from identity_tables import create

from c360_assets.warehouse import Warehouse

CLUSTERS = "select record_key, cluster_size, round(match_confidence, 9), to_json(linked_by) from MATCH_CLUSTER.CLUSTER"


@pytest.fixture
def rebuilt(warehouse: Warehouse) -> Iterator[Warehouse]:
    """A second database, in which the last state arrives at once."""
    given = warehouse.settings
    with Warehouse(replace(given, database=f"{given.database}_REBUILT")) as session:
        yield session


def partition(warehouse: Warehouse) -> dict[str, frozenset[str]]:
    """Profile to its records."""
    found = defaultdict(set)
    for key, profile in warehouse.rows("select record_key, profile_id from MATCH_CLUSTER.CLUSTER"):
        found[profile].add(key)
    return {profile: frozenset(keys) for profile, keys in found.items()}


class History:
    """What must be true of ids after each step, whatever has happened."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.registry: dict[str, tuple[str, str | None]] = {}
        self.clusters: dict[str, frozenset[str]] = {}
        self.seen: dict[str, int] = defaultdict(int)

    def check(self) -> None:
        rows = self.warehouse.rows("select profile_id, status, merged_into from MATCH_CLUSTER.PROFILE_REGISTRY")
        registry = {profile: (status, into) for profile, status, into in rows}
        clusters = partition(self.warehouse)
        assert len(registry) == len(rows), "an id is given once"
        assert registry.keys() >= self.registry.keys(), "and never forgotten"
        for profile, (status, into) in registry.items():
            assert (profile in clusters) == (status == "active")
            assert (into is not None) == (status == "merged")
            if into is not None:
                assert registry[into][0] != "merged", "a redirect leads to a profile and not to another redirect"
            before = self.registry.get(profile, ("active", None))[0]
            assert before == "active" or status == before, "what has ended does not come back"
            self.seen[status] += 1
        ids = {keys: profile for profile, keys in clusters.items()}
        for profile, keys in self.clusters.items():
            assert ids.get(keys, profile) == profile, "a cluster of the same records keeps its id"
        self._history_says(clusters)
        self.registry, self.clusters = registry, clusters

    def _history_says(self, clusters: dict[str, frozenset[str]]) -> None:
        """The moves, played from the beginning, lead to the clusters."""
        moves = self.warehouse.rows(
            "select record_key, profile_id, previous_profile_id from MATCH_CLUSTER.PROFILE_MEMBER_HISTORY "
            "order by changed_at, record_key"
        )
        home: dict[str, Any] = {}
        for key, profile, before in moves:
            assert home.get(key) == before
            home[key] = profile
        assert {key: p for key, p in home.items() if p} == {key: p for p, keys in clusters.items() for key in keys}
        events = self.warehouse.rows("select profile_id, event from MATCH_CLUSTER.PROFILE_EVENT")
        begun = [profile for profile, event in events if event in ("founded", "split")]
        assert sorted(begun) == sorted({profile for profile, _ in events}), "each id has one beginning"


def arrive(warehouse: Warehouse, rebuilt: Warehouse, graphs: list[Graph], batches: int) -> dict[str, int]:
    for each in (warehouse, rebuilt):
        create(each)
    some, whole = Arrival(warehouse, graphs), Arrival(rebuilt, graphs)
    history = History(warehouse)
    for batch in range(batches):
        some.arrive(batch)
        history.check()
    whole.arrive(batches - 1, everything=True)
    found, expected = partition(warehouse), partition(rebuilt)
    differing = set(found.values()) ^ set(expected.values())
    assert not differing, sorted({key.split(":")[1] for keys in differing for key in keys})
    assert sorted(warehouse.rows(CLUSTERS)) == sorted(rebuilt.rows(CLUSTERS))
    conflicts = "select record_key_l, record_key_r, to_json(decision_ids) from MATCH_CLUSTER.DECISION_CONFLICT"
    assert sorted(warehouse.rows(conflicts)) == sorted(rebuilt.rows(conflicts))
    # A full rebuild over the same records in another order changes no row, not even its times.
    before = sorted(map(str, warehouse.rows("select * from MATCH_CLUSTER.CLUSTER")))
    warehouse.execute("create or replace transient table NORMALIZED_RECORD.SHUFFLED as "
                      "select * from NORMALIZED_RECORD.ORGANIZATION order by md5(record_key)")  # fmt: skip
    warehouse.execute("delete from NORMALIZED_RECORD.ORGANIZATION")
    warehouse.execute("insert into NORMALIZED_RECORD.ORGANIZATION select * from NORMALIZED_RECORD.SHUFFLED")
    some.arrive(batches - 1, everything=True)
    assert sorted(map(str, warehouse.rows("select * from MATCH_CLUSTER.CLUSTER"))) == before
    history.check()
    return dict(history.seen) | {
        "conflicts": len(rebuilt.rows(conflicts)),
        "joined": sum(len(keys) > 1 for keys in found.values()),
        "cut": int(rebuilt.scalar("select count(*) from MATCH_CLUSTER.MATCH_EDGE where decision = 'match'")),
    }


def test_any_order_of_arrival_ends_in_the_clusters_of_the_last_state(warehouse: Warehouse, rebuilt: Warehouse) -> None:
    seen = arrive(warehouse, rebuilt, [Graph(seed, 3) for seed in range(60)], batches=3)
    assert min(seen.get(what, 0) for what in ("active", "merged", "retired", "conflicts", "joined")) > 0, seen


def drawn(examples: int) -> settings:
    """So many times two dozen graphs side by side; the same ones in every run."""
    return settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


many_graphs = st.lists(graphs(batches=3), min_size=20, max_size=30)


def arrive_drawn(warehouse: Warehouse, rebuilt: Warehouse, found: list[DrawnGraph]) -> None:
    # The first that Hypothesis draws is the least there is: no record ever comes.
    assume(any(weight and weight > 0 for graph in found for weight in graph.weights.values()))
    arrive(warehouse, rebuilt, [replace(graph, seed=number) for number, graph in enumerate(found)], batches=3)


# Statements are what it costs, however many graphs they are about: one example is some two dozen graphs.
@drawn(1)
@given(found=many_graphs)
def test_incremental_equals_full_for_any_small_graphs(
    warehouse: Warehouse, rebuilt: Warehouse, found: list[DrawnGraph]
) -> None:
    arrive_drawn(warehouse, rebuilt, found)


@pytest.mark.slow
@drawn(60)
@given(found=many_graphs)
def test_incremental_equals_full_for_a_thousand_small_graphs(
    warehouse: Warehouse, rebuilt: Warehouse, found: list[DrawnGraph]
) -> None:
    arrive_drawn(warehouse, rebuilt, found)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1000, 3000, 250))
def test_any_order_of_arrival_ends_in_the_same_clusters_two_thousand_times(
    warehouse: Warehouse, rebuilt: Warehouse, start: int
) -> None:
    arrive(warehouse, rebuilt, [Graph(seed, 6) for seed in range(start, start + 250)], batches=6)

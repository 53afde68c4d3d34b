"""Ids that last: through shuffles, merges, splits, returns and full rebuilds."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from c360_assets.identity.profile_ids import assign_profiles
from c360_assets.identity.tables import create_tables, step_schema
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

Partition = list[set[str]]
START = datetime(2026, 1, 1)


@pytest.fixture(autouse=True)
def empty(warehouse: Warehouse) -> Iterator[None]:
    warehouse.execute("drop schema if exists MATCH_CLUSTER cascade")
    create_tables(warehouse)
    with step_schema(warehouse):
        yield


def day(number: int) -> Run:
    return Run(f"run{number}", START + timedelta(days=number))


def assign(warehouse: Warehouse, partition: Partition, run: Run, shuffle: int = 0) -> dict[str, str]:
    """Give the clusters their ids; `shuffle` numbers and orders them differently."""
    order = list(partition)
    random.Random(shuffle).shuffle(order)
    rows = [f"('{key}', {number}, {len(group)})" for number, group in enumerate(order) for key in sorted(group)]
    warehouse.execute(f"""
create or replace transient table MATCH_CLUSTER_STEP.MEMBER as
select column1 as record_key, 'person' as entity_kind, column2 as cluster_no, column3 as cluster_size,
    1.0::float as match_confidence, array_construct() as linked_by
from values {", ".join(rows)}
""")
    assign_profiles(warehouse, run)
    return dict(warehouse.rows("select record_key, profile_id from MATCH_CLUSTER.CLUSTER"))


def registry(warehouse: Warehouse) -> dict[str, tuple[str, str | None]]:
    rows = warehouse.rows("select profile_id, status, merged_into from MATCH_CLUSTER.PROFILE_REGISTRY")
    return {profile: (status, merged) for profile, status, merged in rows}


def per(founder: str) -> str:
    return "per_" + hashlib.sha256(founder.encode()).hexdigest()[:20]


@dataclass
class Ledger:
    """The rules of ids, one record at a time: the oracle."""

    owner: dict[str, str] = field(default_factory=dict)
    since: dict[str, tuple[int, str]] = field(default_factory=dict)
    founder: dict[str, str] = field(default_factory=dict)
    born: dict[str, tuple[int, str]] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    active: set[str] = field(default_factory=set)

    def step(self, number: int, partition: Partition) -> None:
        home = {key: n for n, group in enumerate(partition) for key in group}
        claims: dict[int, list[str]] = {}
        for profile in self.active:
            left = [key for key, owner in self.owner.items() if owner == profile and key in home]
            if left:
                first = min(left, key=lambda key: (key != self.founder[profile], self.since[key]))
                claims.setdefault(home[first], []).append(profile)
        before, owner, since, seen = dict(self.owner), {}, {}, set()
        for n, group in enumerate(partition):
            if n in claims:
                kept, *others = sorted(claims[n], key=lambda p: self.born[p])
                for other in others:
                    self.merged = {p: kept if into == other else into for p, into in self.merged.items()} | {
                        other: kept
                    }
            else:
                first = min(group, key=lambda key: (key not in before, self.since.get(key, (0, "")), key))
                times = sum(1 for f in self.founder.values() if f == first)
                kept = per(first if not times else f"{first}#{times}")
                self.founder[kept], self.born[kept] = first, (number, first)
            seen.add(kept)
            for key in group:
                owner[key] = kept
                since[key] = self.since[key] if before.get(key) == kept else (number, key)
        self.owner, self.since, self.active = owner, since, seen


def histories(groups: int, steps: int, seed: int) -> list[Partition]:
    """Random partitions over time of many small, disjoint sets of records; records come and go."""
    rng = random.Random(seed)
    told: list[Partition] = []
    for _ in range(steps):
        partition: Partition = []
        for group in range(groups):
            keys = [f"s:o:{group:03d}_{k}" for k in range(6) if rng.random() < 0.8]
            clusters: dict[int, set[str]] = {}
            for key in keys:
                clusters.setdefault(rng.randrange(1, 4), set()).add(key)
            partition += clusters.values()
        told.append(partition)
    return told


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ids_follow_the_written_rules_whatever_happens(warehouse: Warehouse, seed: int) -> None:
    ledger = Ledger()
    for number, partition in enumerate(histories(groups=40, steps=6, seed=seed)):
        found = assign(warehouse, partition, day(number), shuffle=seed * 100 + number)
        ledger.step(number, partition)
        assert found == ledger.owner
        state = registry(warehouse)
        assert {p for p, (status, _) in state.items() if status == "active"} == ledger.active
        assert {p: into for p, (status, into) in state.items() if status == "merged"} == ledger.merged


def test_a_shuffled_rebuild_changes_no_row(warehouse: Warehouse) -> None:
    partition = histories(groups=20, steps=1, seed=9)[0]
    assign(warehouse, partition, day(1))
    before = warehouse.rows("select * from MATCH_CLUSTER.CLUSTER order by record_key")
    assign(warehouse, partition, day(2), shuffle=5)
    assert warehouse.rows("select * from MATCH_CLUSTER.CLUSTER order by record_key") == before


def test_a_merge_leaves_a_redirect_and_a_split_an_heir(warehouse: Warehouse) -> None:
    assign(warehouse, [{"s:o:b"}, {"s:o:a", "s:o:c"}], day(1))
    merged = assign(warehouse, [{"s:o:a", "s:o:b", "s:o:c"}], day(2))
    assert set(merged.values()) == {per("s:o:a")}
    assert registry(warehouse)[per("s:o:b")] == ("merged", per("s:o:a"))
    split = assign(warehouse, [{"s:o:a"}, {"s:o:b", "s:o:c"}], day(3))
    assert split["s:o:a"] == per("s:o:a")
    # The part without the founder is new; the id that b once had still redirects and is not given again.
    assert split["s:o:b"] == split["s:o:c"] == per("s:o:c")
    assert registry(warehouse)[per("s:o:b")] == ("merged", per("s:o:a"))


def test_only_rows_whose_cluster_changed_get_a_new_time(warehouse: Warehouse) -> None:
    assign(warehouse, [{"s:o:a"}, {"s:o:b"}, {"s:o:c", "s:o:d"}], day(1))
    assign(warehouse, [{"s:o:a", "s:o:b"}, {"s:o:c", "s:o:d"}], day(2))
    changed = dict(warehouse.rows("select record_key, changed_at from MATCH_CLUSTER.CLUSTER"))
    assert {key for key, at in changed.items() if at == day(2).started_at} == {"s:o:a", "s:o:b"}


def test_a_run_killed_between_registry_and_cluster_is_taken_up(warehouse: Warehouse) -> None:
    assign(warehouse, [{"s:o:a", "s:o:b"}], day(1))
    warehouse.execute("delete from MATCH_CLUSTER.CLUSTER")
    assert set(assign(warehouse, [{"s:o:a", "s:o:b"}], day(2)).values()) == {per("s:o:a")}

"""Runs that follow each other, and data that is strange."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from identity_people import companies, people
from identity_runs import DECLARED, TRAINED, edges, match, profiles
from identity_tables import create, delete, person, put

from c360_assets.warehouse import Warehouse

TABLES = ("MATCH_EDGE", "CLUSTER", "PROFILE_REGISTRY", "REVIEW_QUEUE", "MATCH_MODEL", "RELATION")


@pytest.fixture(autouse=True)
def normalized(warehouse: Warehouse) -> None:
    create(warehouse)


def all_rows(warehouse: Warehouse) -> list[Any]:
    return [sorted(map(str, warehouse.rows(f"select * from MATCH_CLUSTER.{table}"))) for table in TABLES]


def test_incremental_equals_full_with_the_same_model(warehouse: Warehouse) -> None:
    rng = random.Random(11)
    pool = {row["record_key"]: row for row in people(130, seed=11)[0]}
    # Blocks of five are too large here, so that blocks pass the limit both ways between runs.
    tight = replace(TRAINED, max_block_records=4)
    shown = set(rng.sample(sorted(pool), len(pool) * 2 // 3))
    put(warehouse, "person", [pool[key] for key in sorted(shown)])
    put(warehouse, "organization", companies(25, seed=11)[0])
    match(warehouse, 1, tight)
    for number in (2, 3):
        gone = set(rng.sample(sorted(shown), 6))
        phone = {"phone": "+49301234567", "phone_is_valid": True}
        changed = [pool[key] | phone for key in rng.sample(sorted(shown - gone), 5)]
        new = rng.sample(sorted(set(pool) - shown), 20)
        delete(warehouse, "person", gone)
        delete(warehouse, "identifier", gone)
        put(warehouse, "person", changed + [pool[key] for key in new])
        shown = (shown - gone) | set(new)
        assert match(warehouse, number, tight).kinds["person"].changed <= 25
    stored = all_rows(warehouse)
    assert match(warehouse, 4, tight).kinds["person"].pairs_compared == 0
    assert all_rows(warehouse) == stored, "a run with nothing changed changes nothing"
    ids, links = profiles(warehouse), edges(warehouse)
    match(warehouse, 5, tight, full_rebuild=True)
    assert edges(warehouse) == links
    assert profiles(warehouse) == ids


def test_values_and_components_that_are_too_large_are_held_back(warehouse: Warehouse) -> None:
    put(warehouse, "person", [person(f"hub:c:{n:02d}", "anna", "keller", email="anna@one.example") for n in range(60)])
    put(warehouse, "person", [person(f"big:c:{n:02d}", "bruno", "moser", email="b@two.example") for n in range(12)])
    put(warehouse, "person", [person(f"two:c:{n}", "clara", "roth", email="clara@three.example") for n in range(2)])
    limits = replace(DECLARED, max_block_records=20, max_identifier_records=20, max_cluster_size=10)
    result = match(warehouse, 1, limits)
    found = profiles(warehouse)
    assert result.kinds["person"].oversized_blocks >= 1
    assert not any(key.startswith("hub:") for pair in edges(warehouse) for key in pair[:2])
    assert result.kinds["person"].suspicious == 1
    assert len({found[key] for key in found if key.startswith(("hub:", "big:"))}) == 72
    assert found["two:c:0"] == found["two:c:1"]
    assert result.kinds["person"].review > 0


@pytest.mark.parametrize("count", [0, 1])
def test_no_record_and_a_single_one_work(warehouse: Warehouse, count: int) -> None:
    put(warehouse, "person", [person("s:c:1", "anna", "keller", email="anna@one.example")][:count])
    assert match(warehouse, 1, TRAINED).kinds["person"].records == count
    assert len(profiles(warehouse)) == count

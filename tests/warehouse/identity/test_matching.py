"""Runs that follow each other, and data that is strange."""

from __future__ import annotations

from dataclasses import replace

import pytest
from identity_people import companies, people
from identity_runs import DECLARED, TRAINED, edges, match, profiles
from identity_tables import create, person, put

from c360_assets.warehouse import Warehouse


@pytest.fixture(autouse=True)
def normalized(warehouse: Warehouse) -> None:
    create(warehouse)


def test_a_trained_model_is_kept_and_a_rebuild_with_it_changes_nothing(warehouse: Warehouse) -> None:
    put(warehouse, "person", people(60, seed=11)[0])
    put(warehouse, "organization", companies(25, seed=11)[0])
    first = match(warehouse, 1, TRAINED)
    assert warehouse.scalar("select count(*) from MATCH_CLUSTER.MATCH_MODEL") == 2
    ids, links = profiles(warehouse), edges(warehouse)
    assert len(set(ids.values())) < len(ids)
    rebuilt = match(warehouse, 2, TRAINED, full_rebuild=True)
    assert rebuilt.kinds["person"].pairs_compared == first.kinds["person"].pairs_compared
    assert rebuilt.kinds["person"].model_version == first.kinds["person"].model_version
    assert (profiles(warehouse), edges(warehouse)) == (ids, links)


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

"""The stage as a whole, on small made-up records."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from identity_people import companies, people
from identity_tables import Row, create, delete, insert, organization, person, put

from c360_assets.identity import MatchSettings, load_match_settings, run_matching
from c360_assets.identity.result import MatchResult
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

SETTINGS = replace(load_match_settings(), train_records=100, sample_pairs=20_000, train_pairs=20_000)
# The weights as declared: what these tests say does not depend on what a few hundred records teach.
DECLARED = replace(SETTINGS, train_records=10**9)


@pytest.fixture(autouse=True)
def normalized(warehouse: Warehouse) -> None:
    create(warehouse)


def match(warehouse: Warehouse, number: int = 1, settings: MatchSettings = DECLARED, **more: Any) -> MatchResult:
    return run_matching(warehouse, Run(f"r{number}", datetime(2026, 1, number)), None, settings=settings, **more)


def profiles(warehouse: Warehouse) -> dict[str, str]:
    return dict(warehouse.rows("select record_key, profile_id from MATCH_CLUSTER.CLUSTER"))


def groups(warehouse: Warehouse) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for key, profile in profiles(warehouse).items():
        found.setdefault(profile, set()).add(key)
    return {frozenset(keys) for keys in found.values()}


def edges(warehouse: Warehouse) -> dict[tuple[str, str, str], tuple[float, str]]:
    rows = warehouse.rows(
        "select record_key_l, record_key_r, rule, match_weight, decision from MATCH_CLUSTER.MATCH_EDGE"
    )
    return {(left, right, rule): (round(weight, 9), decision) for left, right, rule, weight, decision in rows}


def crowd(n: int, seed: int) -> list[Row]:
    """Others, so that names have frequencies."""
    return [row | {"record_key": f"crowd:{row['record_key']}"[:40]} for row in people(n, seed)[0]]


@pytest.mark.parametrize("seed", [11])
def test_incremental_equals_full_with_the_same_model(warehouse: Warehouse, seed: int) -> None:
    rng = random.Random(seed)
    pool = {row["record_key"]: row for row in people(150, seed)[0]}
    firms = {row["record_key"]: row for row in companies(40, seed)[0]}
    tight = replace(SETTINGS, max_block_records=4)
    shown = set(rng.sample(sorted(pool), len(pool) * 2 // 3))
    put(warehouse, "person", [pool[key] for key in sorted(shown)])
    put(warehouse, "organization", list(firms.values()))
    match(warehouse, 1, tight)
    for number in (2, 3):
        gone = set(rng.sample(sorted(shown), 6))
        changed = [
            pool[key] | {"phone": "+49301234567", "phone_is_valid": True} for key in rng.sample(sorted(shown - gone), 5)
        ]
        new = rng.sample(sorted(set(pool) - shown), 20)
        delete(warehouse, "person", gone)
        delete(warehouse, "identifier", gone)
        put(warehouse, "person", changed + [pool[key] for key in new])
        shown = (shown - gone) | set(new)
        result = match(warehouse, number, tight)
        assert 25 <= result.kinds["person"].changed <= 31
    incremental, ids, links = groups(warehouse), profiles(warehouse), edges(warehouse)
    match(warehouse, 4, tight, full_rebuild=True)
    assert edges(warehouse) == links
    assert groups(warehouse) == incremental
    assert profiles(warehouse) == ids


def test_a_second_run_changes_nothing(warehouse: Warehouse) -> None:
    put(warehouse, "person", people(80, 3)[0])
    put(warehouse, "organization", companies(30, 3)[0])
    tables = ("MATCH_EDGE", "CLUSTER", "PROFILE_REGISTRY", "REVIEW_QUEUE", "MATCH_MODEL", "RELATION")

    def all_rows() -> list[Any]:
        return [sorted(map(str, warehouse.rows(f"select * from MATCH_CLUSTER.{table}"))) for table in tables]

    match(warehouse, 1, SETTINGS)
    before = all_rows()
    result = match(warehouse, 2, SETTINGS)
    assert all_rows() == before
    assert result.kinds["person"].pairs_compared == 0
    left_over = warehouse.rows(
        "select table_name from information_schema.tables where table_schema = 'MATCH_CLUSTER' "
        "and (table_name like 'SPLINK%' or table_name like '%RECORD__%') or table_schema = 'MATCH_CLUSTER_STEP'"
    )
    assert left_over == []


def test_shared_values_are_no_evidence_and_block_nothing(warehouse: Warehouse) -> None:
    shared = {"email_is_shared": True, "phone_is_shared": True}
    put(
        warehouse,
        "person",
        [
            person("s:c:1", "anna", "keller", email="info@acme.example", phone="+4930111111", **shared),
            person("s:c:2", "bruno", "moser", email="info@acme.example", phone="+4930111111", **shared),
        ],
    )
    result = match(warehouse)
    assert result.kinds["person"].pairs_compared == 0
    assert edges(warehouse) == {}
    assert len(groups(warehouse)) == 2


def test_a_companys_switchboard_and_address_do_not_join_its_people(warehouse: Warehouse) -> None:
    place = {"street_key": "hauptstr 1", "postcode_key": "10115", "city_key": "berlin", "phone": "+4930555555"}
    put(warehouse, "organization", [organization("s:a:1", "acme bau", domain="acme.example", **place)])
    work = place | {"organization_record_key": "s:a:1"}
    put(
        warehouse,
        "person",
        [
            person("s:c:1", "anna", "keller", email="a.keller@acme.example", **work),
            person("s:c:2", "andreas", "keller", email="an.keller@acme.example", **work),
            *crowd(40, 4),
        ],
    )
    match(warehouse)
    assert profiles(warehouse)["s:c:1"] != profiles(warehouse)["s:c:2"]


def test_a_household_stays_several_people(warehouse: Warehouse) -> None:
    home = {"street_key": "waldweg 7", "postcode_key": "80331", "city_key": "muenchen", "phone": "+49891234567"}
    put(
        warehouse,
        "person",
        [
            person("s:c:1", "anna", "keller", email="anna@keller.example", **home),
            person("h:c:1", "anna", "keller", **home),
            person("s:c:2", "thomas", "keller", email="thomas@keller.example", **home),
            person("h:c:2", "thomas", "keller", **home),
            *crowd(40, 6),
        ],
    )
    match(warehouse)
    found = profiles(warehouse)
    assert found["s:c:1"] == found["h:c:1"]
    assert found["s:c:2"] == found["h:c:2"]
    assert found["s:c:1"] != found["s:c:2"]


def test_no_path_bridges_two_valid_tax_ids(warehouse: Warehouse) -> None:
    common = {"domain": "acme.example", "country": "DE", "phone": "+4930777777"}
    put(
        warehouse,
        "organization",
        [
            organization("n:c:1", "acme", tax_id="DE111111111", **common),
            organization("n:c:2", "acme", tax_id="DE222222222", **common),
            organization("p:w:1", "acme", links=[("crm_id", "n:c:1"), ("crm_id", "n:c:2")], **common),
            *companies(30, 7)[0],
        ],
    )
    insert(warehouse, "identifier", [own("organization", key) for key in ("n:c:1", "n:c:2")])
    result = match(warehouse)
    assert result.contradicting_pairs >= 1
    found = profiles(warehouse)
    assert found["n:c:1"] != found["n:c:2"]
    assert found["p:w:1"] in (found["n:c:1"], found["n:c:2"])
    waiting = warehouse.rows("select record_key_l, record_key_r from MATCH_CLUSTER.REVIEW_QUEUE")
    assert any({"n:c:1", "n:c:2", "p:w:1"} >= set(pair) for pair in waiting)


def own(kind: str, key: str, kind_of: str = "crm_id") -> Row:
    return {
        "identifier_key": f"own|{key}",
        "record_key": key,
        "entity_kind": kind,
        "identifier_type": kind_of,
        "value_canonical": key,
        "is_valid": True,
        "is_shared": False,
    }


def test_sibling_companies_on_one_domain_stay_apart(warehouse: Warehouse) -> None:
    common = {"domain": "velora.example", "phone": "+4930888888", "street_key": "ring 5", "postcode_key": "10115"}
    put(
        warehouse,
        "organization",
        [
            organization("s:a:1", "velora software", country="DE", **common),
            organization("n:c:1", "velora sofware", country="DE", **common),
            organization("s:a:2", "velora logistik", country="DE", **common),
            *companies(30, 8)[0],
        ],
    )
    match(warehouse)
    found = profiles(warehouse)
    assert found["s:a:1"] == found["n:c:1"]
    assert found["s:a:1"] != found["s:a:2"]


def test_a_value_that_too_many_records_share_neither_blocks_nor_links(warehouse: Warehouse) -> None:
    rows = [person(f"s:c:{n:03d}", "anna", "keller", email="anna@one.example") for n in range(60)]
    put(warehouse, "person", rows)
    result = match(warehouse, settings=replace(DECLARED, max_block_records=20, max_identifier_records=20))
    assert result.kinds["person"].pairs_compared == 0
    assert result.kinds["person"].oversized_blocks >= 1
    assert len(groups(warehouse)) == 60


def test_a_component_larger_than_a_customer_is_held_back_and_queued(warehouse: Warehouse) -> None:
    put(warehouse, "person", [person(f"s:c:{n:03d}", "anna", "keller", email="anna@one.example") for n in range(12)])
    put(warehouse, "person", [person(f"t:c:{n}", "bruno", "moser", email="bruno@two.example") for n in range(2)])
    result = match(warehouse, settings=replace(DECLARED, max_cluster_size=10))
    assert result.kinds["person"].suspicious == 1
    found = profiles(warehouse)
    assert len({found[f"s:c:{n:03d}"] for n in range(12)}) == 12
    assert found["t:c:0"] == found["t:c:1"]
    assert result.kinds["person"].review > 0


def test_deleted_records_keep_their_profile(warehouse: Warehouse) -> None:
    rows = [person(f"s:c:{n}", "anna", "keller", email="anna@one.example") for n in range(2)]
    put(warehouse, "person", rows)
    match(warehouse, 1)
    before = profiles(warehouse)
    put(warehouse, "person", [rows[0] | {"is_deleted": True}, rows[1]])
    match(warehouse, 2)
    assert profiles(warehouse) == before


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_or_no_records_work(warehouse: Warehouse, count: int) -> None:
    if count:
        put(warehouse, "person", [person(f"s:c:{n}", "anna", "keller", email="a@one.example") for n in range(count)])
    result = match(warehouse, settings=SETTINGS)
    assert result.kinds["person"].records == count
    assert len(groups(warehouse)) == min(count, 1)


def test_relations_are_lifted_to_profiles_and_vanish_inside_one(warehouse: Warehouse) -> None:
    put(
        warehouse,
        "organization",
        [
            organization("s:a:1", "acme bau", tax_id="DE111111111", country="DE"),
            organization("n:c:1", "acme bau", tax_id="DE111111111", country="DE"),
            organization("s:a:2", "beta holding", tax_id="DE222222222", country="DE"),
        ],
    )
    stated = [("s:a:1", "s:a:2", "child_of"), ("n:c:1", "s:a:2", "child_of"), ("n:c:1", "s:a:1", "billing_entity_of")]
    insert(
        warehouse,
        "relation",
        [
            {
                "relation_key": f"{a}|{b}",
                "from_record_key": a,
                "to_record_key": b,
                "relation_type": kind,
                "source_system": a[0],
                "valid_from": datetime(2025, 1, 1) + timedelta(days=n),
            }
            for n, (a, b, kind) in enumerate(stated)
        ],
    )
    match(warehouse)
    found = profiles(warehouse)
    rows = warehouse.rows(
        "select from_profile_id, to_profile_id, relation_type, evidence, valid_from from MATCH_CLUSTER.RELATION"
    )
    assert rows == [(found["s:a:1"], found["s:a:2"], "child_of", 2, datetime(2025, 1, 1))]


def test_every_edge_names_its_evidence_and_no_value(warehouse: Warehouse) -> None:
    put(warehouse, "person", [*people(60, 21)[0]])
    match(warehouse, settings=SETTINGS)
    texts = [text for (text,) in warehouse.rows("select to_json(evidence) from MATCH_CLUSTER.MATCH_EDGE")]
    assert texts
    assert all('"weight"' in text or '"identifier_type"' in text for text in texts)
    assert not any("@" in text for text in texts)

"""What is one customer and what never is, in one run over small made-up records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from identity_people import companies, people
from identity_runs import DECLARED, edges, match, profiles
from identity_tables import Row, create, insert, organization, person, put

from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse

HOME = {"street_key": "waldweg 7", "postcode_key": "80331", "city_key": "muenchen", "phone": "+49891234567"}
OFFICE = {"street_key": "hauptstr 1", "postcode_key": "10115", "city_key": "berlin", "phone": "+4930555555"}
WORK = OFFICE | {"organization_record_key": "s:a:1"}
ACME = OFFICE | {"domain": "acme.example", "country": "DE"}
SHARED = {"email_is_shared": True, "phone_is_shared": True, "email": "info@box.example", "phone": "+4930111111"}
TAXED = {"domain": "taxed.example", "country": "DE", "phone": "+4930777777"}
RING = {"domain": "velora.example", "phone": "+4930888888", "street_key": "ring 5", "postcode_key": "10115"}

PEOPLE = [
    person("shared:c:1", "anna", "kellermann", **SHARED),
    person("shared:c:2", "bruno", "moserski", **SHARED),
    person("office:c:1", "anna", "ottinger", email="a.ottinger@acme.example", **WORK),
    person("office:c:2", "andreas", "ottinger", email="an.ottinger@acme.example", **WORK),
    person("home:c:1", "anna", "weidner", email="anna@weidner.example", **HOME),
    person("home:d:1", "anna", "weidner", **HOME),
    person("home:c:2", "thomas", "weidner", email="thomas@weidner.example", **HOME),
    person("home:d:2", "thomas", "weidner", **HOME),
    person("gone:c:1", "clara", "zimmer", email="clara@zimmer.example", is_deleted=True),
    person("gone:c:2", "clara", "zimmer", email="clara@zimmer.example"),
]
COMPANIES = [
    organization(
        "s:a:1",
        "acme bau",
        domain="acme.example",
        country="DE",
        phone=OFFICE["phone"],
        street_key=OFFICE["street_key"],
        postcode_key="10115",
    ),
    organization("tax:c:1", "taxed", tax_id="DE111111111", **TAXED),
    organization("tax:c:2", "taxed", tax_id="DE222222222", **TAXED),
    organization("tax:w:1", "taxed", links=[("crm_id", "tax:c:1"), ("crm_id", "tax:c:2")], **TAXED),
    organization("ring:a:1", "velora software", country="DE", **RING),
    organization("ring:c:1", "velora sofware", country="DE", **RING),
    organization("ring:a:2", "velora logistik", country="DE", **RING),
    organization("group:a:1", "beta bau", tax_id="DE333333333", country="DE"),
    organization("group:c:1", "beta bau", tax_id="DE333333333", country="DE"),
    organization("group:a:2", "gamma holding", tax_id="DE444444444", country="DE"),
]
STATED = [
    ("group:a:1", "group:a:2", "subsidiary_of"),
    ("group:c:1", "group:a:2", "subsidiary_of"),
    ("group:c:1", "group:a:1", "billing_entity_of"),
]


def own(key: str) -> Row:
    """The identifier row of a record's own id."""
    return {
        "identifier_key": f"own|{key}",
        "record_key": key,
        "entity_kind": "organization",
        "identifier_type": "crm_id",
        "value_canonical": key,
        "is_valid": True,
        "is_shared": False,
    }


@pytest.fixture(scope="module")
def world(settings: Settings) -> Iterator[Warehouse]:
    """The records above among others that give names their frequency, matched once with the declared weights."""
    with Warehouse(settings) as warehouse:
        create(warehouse)
        put(warehouse, "person", PEOPLE + people(50, seed=4)[0])
        put(warehouse, "organization", COMPANIES + companies(25, seed=8)[0])
        insert(warehouse, "identifier", [own("tax:c:1"), own("tax:c:2")])
        insert(
            warehouse,
            "relation",
            [
                {
                    "relation_key": f"{a}|{b}",
                    "from_record_key": a,
                    "to_kind": "record",
                    "to_key": b,
                    "relation_type": kind,
                    "evidence": "as the record says",
                    "source_system": a[0],
                    "valid_from": datetime(2025, 1, 1) + timedelta(days=n),
                }
                for n, (a, b, kind) in enumerate(STATED)
            ],
        )
        match(warehouse, 1, DECLARED)
        yield warehouse


def test_shared_values_are_no_evidence(world: Warehouse) -> None:
    assert not any(key.startswith("shared:") for pair in edges(world) for key in pair[:2])


def test_a_companys_switchboard_and_address_do_not_join_its_people(world: Warehouse) -> None:
    assert profiles(world)["office:c:1"] != profiles(world)["office:c:2"]


def test_a_household_stays_several_people(world: Warehouse) -> None:
    found = profiles(world)
    assert found["home:c:1"] == found["home:d:1"]
    assert found["home:c:2"] == found["home:d:2"]
    assert found["home:c:1"] != found["home:c:2"]


def test_deleted_records_stay_with_their_customer(world: Warehouse) -> None:
    assert profiles(world)["gone:c:1"] == profiles(world)["gone:c:2"]


def test_no_path_bridges_two_valid_tax_ids(world: Warehouse) -> None:
    found = profiles(world)
    assert found["tax:c:1"] != found["tax:c:2"]
    assert found["tax:w:1"] in (found["tax:c:1"], found["tax:c:2"])


def test_what_a_contradiction_keeps_apart_waits_for_a_person(world: Warehouse) -> None:
    waiting = world.rows("select record_key_l, record_key_r from MATCH_CLUSTER.REVIEW_QUEUE")
    assert any({"tax:c:1", "tax:c:2", "tax:w:1"} >= set(pair) for pair in waiting)


def test_sibling_companies_on_one_domain_stay_apart(world: Warehouse) -> None:
    found = profiles(world)
    assert found["ring:a:1"] == found["ring:c:1"]
    assert found["ring:a:1"] != found["ring:a:2"]


def test_relations_are_lifted_to_profiles_and_vanish_inside_one(world: Warehouse) -> None:
    found = profiles(world)
    rows = world.rows(
        "select from_profile_id, to_id, relation_type, valid_from, valid_to, array_size(evidence) "
        "from MATCH_CLUSTER.RELATION"
    )
    assert rows == [(found["group:a:1"], found["group:a:2"], "subsidiary_of", datetime(2025, 1, 1), None, 2)]


def test_every_edge_names_its_evidence_and_no_value(world: Warehouse) -> None:
    texts = [text for (text,) in world.rows("select to_json(evidence) from MATCH_CLUSTER.MATCH_EDGE")]
    assert texts
    assert all('"weight"' in text or '"identifier_type"' in text for text in texts)
    assert not any("@" in text for text in texts)


def test_nothing_but_the_stages_tables_is_left(world: Warehouse) -> None:
    tables = world.rows(
        "select table_name from information_schema.tables "
        "where table_schema = 'MATCH_CLUSTER_STEP' or table_schema = 'MATCH_CLUSTER' and table_name like '%SPLINK%'"
    )
    assert tables == []

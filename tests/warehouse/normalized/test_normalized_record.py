"""The stage as a whole: normal forms, and that a run over changes ends where a full rebuild ends."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.constants import PARTIAL_PARSE_FILE_NAME
from dbt.contracts.graph.manifest import Manifest
from normalized_snapshot import ONE_STREET, TWO_STREETS, first_day, second_day

from c360_assets.dbt_project import invoke
from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse

TABLES = [
    "person",
    "organization",
    "identifier",
    "opportunity",
    "transaction",
    "subscription",
    "ticket",
    "usage",
    "feature_adoption",
    "engagement",
    "consent_event",
    "device",
    "relation",
    "household",
]


@pytest.fixture(scope="module")
def parsed(settings: Settings) -> bytes:
    """The project, parsed once; dbt writes compiled code into a manifest, so each build reads its own."""
    invoke(settings, ["parse", "-q"], connect=False)
    return (settings.dbt_target / PARTIAL_PARSE_FILE_NAME).read_bytes()


def build(settings: Settings, parsed: bytes, started_at: str, processed_to: str, *options: str) -> None:
    variables = f'{{run_started_at: "{started_at}", processed_to: "{processed_to}"}}'
    arguments = ["build", "--select", "tag:normalized_record", "--vars", variables, "-q", *options]
    manifest = Manifest.from_msgpack(parsed)
    manifest.build_flat_graph()
    result = invoke(settings, arguments, manifest)
    assert result.success, [r.message for r in result.result if r.status in ("error", "fail")]


def contents(warehouse: Warehouse) -> dict[str, list[Any]]:
    """All rows of the stage's tables but for the time of writing."""
    tables = {}
    for table in TABLES:
        cursor = warehouse.execute(f"select * from normalized_record.{table}")
        names = [column[0] for column in cursor.description]
        kept = [at for at, name in enumerate(names) if name != "CHANGED_AT"]
        tables[table] = sorted(repr([row[at] for at in kept]) for row in cursor.fetchall())
    return tables


@pytest.fixture(scope="module")
def days(settings: Settings, parsed: bytes) -> dict[str, Any]:
    """The stage after day one, after day two by the changes alone, and after a rebuild of day two."""
    seen: dict[str, Any] = {}
    without_tests = ("--exclude", "resource_type:test")
    with Warehouse(settings) as warehouse:
        first_day(warehouse, "2026-01-01 00:00:00")
        build(settings, parsed, "2026-01-01 00:00:00", "1900-01-01 00:00:00", *without_tests)
        for table in ("person", "organization", "identifier", "subscription", "consent_event", "relation"):
            cursor = warehouse.execute(f"select * from normalized_record.{table}")
            names = [column[0].lower() for column in cursor.description]
            seen[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        second_day(warehouse, "2026-01-02 00:00:00")
        build(settings, parsed, "2026-01-02 00:00:00", "2026-01-01 00:00:00")
        seen["by changes"] = contents(warehouse)
        seen["relations of two days"] = warehouse.rows(
            "select from_record_key, relation_type, valid_from, valid_to from normalized_record.relation"
        )
        build(settings, parsed, "2026-01-02 00:00:00", "1900-01-01 00:00:00", "--full-refresh", *without_tests)
        seen["rebuilt"] = contents(warehouse)
    return seen


def row(days: dict[str, Any], table: str, key: str) -> dict[str, Any]:
    (found,) = [r for r in days[table] if r["record_key"] == key]
    return found


def test_a_run_over_the_changes_ends_where_a_full_rebuild_ends(days):
    assert days["by changes"] == days["rebuilt"]


def test_one_person_has_the_same_keys_in_every_spelling(days):
    contact = row(days, "person", "salesforce:contact:003A")
    assert (contact["full_name"], contact["full_name_key"]) == ("Bob Müller", "muller robert")
    assert row(days, "person", "zendesk:user:6")["full_name_key"] == "muller robert"
    assert contact["email"] == "bobmueller@gmail.com"
    assert (contact["phone"], contact["country"]) == ("+491713340123", "DE")


def test_placeholders_are_no_names_and_no_evidence(days):
    contact = row(days, "person", "salesforce:contact:003B")
    assert contact["given_name"] is None
    assert (contact["email_is_shared"], contact["phone"], contact["phone_is_shared"]) == (True, None, True)
    assert row(days, "organization", "salesforce:account:001B")["name"] is None


def test_the_word_null_is_a_placeholder_like_the_others(days):
    contact = row(days, "person", "salesforce:contact:003C")
    assert (contact["full_name"], contact["email_is_shared"]) == ("Nora", True)


def test_a_number_without_its_area_code_stays_as_digits_that_link_nobody(days):
    contact = row(days, "person", "salesforce:contact:003C")
    assert (contact["phone"], contact["phone_is_valid"], contact["phone_is_shared"]) == ("3865286", False, False)
    (phone,) = [
        r for r in days["identifier"] if (r["record_key"], r["identifier_type"]) == (contact["record_key"], "phone")
    ]
    assert (phone["value_canonical"], phone["is_valid"]) == ("3865286", False)


def test_a_company_is_cleaned(days):
    account = row(days, "organization", "salesforce:account:001A")
    assert (account["name_key"], account["legal_form"]) == ("muller", "GmbH & Co. KG")
    assert (account["domain"], account["tax_id"], account["tax_id_is_valid"]) == (
        "mueller.example",
        "DE136695976",
        True,
    )
    assert (account["street_key"], account["city_key"], account["postcode_key"]) == ("hauptstr 5", "munchen", "80331")
    assert account["phone"] == "+493090182012"


def test_a_website_without_a_host_is_none(days):
    assert row(days, "organization", "salesforce:account:001A")["website"] == "https://www.mueller.example/x"
    nothing = row(days, "organization", "salesforce:account:001B")
    assert (nothing["website"], nothing["domain"]) == (None, None)


@pytest.mark.parametrize("number", range(len(ONE_STREET) + len(TWO_STREETS)))
def test_one_address_in_two_spellings_has_one_key_and_two_have_two(days, number):
    left, right = (row(days, "person", f"salesforce:contact:S{number}{side}")["street_key"] for side in "ab")
    assert left and right
    assert (left == right) is (number < len(ONE_STREET)), (left, right)


def test_agents_are_not_customers(days):
    assert not [r for r in days["person"] if r["record_key"] == "zendesk:user:7"]


def test_a_yearly_plan_counts_by_the_month(days):
    (subscription,) = days["subscription"]
    assert (subscription["monthly_amount"], subscription["entity_kind"]) == (20.0, "person")


def test_links_are_relations_and_identifiers(days):
    edges = {(r["from_record_key"], r["relation_type"], r["to_key"]) for r in days["relation"] if not r["valid_to"]}
    (home,) = {r["to_key"] for r in days["relation"] if r["to_kind"] == "household"}
    assert edges == {
        ("salesforce:account:001A", "subsidiary_of", "salesforce:account:001B"),
        ("salesforce:contact:003A", "employee_of", "salesforce:account:001A"),
        ("netsuite:customer:1", "billing_entity_of", "salesforce:account:001A"),
        ("netsuite:customer:1", "has_billing_entity", "netsuite:customer:1"),
        ("product_analytics:user:u1", "uses_device", "d1"),
        ("netsuite:customer:2", "household_member_of", home),
        ("netsuite:customer:3", "household_member_of", home),
    }
    holders = {r["record_key"] for r in days["identifier"] if r["value_canonical"] == "salesforce:account:001A"}
    assert holders == {"salesforce:account:001A", "netsuite:customer:1"}


def test_what_is_over_stays_with_its_end(days):
    times = {
        (from_key, relation_type): (begun and begun.day, ended and ended.day)
        for from_key, relation_type, begun, ended in days["relations of two days"]
    }
    assert times == {
        ("salesforce:account:001A", "subsidiary_of"): (1, 2),
        ("salesforce:contact:003A", "employee_of"): (1, 2),
        ("netsuite:customer:1", "billing_entity_of"): (1, None),
        ("netsuite:customer:1", "has_billing_entity"): (1, None),
        ("netsuite:customer:2", "has_billing_entity"): (2, None),
        ("netsuite:customer:2", "household_member_of"): (1, 2),
        ("netsuite:customer:3", "household_member_of"): (1, 2),
        ("product_analytics:user:u1", "uses_device"): (None, 2),
    }


def test_an_opt_out_is_a_withdrawal(days):
    (event,) = days["consent_event"]
    assert (event["subject_value_canonical"], event["channel"], event["status"]) == (
        "bobmueller@gmail.com",
        "email",
        "withdrawn",
    )

"""Which rules are proposed for data of one shape or another, and that they keep to their limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from identity_people import people
from identity_runs import TRAINED, edges, match, profiles
from identity_tables import create, person, put

from c360_assets.identity.block_rules import propose_rules
from c360_assets.identity.blocking import find_pairs
from c360_assets.identity.models import PERSON
from c360_assets.identity.records import prepare_records
from c360_assets.identity.tables import create_tables, step_schema
from c360_assets.warehouse import Warehouse


@pytest.fixture(autouse=True)
def normalized(warehouse: Warehouse) -> None:
    create(warehouse)
    create_tables(warehouse)


def proposed(warehouse: Warehouse, **limits: int) -> tuple[dict[str, tuple[str, ...]], int]:
    """The rules, and how many pairs they make."""
    settings = replace(TRAINED, **limits)
    with step_schema(warehouse):
        records = prepare_records(warehouse, PERSON)
        rules = propose_rules(warehouse, PERSON, settings, records)
        table = find_pairs(warehouse, PERSON.with_blocking(rules), settings, everything=True)
        return rules, int(warehouse.scalar(f"select count(*) from {table}"))


def test_pairs_keep_to_the_budget(warehouse: Warehouse) -> None:
    rows, _ = people(150, seed=21)
    put(warehouse, "person", rows)
    for budget in (2_000, 20_000):
        _, pairs = proposed(warehouse, least_pair_budget=budget, pairs_per_record=0)
        assert 0 < pairs <= budget


def test_a_column_of_large_blocks_is_combined_with_another(warehouse: Warehouse) -> None:
    rows, _ = people(150, seed=22)
    put(warehouse, "person", rows)
    rules, _ = proposed(warehouse, max_block_records=8)
    assert any(len(keys) > 1 and "city" in keys for keys in rules.values())


def test_rules_of_columns_that_are_null_today_wait_for_tomorrow(warehouse: Warehouse) -> None:
    put(warehouse, "person", [person(f"s:c:{n:03d}", "anna", f"keller{n % 40}") for n in range(80)])
    rules, _ = proposed(warehouse)
    assert rules["tax_id"] == ("tax_id",)
    assert rules["email"] == ("email",)


def test_ten_thousand_records_with_one_address_make_no_cluster_and_few_pairs(warehouse: Warehouse) -> None:
    warehouse.execute("""
insert into NORMALIZED_RECORD.PERSON (
    record_key, source_system, is_deleted, changed_at, given_name_key, family_name_key, email, email_is_valid,
    email_is_shared, phone_is_valid, phone_is_shared
)
select 's:c:' || n, 's', false, '2026-01-01', 'given' || mod(n, 97), 'family' || n, 'all@one.example', true, false,
    false, false
from (select row_number() over (order by seq4()) as n from table(generator(rowcount => 10000)))
""")
    warehouse.execute("""
insert into NORMALIZED_RECORD."IDENTIFIER" (
    record_key, entity_kind, identifier_type, value_canonical, is_valid, is_shared
)
select record_key, 'person', 'email', email, true, false from NORMALIZED_RECORD.PERSON
""")
    result = match(warehouse, 1, TRAINED)
    assert len(set(profiles(warehouse).values())) == 10_000
    assert result.kinds["person"].pairs_compared < 200_000
    told = warehouse.rows("select block, records from MATCH_CLUSTER.OVERSIZED_BLOCK where rule = 'identifier:email'")
    assert told == [("all@one.example", 10_000)]


def test_one_value_in_every_row_joins_nobody(warehouse: Warehouse) -> None:
    put(warehouse, "person", [person(f"s:c:{n:03d}", "anna", None, city_key="berlin") for n in range(250)])
    match(warehouse, 1, TRAINED)
    assert len(set(profiles(warehouse).values())) == 250


def test_swapped_names_are_found(warehouse: Warehouse) -> None:
    rows, _ = people(120, seed=23)
    # Two records of one person are as old as each other.
    born = {row["record_key"]: f"{1940 + int(row['record_key'][-7:-2]) % 60}-03-17" for row in rows}
    put(warehouse, "person", [
        *(row | {"date_of_birth": born[row["record_key"]]} for row in rows),
        person("x:c:1", "ottilie", "zwingenberger", date_of_birth="1971-06-24", postcode_key="10115"),
        person("y:c:1", "zwingenberger", "ottilie", date_of_birth="1971-06-24", postcode_key="10115"),
    ])  # fmt: skip
    match(warehouse, 1, TRAINED)
    found = profiles(warehouse)
    assert found["x:c:1"] == found["y:c:1"], edges(warehouse).get(("x:c:1", "y:c:1", "splink"))

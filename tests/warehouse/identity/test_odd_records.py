"""Input that no one hopes for is handled, and a row says how."""

from __future__ import annotations

import pytest
from identity_people import companies, people
from identity_runs import TRAINED, match, profiles
from identity_tables import create, organization, person, put

from c360_assets.identity import load_match_settings
from c360_assets.warehouse import Warehouse

MAIL = "office@one.example"


def findings(session: Warehouse) -> str:
    rows = session.rows(
        "select subject, finding, done from MATCH_CLUSTER.FINDING where entity_kind = 'person' order by 1, 2"
    )
    return "\n".join(" | ".join(row) for row in rows)


def test_no_record_at_all_and_a_single_one_are_no_error(session: Warehouse) -> None:
    create(session)
    assert match(session, 1, TRAINED).kinds["person"].clusters == 0
    put(session, "person", [person("crm:c:1", "anna", "abel")])
    result = match(session, 2, TRAINED).kinds["person"]
    assert (result.records, result.clusters, result.threshold_basis) == (1, 1, "fixed")


def test_empty_strings_are_no_values_and_join_nobody(session: Warehouse) -> None:
    create(session)
    nothing = {"street_key": "", "postcode_key": "", "city_key": "", "tax_id": "", "phone": None, "email": None}
    put(session, "person", [person(f"crm:c:{n:03}", "", "", **nothing) for n in range(120)])
    result = match(session, 1, TRAINED).kinds["person"]
    assert result.clusters == 120
    assert "null in every record: given, family" in findings(session)


def test_columns_that_are_null_throughout_are_told_and_do_no_harm(session: Warehouse) -> None:
    create(session)
    rows, _ = people(90, seed=4)
    put(session, "person", [row | {"phone": None, "street_key": None} for row in rows])
    result = match(session, 1, TRAINED).kinds["person"]
    assert result.matches
    told = findings(session)
    assert "null in every record" in told
    assert "phone" in told


def test_one_value_in_every_row_decides_nothing(session: Warehouse) -> None:
    create(session)
    rows, _ = people(90, seed=4)
    put(session, "person", rows)
    match(session, 1, TRAINED)
    without = profiles(session)
    create(session)
    put(session, "person", [row | {"gender": "female"} for row in rows])
    match(session, 1, TRAINED)
    assert "one value in all records that have any: gender" in findings(session)
    assert profiles(session) == without


def test_companies_that_say_nothing_or_the_same_are_no_error_and_join_nobody(session: Warehouse) -> None:
    create(session)
    empty = {"name_key": "", "domain": "", "tax_id": "", "registration_id": "", "street_key": ""}
    nothing = [organization(f"erp:c:{n:03}", "", **empty) for n in range(60)]
    # One town and country in every row are no evidence either.
    rows, _ = companies(20, seed=3)
    put(session, "organization", [row | {"city_key": "berlin", "country": "DE"} for row in [*nothing, *rows]])
    result = match(session, 1, TRAINED).kinds["organization"]
    found = profiles(session)
    assert len({found[row["record_key"]] for row in nothing}) == 60
    assert result.matches, "those that say something are still matched"
    told = session.rows("select finding from MATCH_CLUSTER.FINDING where entity_kind = 'organization'")
    assert any("one value in all records that have any" in text for (text,) in told)
    create(session)
    put(session, "organization", nothing[:1])
    assert match(session, 1, TRAINED).kinds["organization"].clusters == 1


@pytest.mark.slow
def test_ten_thousand_records_with_one_mailbox_join_nobody_by_it(session: Warehouse) -> None:
    """Fifty million pairs in one block, which are not made."""
    create(session)
    session.execute(f"""
insert into NORMALIZED_RECORD.PERSON (
    record_key, source_system, is_deleted, changed_at, given_name_key, family_name_key, full_name_key, email,
    email_is_valid, email_is_shared, email_domain
)
select 'crm:c:' || n, 'crm', false, '2026-01-01'::timestamp_ntz, left(md5('g' || n), 8), left(md5('f' || n), 10),
    left(md5('f' || n), 10), '{MAIL}', true, false, 'one.example'
from (select row_number() over (order by seq4()) as n from table(generator(rowcount => 10000)))
""")
    session.execute(f"""
insert into NORMALIZED_RECORD."IDENTIFIER" (
    identifier_key, record_key, entity_kind, source_system, identifier_type, value_canonical, is_valid, is_shared
)
select record_key, record_key, 'person', 'crm', 'email', '{MAIL}', true, false from NORMALIZED_RECORD.PERSON
""")
    result = match(session, 1, load_match_settings()).kinds["person"]
    assert result.clusters == 10_000
    assert result.pairs_compared < 2_000_000
    told = findings(session)
    assert "blocking identifier:email | 1 values are shared by up to 10,000 records each" in told
    rows = session.rows("select rule, records from MATCH_CLUSTER.OVERSIZED_BLOCK where block = %s order by 1", [MAIL])
    assert rows == [("identifier:email", 10_000)]


@pytest.mark.slow
def test_two_million_pairs_in_one_block_are_counted_and_not_made(session: Warehouse) -> None:
    """Two thousand people of one name in one town: what blocks by these alone is told, and joins nobody."""
    create(session)
    records = 2001
    session.execute(f"""
insert into NORMALIZED_RECORD.PERSON (
    record_key, source_system, is_deleted, changed_at, given_name_key, family_name_key, full_name_key, email,
    email_is_valid, email_is_shared, email_domain, date_of_birth, birth_key, city_key, country
)
select 'crm:c:' || n, 'crm', false, '2026-01-01'::timestamp_ntz, 'maria', 'garcia', 'garcia maria',
    left(md5('m' || n), 12) || '@mail' || n || '.example', true, false, 'mail' || n || '.example',
    dateadd(day, n * 11, '1940-01-01'::date), dateadd(day, n * 11, '1940-01-01'::date)::varchar, 'madrid', 'ES'
from (select row_number() over (order by seq4()) as n from table(generator(rowcount => {records})))
""")
    result = match(session, 1, load_match_settings()).kinds["person"]
    assert records * (records - 1) // 2 > 2_000_000
    assert result.pairs_compared < records * 50
    assert result.clusters == records
    told = findings(session)
    assert "shared by up to 2,001 records each" in told, told
    assert session.scalar("select max(records) from MATCH_CLUSTER.OVERSIZED_BLOCK") == records

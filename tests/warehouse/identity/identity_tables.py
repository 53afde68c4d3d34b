"""Normalized tables for the tests of identity: a row is what the test says, everything else is null."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from c360_assets.identity.splink_backend.values import sql_literal
from c360_assets.warehouse import Warehouse

Row = dict[str, Any]

NAMES = (
    "given_name varchar, given_name_key varchar, family_name varchar, family_name_key varchar, full_name_key varchar, "
    "other_name_words varchar"
)
PLACE = (
    "street varchar, street_key varchar, city varchar, city_key varchar, region varchar, postcode varchar, "
    "postcode_key varchar, country varchar"
)
REACH = (
    "email varchar, email_is_valid boolean, email_is_shared boolean, email_domain varchar, "
    "phone varchar, phone_is_valid boolean, phone_is_shared boolean"
)
RECORD = "record_key varchar, source_system varchar, is_deleted boolean, changed_at timestamp_ntz"
TABLES = {
    "person": f"{RECORD}, {NAMES}, {REACH}, {PLACE}, date_of_birth date, birth_key varchar, "
    "gender varchar, attributes variant, tax_id varchar, "
    "organization_record_key varchar, organization_name varchar",
    "organization": f"{RECORD}, {REACH}, {PLACE}, name varchar, name_key varchar, previous_names varchar, "
    "domain varchar, domain_is_shared boolean, tax_id varchar, tax_id_is_valid boolean, registration_id varchar, "
    "parent_record_key varchar, attributes variant",
    "identifier": "identifier_key varchar, record_key varchar, entity_kind varchar, source_system varchar, "
    "identifier_type varchar, value_canonical varchar, is_valid boolean, is_shared boolean",
    "relation": "relation_key varchar, from_record_key varchar, relation_type varchar, to_kind varchar, "
    "to_key varchar, evidence varchar, source_system varchar, valid_from timestamp_ntz, valid_to timestamp_ntz, "
    "changed_at timestamp_ntz",
}
EARLY = datetime(2026, 1, 1)


def create(warehouse: Warehouse) -> None:
    """Empty normalized tables; no table of the matching stage."""
    warehouse.execute("create schema if not exists NORMALIZED_RECORD")
    warehouse.execute("drop schema if exists MATCH_CLUSTER cascade")
    # IDENTIFIER is quoted: before a bracket its plain name would be Snowflake's function.
    for name, columns in TABLES.items():
        warehouse.execute(f'create or replace table NORMALIZED_RECORD."{name.upper()}" ({columns})')


def insert(warehouse: Warehouse, table: str, rows: Iterable[Row]) -> None:
    """Add rows."""
    rows = list(rows)
    columns = sorted({column for row in rows for column in row})
    for start in range(0, len(rows), 500):
        chunk = rows[start : start + 500]
        values = ", ".join("(" + ", ".join(sql_literal(row.get(c)) for c in columns) + ")" for row in chunk)
        warehouse.execute(f'insert into NORMALIZED_RECORD."{table.upper()}" ({", ".join(columns)}) values {values}')


def delete(warehouse: Warehouse, table: str, keys: Iterable[str]) -> None:
    """Remove records, as normalisation does before it writes them anew."""
    listed = ", ".join(sql_literal(key) for key in keys)
    warehouse.execute(f"delete from NORMALIZED_RECORD.{table.upper()} where record_key in ({listed})")


def person(key: str, given: str | None, family: str | None, **more: Any) -> Row:
    """A person record."""
    email, phone = more.get("email"), more.get("phone")
    return {
        "record_key": key,
        "source_system": key.split(":")[0],
        "is_deleted": False,
        "changed_at": EARLY,
        "given_name_key": given,
        "family_name_key": family,
        "full_name_key": " ".join(sorted(name for name in (given, family) if name)),
        "email_is_valid": email is not None,
        "email_is_shared": False,
        "email_domain": email.split("@")[1] if email else None,
        "phone_is_valid": phone is not None,
        "phone_is_shared": False,
    } | more


def organization(key: str, name: str, **more: Any) -> Row:
    """An organization record."""
    return {
        "record_key": key,
        "source_system": key.split(":")[0],
        "is_deleted": False,
        "changed_at": EARLY,
        "name": name,
        "name_key": name.lower(),
        "domain_is_shared": False,
        "tax_id_is_valid": more.get("tax_id") is not None,
        "email_is_valid": more.get("email") is not None,
        "email_is_shared": False,
        "phone_is_valid": more.get("phone") is not None,
        "phone_is_shared": False,
    } | more


def identifiers(kind: str, rows: Iterable[Row]) -> list[Row]:
    """The identifier rows that go with records: e-mail, tax id, and those under `links` as (type, value)."""
    found = []
    for row in rows:
        given = [("email", row.get("email"), row.get("email_is_shared")), ("tax_id", row.get("tax_id"), False)]
        given += [(kind_of, value, False) for kind_of, value in row.get("links", [])]
        for kind_of, value, shared in given:
            if value is not None:
                found.append(
                    {
                        "identifier_key": f"{row['record_key']}|{kind_of}|{value}",
                        "record_key": row["record_key"],
                        "entity_kind": kind,
                        "source_system": row["source_system"],
                        "identifier_type": kind_of,
                        "value_canonical": value,
                        "is_valid": True,
                        "is_shared": bool(shared),
                    }
                )
    return found


def put(warehouse: Warehouse, kind: str, rows: Iterable[Row]) -> None:
    """Write records with their identifiers, in place of those with the same keys."""
    rows = list(rows)
    if not rows:
        return
    keys = [row["record_key"] for row in rows]
    delete(warehouse, kind, keys)
    delete(warehouse, "identifier", keys)
    insert(warehouse, kind, [{k: v for k, v in row.items() if k != "links"} for row in rows])
    if found := identifiers(kind, rows):
        insert(warehouse, "identifier", found)

"""SOURCE_SNAPSHOT tables made by hand: as declared, filled with a few records whose normal form is known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from c360_assets.settings import PROJECT_ROOT
from c360_assets.warehouse import Warehouse

_TYPES = {
    "string": "varchar",
    "integer": "number(38, 0)",
    "number": "float",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp_ntz",
    "json": "variant",
}
_SYSTEM = (
    "_record_key varchar, _row_hash varchar, _valid_from timestamp_ntz, _valid_to timestamp_ntz, "
    "_snapshot_id varchar, _deleted boolean, _source_updated_at timestamp_ntz, _file_sha256 varchar, _line number"
)

# Two ways to write one address, and pairs that look alike and are two.
ONE_STREET = [
    ("12 N. Main St Ste 4", "12 North Main Street"),
    ("4846 N SHERIDAN", "4846 N. Sheridan Rd"),
    ("1507 W Sunnyside Avenue", "1507 West Sunnyside Ave., #210"),
    ("350 Fifth Avenue, Floor 34", "350 5th Ave"),
    ("77 Massachusetts Ave NE", "77 Massachusetts Avenue Northeast"),
    ("200 Ocean Pkwy Apt 3B", "200 Ocean Parkway"),
    ("Lange Straße 5", "Lange Str. 5"),
    ("Königstraße 5", "Koenigstr. 5"),
    ("C/ Mayor 3", "Calle Mayor 3"),
    ("14 Bd Saint-Michel", "14 boulevard St Michel"),
    ("Av. Juárez #123", "Avenida Juarez 123"),
    ("P.O. Box 12", "PO Box 12"),
]
TWO_STREETS = [
    ("300 5th St", "300 5th Ave"),
    ("12 N Main St", "12 S Main St"),
    ("Via Roma 1", "Piazza Roma 1"),
    ("Av. Juárez #123", "Av. Juárez #124"),
    ("8 rue Ste Catherine", "8 rue"),
]


def _column(vendor: str) -> str:
    return re.sub(r"\W", "_", vendor).upper()


def _objects() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted((PROJECT_ROOT / "c360_assets/defs/source_snapshot").glob("*/defs.yaml")):
        declared = yaml.safe_load(file.read_text())["attributes"]
        for source_object in declared["objects"]:
            yield f"{declared['system']}__{source_object['name']}", source_object


def create_tables(warehouse: Warehouse) -> None:
    """Create the table of every declared object, empty."""
    warehouse.execute("create schema if not exists source_snapshot")
    for table, declared in _objects():
        columns = ", ".join(
            f"{_column(name)} {_TYPES[kind if isinstance(kind, str) else kind['type']]}"
            for name, kind in declared["columns"].items()
        )
        warehouse.execute(f"create or replace table source_snapshot.{table} ({columns}, {_SYSTEM})")


def put(warehouse: Warehouse, table: str, valid_from: str, *records: dict[str, Any], deleted: bool = False) -> None:
    """Write a version of each record and end the version before it."""
    declared = dict(_objects())[table]
    prefix = table.replace("__", ":", 1)
    for record in records:
        key = f"{prefix}:" + "|".join(str(record[name]) for name in declared["key"])
        warehouse.execute(
            f"update source_snapshot.{table} set _valid_to = %s where _record_key = %s and _valid_to is null",
            (valid_from, key),
        )
        values = {_column(name): value for name, value in record.items()}
        values |= {"_RECORD_KEY": key, "_ROW_HASH": valid_from, "_VALID_FROM": valid_from, "_DELETED": deleted}
        given = [json.dumps(v) if isinstance(v, dict | list) else v for v in values.values()]
        marks = ["parse_json(%s)" if isinstance(v, dict | list) else "%s" for v in values.values()]
        warehouse.execute(f"insert into source_snapshot.{table} ({', '.join(values)}) select {', '.join(marks)}", given)


def first_day(warehouse: Warehouse, day: str) -> None:
    """A company, its people and what they do, over all systems."""
    create_tables(warehouse)
    home = {"billAddr1": "Weg 1", "billZip": "10115", "billCountry": "DE", "isPerson": True}
    put(
        warehouse,
        "salesforce__account",
        day,
        {
            "Id": "001A",
            "Name": "Müller GmbH & Co. KG",
            "ParentId": "001B",
            "Website": "https://www.mueller.example/x",
            "Phone": "030/90182012",
            "BillingStreet": "Hauptstraße 5",
            "BillingCity": "Munich",
            "BillingPostalCode": "80 331",
            "BillingCountry": "Germany",
            "Tax_Id__c": "DE 136 695 976",
        },
        {"Id": "001B", "Name": "N/A", "Website": "http://"},
    )
    put(
        warehouse,
        "salesforce__contact",
        day,
        {
            "Id": "003A",
            "AccountId": "001A",
            "FirstName": "Bob",
            "LastName": "MÜLLER",
            "Email": "Bob.Mueller+x@Gmail.com",
            "MailingCountry": "Deutschland",
            "MobilePhone": "0171 3340123",
            "HasOptedOutOfEmail": True,
        },
        {"Id": "003B", "FirstName": "test", "LastName": "Young", "Email": "test@test.com", "Phone": "000-0000000"},
        {"Id": "003C", "FirstName": "Nora", "LastName": "Null", "Email": "null@bakery.example", "Phone": "386-5286"},
    )
    for number, streets in enumerate([*ONE_STREET, *TWO_STREETS]):
        written = [{"Id": f"S{number}{side}", "MailingStreet": s} for side, s in zip("ab", streets, strict=True)]
        put(warehouse, "salesforce__contact", day, *written)
    put(
        warehouse,
        "netsuite__customer",
        day,
        {"internalId": "1", "isPerson": False, "companyName": "Mueller GmbH", "custentity_sfdc_account_id": "001A"},
        {"internalId": "2", "firstName": "Роберт", "lastName": "Мюллер", "email": "info@mueller.example", **home},
        {"internalId": "3", "firstName": "Eva", "lastName": "Мюллер", **home},
    )
    put(
        warehouse,
        "netsuite__invoice",
        day,
        {"internalId": "9", "entity": "2", "total": 5.5, "amountRemaining": 5.5, "status": "Open"},
    )
    put(
        warehouse,
        "stripe__customer",
        day,
        {"id": "cus_1", "name": "Dr. Anna van der Berg", "metadata": {"kind": "individual"}, "created": 1700000000},
    )
    put(
        warehouse,
        "stripe__subscription",
        day,
        {
            "id": "sub_1",
            "customer": "cus_1",
            "status": "active",
            "plan": {"nickname": "Pro", "amount": 12000, "interval": "year"},
            "quantity": 2,
            "currency": "eur",
            "created": 1700000000,
        },
    )
    put(
        warehouse,
        "zendesk__user",
        day,
        {"id": "6", "name": "müller, robert", "email": "bobmueller@gmail.com", "role": "end-user"},
        {"id": "7", "name": "Ann Agent", "role": "agent"},
    )
    put(warehouse, "hubspot__contact", day, {"hs_object_id": "10", "email": "eva@web.de", "firstname": "Eva"})
    put(
        warehouse,
        "hubspot__email_event",
        day,
        {"id": "e1", "type": "OPEN", "recipient": "EVA@web.de", "created": 1700000000000},
        {"id": "e2", "type": "OPEN", "recipient": "new@web.de", "created": 1700000000000},
    )
    put(warehouse, "product_analytics__device", day, {"device_id": "d1", "user_id": "u1"})
    put(warehouse, "product_analytics__user", day, {"user_id": "u1", "name": "Bobby Mueller"})


def second_day(warehouse: Warehouse, day: str) -> None:
    """What may change: kinds, roles, opt-outs, addresses, links; one record is deleted."""
    put(
        warehouse,
        "netsuite__customer",
        day,
        {"internalId": "2", "isPerson": False, "companyName": "Robert Müller e.K."},
        {"internalId": "3", "isPerson": True, "firstName": "Eva", "lastName": "Mueller"},
    )
    put(warehouse, "zendesk__user", day, {"id": "6", "name": "Robert", "role": "agent"})
    put(
        warehouse,
        "salesforce__contact",
        day,
        {"Id": "003A", "FirstName": "Robert", "LastName": "Müller", "HasOptedOutOfEmail": False},
    )
    put(warehouse, "salesforce__account", day, {"Id": "001A", "Name": "Müller GmbH & Co. KG"}, deleted=True)
    put(warehouse, "hubspot__contact", day, {"hs_object_id": "10", "email": "new@web.de", "firstname": "Eva"})
    put(warehouse, "product_analytics__device", day, {"device_id": "d1", "user_id": "u1"}, deleted=True)

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from c360_assets.settings import PROJECT_ROOT
from c360_assets.sources.declared import declared_system, load_declaration, load_declarations
from c360_assets.sources.errors import SourceError
from c360_assets.sources.names import column_name

SHOP = {
    "system": "web_shop",
    "kind": "ecommerce",
    "title": "Web shop",
    "owner": "team:shop",
    "cadence": "daily",
    "transformation": "None.",
    "sensitivity": "personal",
    "consent_relevance": "None.",
    "objects": [
        {
            "name": "customer",
            "files": "shop/customers*.csv*",
            "extract": "full",
            "key": ["Customer Id"],
            "updated_at": "Changed",
            "deleted": {"column": "Gone", "value": "yes"},
            "personal": ["E-mail"],
            "columns": {
                "Customer Id": {"type": "string", "required": True},
                "E-mail": "string",
                "Gone": "string",
                "Changed": "timestamp",
                "2nd line": {"type": "string", "optional": True},
            },
        }
    ],
}


def changed(path: str, value: object) -> dict:
    attributes = copy.deepcopy(SHOP)
    *steps, last = path.split(".")
    place: object = attributes
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return attributes


def test_names_tables_and_types_follow_from_the_declaration():
    customer = declared_system(SHOP, "x").object("customer")
    assert customer.table == "SOURCE_SNAPSHOT.WEB_SHOP__CUSTOMER"
    assert customer.label == "web_shop:customer"
    assert customer.key_columns == ["CUSTOMER_ID"]
    assert customer.personal_columns == ["E_MAIL"]
    assert customer.snowflake_types == {
        "CUSTOMER_ID": "varchar",
        "E_MAIL": "varchar",
        "GONE": "varchar",
        "CHANGED": "timestamp_ntz",
        "_2ND_LINE": "varchar",
    }


@pytest.mark.parametrize(
    ("vendor", "name"),
    [("Owner.Name", "OWNER_NAME"), ("_line", "SOURCE_LINE"), ("1st", "_1ST"), ("größe", "GR_SSE"), (" Id ", "ID")],
)
def test_column_names_are_plain_identifiers_that_clash_with_none_of_ours(vendor, name):
    assert column_name(vendor) == name


@pytest.mark.parametrize(
    ("path", "value", "where", "what"),
    [
        ("owner", None, "attributes.owner", "is missing"),
        ("owner", "Bob", "attributes.owner", "team:name"),
        ("cadance", "daily", "attributes.cadance", "not a known key"),
        ("cadence", "often", "attributes.cadence", "use 'minutely'"),
        ("system", "Web Shop", "attributes.system", "small letters"),
        ("objects", [], "attributes.objects", "at least 1"),
        ("objects.0.extract", "delta", "attributes.objects[customer].extract", "'full' or 'incremental'"),
        ("objects.0.files", "../x.csv", "attributes.objects[customer].files", "relative to the landing zone"),
        ("objects.0.files", "/x.csv", "attributes.objects[customer].files", "relative to the landing zone"),
        ("objects.0.files", "shop/*", "attributes.objects[customer]", "add format: csv, jsonl or parquet"),
        ("objects.0.key", ["Nummer"], "attributes.objects[customer]", "key names 'Nummer'"),
        ("objects.0.updated_at", "Gone", "attributes.objects[customer]", "must be a timestamp or a date"),
        ("objects.0.columns.E_mail", "string", "attributes.objects[customer]", "would both become E_MAIL"),
        ("objects.0.columns.Gone", "text", "attributes.objects[customer].columns.Gone", "use 'string'"),
        ("objects.0.columns.???", "string", "attributes.objects[customer]", "no letter or digit"),
        (
            "objects.0.max_deleted_share",
            50,
            "attributes.objects[customer].max_deleted_share",
            "less than or equal to 1",
        ),
    ],
)
def test_a_wrong_declaration_says_where_and_what_would_be_right(path, value, where, what):
    with pytest.raises(SourceError) as error:
        declared_system(changed(path, value), "shop/defs.yaml")
    assert f"shop/defs.yaml: {where}" in str(error.value)
    assert what in str(error.value)


def test_all_errors_are_told_at_once():
    with pytest.raises(SourceError) as error:
        declared_system({"system": "x"}, "f")
    assert len(str(error.value).splitlines()) >= 7


def write(tmp_path: Path, folder: str, text: str) -> Path:
    (tmp_path / folder).mkdir()
    file = tmp_path / folder / "defs.yaml"
    file.write_text(text)
    return file


def test_a_key_that_stands_twice_in_the_file_is_an_error(tmp_path):
    file = write(tmp_path, "x", "type: a\nattributes:\n  system: x\n  system: y\n")
    with pytest.raises(SourceError, match=r"'system' stands twice"):
        load_declaration(file)


@pytest.mark.parametrize("text", ["a: [", "", "just text", "type: x"])
def test_a_file_that_is_no_declaration_is_named(tmp_path, text):
    file = write(tmp_path, "x", text)
    with pytest.raises(SourceError, match=str(file)):
        load_declaration(file)


def test_no_declarations_at_all_say_how_to_make_one(tmp_path):
    with pytest.raises(SourceError, match="c360 new source"):
        load_declarations(tmp_path)


def test_the_nine_systems_of_the_project_are_declared_rightly():
    systems = load_declarations(PROJECT_ROOT / "c360_assets" / "defs" / "source_snapshot")
    assert len(systems) >= 9
    tables = [o.table for s in systems for o in s.objects]
    assert len(tables) == len(set(tables))

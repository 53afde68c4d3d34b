"""Declarations of destinations, and what dbt assumes when nobody tells it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from c360_assets.activation import DeclarationError, dbt_vars, load_destination, load_destinations
from c360_assets.activation.declaration import from_attributes
from c360_assets.activation.scaffold import scaffold_destination
from c360_assets.settings import PROJECT_ROOT

MACROS = PROJECT_ROOT / "dbt" / "macros"
GOOD = {"destination": "toy", "title": "Toy", "owner": "team:x", "feed": "ACTIVATION_FEED.TOY_FEED", "key": ["email"],
        "purpose": "marketing", "channel": "email", "fields": ["email"], "format": "csv"}  # fmt: skip


def macro_default(file: str, variable: str) -> object:
    text = (MACROS / file).read_text()
    body = re.search(rf"var\('{variable}', (.*?)\)\) }}}}", text, re.S)
    assert body
    plain = re.sub(r"\bnone\b", "None", re.sub(r"\btrue\b", "True", re.sub(r"\bfalse\b", "False", body.group(1))))
    return ast.literal_eval(plain)


def test_five_destinations_are_declared_and_each_has_its_feed_model() -> None:
    names = [d.destination for d in load_destinations()]
    assert names == ["crm", "marketing", "prospects", "success", "support"]
    for name in names:
        assert (PROJECT_ROOT / "dbt" / "models" / "activation_feed" / f"{name}_feed.sql").is_file()


@pytest.mark.parametrize("name", ["crm", "marketing", "prospects", "success", "support"])
def test_a_feed_has_exactly_the_declared_fields(name: str) -> None:
    declared = next(d for d in load_destinations() if d.destination == name)
    model = (PROJECT_ROOT / "dbt" / "models" / "activation_feed" / f"{name}_feed.sql").read_text()
    assert tuple(re.findall(r"'(\w+)'", model[model.index("feed_final") :])) == declared.fields


def test_what_dbt_assumes_by_default_is_what_is_declared() -> None:
    told = dbt_vars()
    assert macro_default("feed_destinations.sql", "destinations") == told["destinations"]
    assert macro_default("golden_validation.sql", "customer_360_validation") == told["customer_360_validation"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": "xlsx"}, "format 'xlsx' is unknown; use one of csv, jsonl, parquet"),
        ({"fields": []}, "fields missing"),
        ({"feed": "toy; drop table x"}, "SCHEMA.TABLE"),
        ({"fields": ["email, secret"]}, "plain column"),
        ({"channel": None}, "legal_basis consent needs a channel"),
        ({"colour": "red"}, "unknown attribute 'colour'"),
        ({"entities": ["robot"]}, "use organization or person"),
        ({"writes_to": "sap"}, "is no declared source system; declared are"),
        ({"suppress": ["prospects"]}, "use existing_customers, or {products_owned: [product, ...]}"),
        ({"suppress": [{"products_owned": ["pro'; --"]}]}, "no plain product name"),
    ],
)
def test_a_wrong_declaration_says_what_would_be_right(change: dict[str, object], says: str) -> None:
    with pytest.raises(DeclarationError, match=re.escape(says)):
        from_attributes(GOOD | change)


def test_a_file_that_is_no_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "defs.yaml"
    path.write_text("type: x\nattributes:\n  key: [email\n  purpose: marketing\n")
    with pytest.raises(DeclarationError, match=rf"{re.escape(str(path))}: cannot be read as YAML \(line [34]: "):
        load_destination(path)


def test_the_crm_is_not_told_what_salesforce_owns() -> None:
    crm = next(d for d in load_destinations() if d.destination == "crm")
    assert set(crm.fields) - set(crm.written) == {"account_owner", "customer_segment", "lifecycle_stage"}


def test_a_scaffolded_destination_is_declared_right_and_not_overwritten(tmp_path: Path) -> None:
    declaration, model = scaffold_destination("web_shop", tmp_path)
    assert load_destination(declaration).feed == "ACTIVATION_FEED.WEB_SHOP_FEED"
    assert "feed_from('web_shop', 'person')" in model.read_text()
    with pytest.raises(DeclarationError, match="exists"):
        scaffold_destination("web_shop", tmp_path)
    with pytest.raises(DeclarationError, match="lower-case"):
        scaffold_destination("../evil", tmp_path)

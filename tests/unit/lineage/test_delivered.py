"""Which columns of a delivery carried a field's value, by what the plan wrote down of the row."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from lineage.tracing.column_paths import ColumnEdges, Edge
from lineage.tracing.delivered import carried_columns, told_of
from lineage.tracing.ledger import Decided, Rule

EDGES = ColumnEdges()
for column, how in (("EMAIL", "IDENTITY"), ("ACCOUNT_OWNER", "IDENTITY"), ("PHONE", "TRANSFORMATION")):
    EDGES.add(Edge(("ACTIVATION_FEED.CRM_FEED", column), ("GOLDEN_PROFILE.PERSON", column), (how,)))
EDGES.add(Edge(("ACTIVATION_FEED.CRM_FEED", "PAYLOAD_HASH"), ("GOLDEN_PROFILE.PERSON", "EMAIL"), ("TRANSFORMATION",)))


def field(name: str, value: str) -> Decided:
    return Decided(name, value, "crm:contact:1", Rule(name, "A", 1, "owner", (), f"r.{name}"), ())


def delivery(told: dict[str, str], changed: tuple[str, ...] = (), file: str | None = "crm.csv", **more: Any) -> Any:
    hashes = {n: "-" if v is None else hashlib.md5(v.encode()).hexdigest()[:12] for n, v in told.items()}
    return {
        "destination": "crm", "operation": "create", "file_name": file, "field_hashes": json.dumps(hashes),
        "changed_fields": ",".join(changed),
    } | more  # fmt: skip


def carried(of: Decided, by: Any, had: bool = True) -> list[str]:
    return carried_columns(EDGES, "person", of, by, told_of(by), had)


def test_a_file_carries_its_whole_rows() -> None:
    assert carried(field("email", "a@b.example"), delivery({"email": "a@b.example"})) == ["email"]


def test_what_a_destination_owns_itself_is_not_carried_though_its_feed_has_it() -> None:
    assert carried(field("account_owner", "005"), delivery({"email": "a@b.example"})) == []


def test_an_interface_carries_only_the_fields_that_changed() -> None:
    told = {"email": "a@b.example", "phone": "+49 1"}
    update = delivery(told, changed=("phone",), file=None, operation="update")
    assert carried(field("email", "a@b.example"), update) == []
    assert carried(field("phone", "+49 1"), update) == ["phone"]


def test_another_value_than_the_field_s_was_not_its_value() -> None:
    assert carried(field("email", "new@b.example"), delivery({"email": "old@b.example"}), had=False) == []


@pytest.mark.parametrize(("told", "expected"), [("00491", ["phone"]), (None, [])])
def test_a_column_that_changes_a_value_s_form_carried_it_where_anything_was_told(
    told: str | None, expected: list[str]
) -> None:
    assert carried(field("phone", "+49 1"), delivery({"phone": told})) == expected  # type: ignore[dict-item]
    assert carried(field("phone", "+49 1"), delivery({"phone": told}), had=False) == []  # type: ignore[dict-item]


def test_taking_back_carries_nothing() -> None:
    assert carried(field("email", "a@b.example"), delivery({"email": "a@b.example"}, operation="delete")) == []


def test_of_a_delivery_from_before_plans_were_kept_the_columns_of_its_feed_are_told() -> None:
    old = delivery({}, field_hashes=None)
    assert carried(field("email", "a@b.example"), old) == ["email", "payload_hash"]
    assert carried(field("email", "a@b.example"), old, had=False) == []

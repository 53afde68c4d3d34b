"""A version's grounds, read back: which record won each field, what lost, and what cannot be read."""

from dataclasses import replace
from datetime import datetime

import pytest

from lineage.tracing.ledger import LedgerError, Rule, Version

RULES = {
    code: Rule(name, code, number, rule, ("crm", "shop"), f"r.{name}")
    for number, (code, name, rule) in enumerate(
        [("A", "city", "most_recent"), ("B", "email", "owner"), ("C", "phone", "owner")], 1
    )
}
VERSION = Version(
    "per_1", "person", 3, datetime(2026, 1, 1), None, "hash", ("crm:c:1", "shop:c:2", "shop:c:3"),
    "1C2r1s3AB", ("Bonn", "a@b.example", "+491"), "rules", "checks", None, "run",
)  # fmt: skip


def test_each_field_has_its_winner_its_losers_and_its_value() -> None:
    found = {each.field: each for each in VERSION.decided(RULES)}
    assert list(found) == ["city", "email", "phone"]
    assert (found["phone"].record_key, found["phone"].lost, found["phone"].value) == ("crm:c:1", (), "+491")
    lost = (("crm:c:1", "lower_ranked_source"), ("shop:c:3", "same_value"))
    assert [found[name].lost for name in ("city", "email")] == [lost, lost]
    assert {found[name].record_key for name in ("city", "email")} == {"shop:c:2"}


def test_a_version_from_before_there_was_a_ledger_decides_nothing() -> None:
    assert replace(VERSION, members=(), grounds=None, field_values=()).decided(RULES) == []


@pytest.mark.parametrize(
    "change",
    [
        {"grounds": "4C2r1s3AB"},
        {"grounds": "1C2z1s3AB"},
        {"grounds": "1C2r1s3A"},
        {"grounds": "1C2r1s3AD"},
        {"grounds": "C2r1s3AB"},
        {"grounds": "1C2r1s3AB7"},
        {"field_values": ("Bonn", "a@b.example")},
    ],
    ids=["no such member", "no such reason", "a field without grounds", "no such field", "no winner", "left over",
         "a value too few"],
)  # fmt: skip
def test_grounds_that_say_what_cannot_be_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(LedgerError, match="per_1 version 3"):
        replace(VERSION, **change).decided(RULES)

"""What verification works out for itself: consents in force, edges that values bear out, how a record may have lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from lineage.tracing.ledger import Decided, Rule, Version
from lineage.verification.cell_words import stands_in
from lineage.verification.consent_check import in_force
from lineage.verification.edge_witnesses import Witnesses
from lineage.verification.past_check import _gaps, _may_lose

NOW = datetime(2026, 6, 1)
EDGE = ("person", "email", "SOURCE_SNAPSHOT.CRM__CONTACT", "TITLE")


def decision(key: str, status: str, month: int, **changes: Any) -> dict[str, Any]:
    return {
        "fact_key": key, "source_system": "consent", "subject_type": "email", "subject_value_canonical": "a@b.example",
        "purpose": "marketing", "channel": "email", "status": status, "legal_basis": "consent", "region": None,
        "brand": None, "occurred_at": datetime(2026, month, 1), "expires_at": None,
    } | changes  # fmt: skip


def state(*facts: dict[str, Any], shared: bool = False) -> tuple[str, str] | None:
    """The state of marketing by e-mail, and the fact that it rests on."""
    found = in_force([(fact, shared) for fact in facts], NOW).get(("marketing", "email", "ALL"))
    return (found["state"], found["fact_key"]) if found else None


def test_the_latest_word_of_one_voice_counts() -> None:
    assert state(decision("a", "withdrawn", 1), decision("b", "granted", 2)) == ("granted", "b")
    assert state(decision("b", "granted", 2), decision("a", "withdrawn", 1)) == ("granted", "b")


def test_between_voices_the_strictest_counts_however_old() -> None:
    facts = decision("a", "denied", 1, source_system="crm"), decision("b", "granted", 5)
    assert state(*facts) == ("denied", "a")
    assert in_force([(fact, False) for fact in facts], NOW)["marketing", "email", "ALL"]["is_conflict"]


def test_a_consent_ends_when_it_expires_and_not_before() -> None:
    assert state(decision("a", "granted", 1, expires_at=NOW)) == ("expired", "a")
    assert state(decision("a", "granted", 1, expires_at=datetime(2026, 6, 2))) == ("granted", "a")


def test_who_shares_an_address_may_refuse_for_all_and_agree_for_none() -> None:
    assert state(decision("a", "granted", 1), shared=True) is None
    assert state(decision("a", "denied", 1), shared=True) == ("denied", "a")


def test_an_edge_is_one_too_many_where_its_cell_is_filled_and_never_what_the_field_says() -> None:
    seen = Witnesses()
    for number in range(10):
        seen.note(EDGE, f"a{number}@b.example", "Engineer")
    assert [str(finding) for finding in seen.check()] == [
        "events: person email: an edge leads from SOURCE_SNAPSHOT.CRM__CONTACT.TITLE to it, and no value of the ledger"
        " is of it"
    ]


@pytest.mark.parametrize("cell", [None, "", "A1@B.example"])
def test_an_edge_stands_where_its_cell_is_empty_or_once_what_the_field_says(cell: str | None) -> None:
    seen = Witnesses()
    for _ in range(9):
        seen.note(EDGE, "a1@b.example", "Engineer")
    seen.note(EDGE, "a1@b.example", cell)
    assert list(seen.check()) == []


def test_a_value_is_its_cells_but_for_case_accents_and_signs() -> None:
    assert stands_in("Jose Nunez", ["NÚÑEZ,", "José"])
    assert not stands_in("Jose Nunez", ["Jose"])


@pytest.mark.parametrize(
    ("rule", "winner", "loser", "reason", "may"),
    [
        ("owner", "crm", "shop", "lower_ranked_source", True),
        ("owner", "shop", "crm", "lower_ranked_source", False),
        ("owner", "crm", "crm", "older", True),
        ("owner", "shop", "crm", "older", False),
        ("most_recent", "shop", "crm", "older", True),
        ("most_recent", "crm", "shop", "lower_ranked_source", False),
        ("owner", "shop", "crm", "invalid", True),
    ],
)
def test_a_record_loses_by_rank_only_to_a_source_that_is_ranked_before_its_own(
    rule: str, winner: str, loser: str, reason: str, may: bool
) -> None:
    each = Decided("city", "Bonn", f"{winner}:contact:1", Rule("city", "A", 1, rule, ("crm", "shop"), "r.city"), ())
    assert _may_lose(each, f"{loser}:contact:2", reason) is may


def version(number: int, valid_from: int, valid_to: int | None, profile: str = "per_1") -> Version:
    return Version(
        profile, "person", number, datetime(2026, 1, valid_from), valid_to and datetime(2026, 1, valid_to), "hash",
        (), "", (), "rules", "checks", None, "run",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("versions", "missed"),
    [
        ([version(1, 1, 2), version(2, 2, 5), version(3, 7, None), version(1, 1, None, "per_2")], ""),
        ([version(2, 2, None)], "first that is there"),
        ([version(1, 1, 2), version(3, 5, None)], "between them is missing"),
        ([version(1, 1, 3), version(2, 2, None)], "before the version before it had ended"),
        ([version(1, 1, None), version(2, 2, None)], "before the version before it had ended"),
    ],
)
def test_versions_follow_each_other_from_the_first_on(versions: list[Version], missed: str) -> None:
    found = [str(finding) for finding in _gaps(versions)]
    assert len(found) == (1 if missed else 0) and all(missed in each for each in found)

"""`c360 review …` as a steward or a script uses it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typer
from identity_runs import DECLARED, match, profiles
from identity_tables import create, person, put
from typer.testing import CliRunner

from c360_assets.cli import app
from c360_assets.commands import review_show
from c360_assets.commands.review import run_next
from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse

# Two mailboxes and one name and home: too much to be chance, too little to be sure.
DOUBTFUL = [
    person("crm:c:1", "anna", "abel", email="anna@abel.example", postcode_key="10115", street_key="hof 1"),
    person("shop:c:2", "anna", "abel", email="aa77@web.example", postcode_key="10115", street_key="hof 1"),
    person("crm:c:5", "bruno", "moser", email="bruno@moser.example"),
]


@pytest.fixture(autouse=True)
def few(settings: Settings, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("C360_HOME", str(settings.home))
    monkeypatch.setenv("SNOWFLAKE_DATABASE", settings.database)
    monkeypatch.setenv("C360_STEWARD", "ada")
    create(warehouse)
    put(warehouse, "person", DOUBTFUL)
    match(warehouse, 1, DECLARED)
    # Whatever the model makes of the pair, here it waits for a person.
    warehouse.execute("delete from MATCH_CLUSTER.REVIEW_QUEUE")
    warehouse.execute("""
insert into MATCH_CLUSTER.REVIEW_QUEUE (
    entity_kind, record_key_l, record_key_r, match_weight, match_probability, reason, status, queued_at
)
select 'person', 'crm:c:1', 'shop:c:2', 3.0, 0.89, 'between the thresholds', 'open', '2026-01-01'::timestamp_ntz
union all
select 'person', 'crm:c:1', 'crm:c:5', 1.0, 0.67, 'between the thresholds', 'open', '2026-01-01'::timestamp_ntz
""")


def review(*arguments: str, given: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["review", *arguments], input=given)
    return done.exit_code, done.output


def told(*arguments: str) -> Any:
    code, out = review(*arguments, "--json")
    assert code == 0, out
    return json.loads(out)


def waiting() -> list[tuple[str, str]]:
    return [(row["record_key_l"], row["record_key_r"]) for row in told("list")]


def test_the_strongest_pair_is_shown_first_with_what_differs() -> None:
    assert waiting() == [("crm:c:1", "shop:c:2"), ("crm:c:1", "crm:c:5")]
    pair = told("next")
    assert (pair["record_key_l"], pair["record_key_r"]) == ("crm:c:1", "shop:c:2")
    marks = {field["name"]: field["mark"] for field in pair["fields"]}
    assert (marks["given name"], marks["email"]) == ("=", "≠")
    assert pair["between_profiles"] == {}
    code, out = review("next")
    assert code == 0
    assert "anna@abel.example" in out


def test_a_decided_pair_leaves_the_queue_at_once_and_returns_when_it_is_revoked() -> None:
    (made,) = told("decide", "shop:c:2", "crm:c:1", "different", "--reason", "mother and daughter")
    assert waiting() == [("crm:c:1", "crm:c:5")]
    (row,) = told("decisions")
    assert (row["decided_by"], row["reason"], row["verdict"]) == ("ada", "mother and daughter", "different")
    assert review("revoke", made["decision_id"])[0] == 0
    assert waiting() == [("crm:c:1", "shop:c:2"), ("crm:c:1", "crm:c:5")]
    assert told("decisions") == []
    assert [row["revoked_by"] for row in told("decisions", "--all")] == ["ada"]


def test_a_pair_that_somebody_is_unsure_about_comes_last() -> None:
    told("decide", "crm:c:1", "shop:c:2", "unsure")
    assert waiting() == [("crm:c:1", "crm:c:5"), ("crm:c:1", "shop:c:2")]


def test_in_a_terminal_one_pair_follows_the_other_until_the_steward_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["what?", "k", "d", "mother and son", "q"])
    shown: list[tuple[str, str]] = []
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: next(answers))
    monkeypatch.setattr(review_show, "pair", lambda pair: shown.append((pair.record_key_l, pair.record_key_r)))
    run_next(None, None, as_json=False, interactive=True)
    assert shown == [("crm:c:1", "shop:c:2"), ("crm:c:1", "crm:c:5")], "the skipped one is not shown again"
    (row,) = told("decisions")
    assert (row["record_key_r"], row["verdict"], row["reason"]) == ("crm:c:5", "different", "mother and son")


def test_profiles_are_merged_and_split_by_their_ids(warehouse: Warehouse) -> None:
    before = profiles(warehouse)
    told("merge", before["crm:c:1"], before["crm:c:5"])
    match(warehouse, 2, DECLARED)
    merged = profiles(warehouse)
    assert merged["crm:c:1"] == merged["crm:c:5"]
    code, out = review("split", merged["crm:c:1"], "crm:c:5")
    assert code == 0
    assert "contradicts other decisions" in " ".join(out.split())
    match(warehouse, 3, DECLARED)
    assert profiles(warehouse)["crm:c:1"] != profiles(warehouse)["crm:c:5"], "in doubt nothing merges"
    assert len(told("conflicts")["conflicts"]) == 1


def test_what_cannot_be_is_told_in_a_sentence_with_exit_code_2() -> None:
    for arguments in (
        ("decide", "crm:c:1", "crm:c:404", "same"),
        ("decide", "crm:c:1", "shop:c:2", "maybe"),
        ("approve", "dec_none"),
        ("merge", "per_none", "per_nil"),
    ):
        code, out = review(*arguments)
        assert code == 2
        assert "error:" in out
        assert "Traceback" not in out


def test_the_waterfall_of_a_scored_pair_starts_before_comparing_and_adds_up_to_its_weight(
    warehouse: Warehouse,
) -> None:
    twin = person("crm:c:6", "anna", "abel", email="anna@abel.example", postcode_key="10115", street_key="hof 1")
    put(warehouse, "person", [*DOUBTFUL, twin])
    match(warehouse, 2, DECLARED)
    pair = told("show", "crm:c:1", "crm:c:6")
    assert pair["steps"][0]["compared"] == "before comparing"
    assert pair["steps"][-1]["total"] == pytest.approx(pair["match_weight"], abs=0.01)
    assert "the same whole name" in {step["found"] for step in pair["steps"]}

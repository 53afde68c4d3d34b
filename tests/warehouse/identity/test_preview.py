"""A preview says what the change does when it is applied, and leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from identity_runs import DECLARED, match, profiles
from identity_tables import create, person, put

from c360_assets.identity.settings import MatchSettingsError
from c360_assets.identity.stewardship import sandbox
from c360_assets.identity.stewardship.decisions import decide
from c360_assets.identity.stewardship.preview import Change, Preview, preview
from c360_assets.identity.tables import TABLES
from c360_assets.locking import RunInProgressError
from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse

ANNA = [person(f"crm:c:{n}", "anna", "abel", email="anna@abel.example", phone="+49301234567") for n in (1, 2)]
BRUNO = [person(f"crm:c:{n}", "bruno", "moser", email="bruno@moser.example") for n in (8, 9)]
FEED = "ACTIVATION_FEED.TRIED_FEED"


@pytest.fixture(autouse=True)
def few(warehouse: Warehouse) -> None:
    create(warehouse)
    put(warehouse, "person", [*ANNA, *BRUNO])
    match(warehouse, 1, DECLARED)
    warehouse.execute("create schema if not exists ACTIVATION_FEED")
    warehouse.execute(f"create or replace table {FEED} as select distinct profile_id from MATCH_CLUSTER.CLUSTER")


def state(warehouse: Warehouse) -> dict[str, list[str]]:
    return {t: sorted(map(str, warehouse.rows(f"select * from MATCH_CLUSTER.{t.upper()}"))) for t in TABLES}


def tried(settings: Settings, change: Change) -> Preview:
    return preview(change, [FEED, "ACTIVATION_FEED.NO_FEED"], settings, DECLARED)


def schemas(warehouse: Warehouse) -> set[str]:
    rows = warehouse.rows("select schema_name from information_schema.schemata")
    return {name for (name,) in rows if name.startswith("MATCH_CLUSTER")}


def test_a_merge_is_told_before_it_happens_and_then_happens_so(warehouse: Warehouse, settings: Settings) -> None:
    before, rows = profiles(warehouse), state(warehouse)
    found = tried(settings, Change(decisions=(("crm:c:8", "crm:c:1", "same"),)))
    assert state(warehouse) == rows, "nothing was written"
    assert schemas(warehouse) == {"MATCH_CLUSTER"}
    assert (found.merged, found.split, found.founded, found.records_moved) == (1, 0, 0, 2)
    assert found.feeds == {FEED: {"rows_removed": 1, "rows_touched": 1}}
    decide(warehouse, "crm:c:8", "crm:c:1", "same", "ada")
    assert tried(settings, Change()).merges == found.merges, "without a change: what waits for the next run"
    match(warehouse, 2, DECLARED)
    (told,) = found.merges
    gone, heir = told["profile_id"], told["into"]
    assert {key for key, home in before.items() if home == gone} == {
        key for key, home in profiles(warehouse).items() if home == heir and before[key] != heir
    }


def test_a_split_is_told_with_the_id_that_it_will_have(warehouse: Warehouse, settings: Settings) -> None:
    before = profiles(warehouse)
    assert before["crm:c:8"] == before["crm:c:9"]
    found = tried(settings, Change(decisions=(("crm:c:8", "crm:c:9", "different"),)))
    assert (found.merged, found.split, found.founded) == (0, 1, 1)
    decide(warehouse, "crm:c:8", "crm:c:9", "different", "ada")
    match(warehouse, 2, DECLARED)
    after = profiles(warehouse)
    assert [split["gives_to"] for split in found.splits] == [after["crm:c:9"]]


def test_what_waits_anyway_is_no_effect_of_a_change(warehouse: Warehouse, settings: Settings) -> None:
    decide(warehouse, "crm:c:8", "crm:c:9", "different", "ada")
    found = tried(settings, Change(decisions=(("crm:c:1", "crm:c:2", "same"),)))
    assert (found.merged, found.split, found.records_moved) == (0, 0, 0)


def test_thresholds_and_rules_are_tried_on_all_pairs(warehouse: Warehouse, settings: Settings) -> None:
    weight = warehouse.scalar("select max(match_probability) from MATCH_CLUSTER.MATCH_EDGE where rule = 'splink'")
    rules = {"same_verified_email_and_family_name": "review"}
    found = tried(settings, Change(thresholds={"person": (1 + weight) / 2}, rules=rules))
    assert (found.merged, found.split) == (0, 2), "neither the score nor the rule links them any more"
    with pytest.raises(MatchSettingsError):
        tried(settings, Change(thresholds={"person": 1.5}))
    with pytest.raises(MatchSettingsError, match="No rule"):
        tried(settings, Change(rules={"rule_3": "match"}))


def test_a_preview_that_fails_leaves_nothing(
    warehouse: Warehouse, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = state(warehouse)

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("c360_assets.identity.stewardship.preview.run_matching", die)
    with pytest.raises(KeyboardInterrupt):
        tried(settings, Change())
    assert state(warehouse) == rows
    assert schemas(warehouse) == {"MATCH_CLUSTER"}


def test_no_preview_while_a_run_writes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_: Any, **__: Any) -> None:
        raise RunInProgressError("Another run is writing.")

    monkeypatch.setattr(sandbox, "writer_lock", held)
    with pytest.raises(RunInProgressError):
        tried(settings, Change())


def test_settings_of_a_change_leave_the_rest_alone() -> None:
    changed = Change(thresholds={"person": 0.3}, rules={"same_tax_id": "review"}).settings(DECLARED)
    assert (changed.person.match, changed.person.review) == (0.3, 0.3)
    assert changed.organization == DECLARED.organization
    assert changed.rules["same_tax_id"] == "review"
    assert replace(changed, person=DECLARED.person, rules=DECLARED.rules) == DECLARED

"""What an id was at any time, and how much of what is published changed, against plain snapshots of every step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_profile_ids import START, Ledger, Partition, assign, day, per, registry

from c360_assets.identity.churn import Churn, explain, measure_churn
from c360_assets.identity.profile_history import profile_at
from c360_assets.identity.stewardship.settings import StewardSettings
from c360_assets.identity.tables import create_tables, step_schema
from c360_assets.warehouse import Warehouse

KEYS = [f"s:o:{letter}" for letter in "abcdef"]
A, B, C, D, *_ = KEYS


@st.composite
def histories(draw: st.DrawFn) -> list[Partition]:
    """Some days; on each of them some of the records, each in one of three clusters."""
    days = draw(st.lists(st.dictionaries(st.sampled_from(KEYS), st.integers(0, 2), min_size=1), min_size=2, max_size=4))
    return [[{k for k, c in clusters.items() if c == n} for n in sorted(set(clusters.values()))] for clusters in days]


@pytest.fixture(autouse=True)
def steps(warehouse: Warehouse) -> Iterator[None]:
    warehouse.execute("drop schema if exists MATCH_CLUSTER cascade")
    create_tables(warehouse)
    with step_schema(warehouse):
        yield


def begin(warehouse: Warehouse) -> None:
    for table in ("CLUSTER", "PROFILE_REGISTRY", "PROFILE_EVENT", "PROFILE_MEMBER_HISTORY"):
        warehouse.execute(f"delete from MATCH_CLUSTER.{table}")


def everything(warehouse: Warehouse) -> list[tuple[object, ...]]:
    tables = ("CLUSTER", "PROFILE_REGISTRY", "PROFILE_EVENT", "PROFILE_MEMBER_HISTORY")
    return [row for table in tables for row in sorted(map(str, warehouse.rows(f"select * from MATCH_CLUSTER.{table}")))]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(), seed=st.integers(0, 99))
def test_ids_keep_their_rules_through_any_history_and_every_time_can_be_asked_for(
    warehouse: Warehouse, history: list[Partition], seed: int
) -> None:
    begin(warehouse)
    ledger, snapshots, given_before = Ledger(), [], set()
    for number, partition in enumerate(history):
        found = assign(warehouse, partition, day(number), shuffle=seed + number)
        ledger.step(number, partition)
        assert found == ledger.owner
        fresh = {p for p, (when, _) in ledger.born.items() if when == number}
        assert not fresh & given_before, "an id is never given twice"
        given_before |= fresh
        snapshots.append((dict(ledger.owner), {p: status for p, (status, _) in registry(warehouse).items()}))
    before = everything(warehouse)
    assign(warehouse, history[-1], day(len(history)), shuffle=seed + 50)
    assert everything(warehouse) == before, "a rerun in another order changes no byte"
    number = seed % len(history)
    owner, statuses = snapshots[number]
    for profile in given_before:
        told = profile_at(warehouse, profile, day(number).started_at + timedelta(hours=1))
        assert told.status == statuses.get(profile, "unknown")
        assert told.members == sorted(key for key, home in owner.items() if home == profile)
        if told.status == "active":
            assert told.leads_to == profile
        elif told.leads_to:
            assert statuses[told.leads_to] == "active"


def test_a_merge_and_its_date_stay_on_record_when_its_heir_is_merged_too(warehouse: Warehouse) -> None:
    assign(warehouse, [{A}, {B}, {C}], day(1))
    assign(warehouse, [{A}, {B, C}], day(2))
    assign(warehouse, [{A, B, C}], day(3))
    early = profile_at(warehouse, per(C), day(2).started_at)
    assert (early.status, early.merged_into, early.leads_to) == ("merged", per(B), per(B))
    late = profile_at(warehouse, per(C))
    assert (late.merged_into, late.since, late.leads_to) == (per(B), day(2).started_at, per(A))
    assert profile_at(warehouse, per(C), datetime(2020, 1, 1)).status == "unknown"


def test_a_returning_record_gets_an_id_that_nobody_had(warehouse: Warehouse) -> None:
    assign(warehouse, [{A}, {B}], day(1))
    assign(warehouse, [{B}], day(2))
    assert profile_at(warehouse, per(A)).status == "retired"
    assert profile_at(warehouse, per(A)).leads_to is None
    found = assign(warehouse, [{A}, {B}], day(3))
    assert found[A] == per(f"{A}#1")
    assert profile_at(warehouse, per(A)).members == []


def test_churn_counts_published_profiles_that_lose_records_and_nothing_else(warehouse: Warehouse) -> None:
    assert measure_churn(warehouse, START) == []
    assign(warehouse, [{A, B}, {C}, {D}], day(1))
    published = day(1).started_at
    assert measure_churn(warehouse, START) == [], "on the first run nothing is published yet"
    assign(warehouse, [{A, B, "s:o:z"}, {C}], day(2))
    assert measure_churn(warehouse, published) == [Churn("person", 3, 0)], "records that come and go are no churn"
    assign(warehouse, [{A}, {B, C, "s:o:z"}], day(3))
    assert measure_churn(warehouse, published) == [Churn("person", 3, 1)], "only the one that lost a record"
    assign(warehouse, [{A, B, C}], day(4))
    assert measure_churn(warehouse, published) == [Churn("person", 3, 1)], "C's id is merged; A has its records again"
    assign(warehouse, [{A, B}, {C}], day(5))
    # C's first id redirects for good, so its record has another one now.
    assert measure_churn(warehouse, published) == [Churn("person", 3, 1)]


def test_the_budget_is_a_share_and_a_number() -> None:
    careful = StewardSettings(churn_budget=0.05, churn_profiles=20)
    assert not Churn("person", 100, 20).exceeds(careful)
    assert Churn("person", 100, 21).exceeds(careful)
    assert not Churn("person", 1000, 50).exceeds(careful)
    assert Churn("person", 1000, 51).exceeds(careful)
    assert "--accept-churn" in explain(Churn("person", 1000, 51), careful, START)

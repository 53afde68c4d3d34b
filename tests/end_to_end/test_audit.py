"""A randomised audit of a company over two days: every trace against a brute-force oracle, and planted damage found.

The second day brings changed, deleted and new records and consents, a merge and a split by a steward; a rebuild
follows. What is true is worked out anew after each run (audit_oracle) from the rules' file, the normalised records, the
extracts' own lines and the delivered files' own rows; at the end every trace of every one of these moments is compared.

AUDIT_SEED and AUDIT_RECORDS choose another company.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import jsonschema
import networkx as nx
import pytest
from audit_company import Company, plant_ties, somebody_withdraws, stewards_decide, text_of
from audit_oracle import delivered_rows, says_the_same
from ledger_damage import DAMAGES, Damage
from pipeline_home import PipelineHome

from c360_assets.settings import PROJECT_ROOT
from c360_assets.warehouse import Warehouse
from lineage.trace import trace_profile
from lineage.tracing.source_record import trace_record
from lineage.verify import verify

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
SEED, RECORDS = int(os.environ.get("AUDIT_SEED", "23")), int(os.environ.get("AUDIT_RECORDS", "1000"))
MOMENTS = ("first day", "second day", "rebuilt")
Trace = dict[str, Any]
Traces = dict[str, dict[str, Trace]]
"""Moment -> profile -> its trace as of then."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    home = PipelineHome(tmp_path_factory.mktemp("audit") / "home")
    home.sample(records=RECORDS, seed=SEED)
    plant_ties(home.path / "landing")
    this = Company(home, SEED)
    try:
        this.run("first day")
        with home.warehouse() as session:
            stewards_decide(this, session)
            somebody_withdraws(this, session)
        assert home.call("sample", "--changes", "0.08", "--seed", str(SEED)).code == 0
        this.run("second day", "--accept-churn")
        this.run("rebuilt", "--full-rebuild", "--accept-churn")
        yield this
    finally:
        home.close()


@pytest.fixture
def session(company: Company) -> Iterator[Warehouse]:
    with company.home.warehouse() as warehouse:
        yield warehouse


@pytest.fixture(scope="module")
def traces(company: Company) -> Traces:
    """Asked after all that happened."""
    with company.home.warehouse() as session:
        return {
            moment: {profile: trace_profile(session, profile, truth.at) for profile in truth.members}
            for moment, truth in company.truth.items()
        }


@pytest.fixture(scope="module")
def now(company: Company) -> dict[str, Trace]:
    """The profiles as they are."""
    with company.home.warehouse() as session:
        return {profile: trace_profile(session, profile) for profile in company.truth["rebuilt"].members}


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_field_of_every_profile_is_traced_as_the_oracle_said_then(
    company: Company, traces: Traces, moment: str
) -> None:
    truth, compared = company.truth[moment], 0
    for profile, expected in truth.fields.items():
        told = {field["field"]: field for field in traces[moment][profile]["fields"]}
        assert told.keys() == expected.keys(), profile
        assert set(traces[moment][profile]["version"]["members"]) == truth.members[profile]
        for name, (winner, value, losers) in expected.items():
            field = told[name]
            assert field["record_key"] == winner, (profile, name)
            assert {lost["record_key"]: lost["reason"] for lost in field["lost"]} == losers, (profile, name)
            assert _same(field["value"], value), (profile, name)
            compared += 1
    assert compared > 4 * len(truth.members)


def _same(told: str, value: Any) -> bool:
    if isinstance(value, float):
        return float(told) == pytest.approx(value, abs=0.005)
    return told == (value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else str(value))


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_value_s_cells_are_on_the_line_that_the_trace_names(
    company: Company, traces: Traces, moment: str
) -> None:
    compared = 0
    for profile, trace in traces[moment].items():
        for field in trace["fields"]:
            source = field["source"]
            assert source["record_key"] == field["record_key"], (profile, field["field"])
            row = company.extracts.row(source["file_sha256"], source["file_name"], source["line"])
            for column, told in field["raw"].items():
                assert says_the_same(row.get(column), told), (profile, field["field"], column)
                compared += 1
    assert compared > 4 * len(traces[moment])


@pytest.mark.parametrize("moment", MOMENTS[:2])
def test_what_was_told_then_is_told_byte_for_byte_after_changes_and_a_rebuild(
    company: Company, traces: Traces, moment: str
) -> None:
    for profile, then in company.told[moment].items():
        assert text_of(traces[moment][profile]) == then, profile
    later = traces["second day"]
    changed = [p for p in company.told["first day"] if p not in later or len(later[p]["versions"]) > 1]
    assert len(changed) > len(company.told["first day"]) / 20


@pytest.mark.parametrize("moment", MOMENTS)
def test_matches_are_those_that_held_the_records_together_then(company: Company, traces: Traces, moment: str) -> None:
    for profile, trace in traces[moment].items():
        told = {(each["record_key_l"], each["record_key_r"], each["rule"]) for each in trace["matches"]}
        assert told == company.truth[moment].edges.get(profile, set()), profile
        graph = nx.Graph()
        graph.add_nodes_from(trace["version"]["members"])
        graph.add_edges_from((left, right) for left, right, _ in told)
        graph.add_edges_from(
            (each["record_key_l"], each["record_key_r"]) for each in trace["decisions"] if each["verdict"] == "same"
        )
        assert nx.is_connected(graph), profile


@pytest.mark.parametrize("moment", MOMENTS)
def test_relations_are_those_that_were_known_then(company: Company, traces: Traces, moment: str) -> None:
    names = ("relation_type", "other", "valid_from", "valid_to")
    for profile, trace in traces[moment].items():
        told = {tuple(each[name] for name in names) for each in trace["relations"]}
        assert told == company.truth[moment].relations.get(profile, set()), profile
        assert all(each["records"] and each["rules"] for each in trace["relations"])


@pytest.mark.parametrize("moment", MOMENTS)
def test_consents_in_force_are_what_the_people_themselves_had_said(
    company: Company, traces: Traces, moment: str
) -> None:
    for profile, trace in traces[moment].items():
        told = {
            (each["purpose"], each["channel"], each["region"]): (each["state"], each["fact_key"])
            for each in trace["consents"]
        }
        assert told == company.truth[moment].consents.get(profile, {}), profile


def test_a_delivery_carried_what_stands_in_its_file_and_nothing_else(
    company: Company, session: Warehouse, now: dict[str, Trace]
) -> None:
    shown_as = {"full_name": "display_name", "legal_name": "display_name"}
    batches = {
        (destination, file): batch
        for destination, file, batch in session.rows(
            "select distinct destination, file_name, batch_id from ACTIVATION_FEED.RECEIPT"
        )
    }
    given: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for place, rows in delivered_rows(company.home.outbox()).items():
        for row in rows:
            given.setdefault(row["profile_id"], []).append((place[0], batches[place], row))
    compared = 0
    for profile, trace in now.items():
        told = {(each["destination"], each["batch_id"], each["operation"]) for each in trace["deliveries"]}
        assert told == {(place, batch, row["operation"]) for place, batch, row in given.get(profile, ())}, profile
        assert all(each["version"] for each in trace["deliveries"]), profile
        for field in trace["fields"]:
            columns = {field["field"], shown_as.get(field["field"], field["field"])}
            carried = {
                (place, batch, column)
                for place, batch, row in given.get(profile, ())
                if row["operation"] in ("create", "update")
                for column in columns
                if str(row.get(column) or "").removeprefix("'") == field["value"]
            }
            said = {
                (each["destination"], each["batch_id"], column)
                for each in field["deliveries"]
                for column in each["columns"]
            }
            assert said == carried, (profile, field["field"])
            compared += len(carried)
    assert compared > 2 * len(now)


def test_forward_and_reverse_traces_say_the_same(session: Warehouse, now: dict[str, Trace]) -> None:
    forward: dict[str, dict[tuple[str, str], set[str]]] = {}
    for profile, trace in now.items():
        for field in trace["fields"]:
            united = [lost["record_key"] for lost in field["lost"] if lost["reason"] == "united"]
            batches = {each["batch_id"] for each in field["deliveries"]}
            for record in (field["record_key"], *united):
                forward.setdefault(record, {})[profile, field["field"]] = batches
    current = {profile: trace["version"]["version"] for profile, trace in now.items()}
    versions = {
        (row["batch_id"], profile): row["version"] for profile, trace in now.items() for row in trace["deliveries"]
    }
    for record in {key for trace in now.values() for key in trace["version"]["members"]}:
        told, back = forward.get(record, {}), set()
        for each in trace_record(session, record)["profiles"]:
            profile = each["profile_id"]
            for field in each["fields"]:
                won = {at["version"] for at in field["won"]}
                if current.get(profile) not in won:
                    continue
                what = profile, field["field"]
                back.add(what)
                # An earlier delivery may have carried the same value of another record, that had won then.
                its_own = {batch for batch in told.get(what, ()) if versions[batch, profile] in won}
                carried = {row["batch_id"] for row in each["deliveries"] if field["field"] in row["fields"]}
                assert its_own <= carried, (record, what)
        assert told.keys() == back, record


def test_every_id_that_was_ever_given_says_what_became_of_it(
    company: Company, session: Warehouse, traces: Traces
) -> None:
    ids = {profile for truth in company.truth.values() for profile in truth.members}
    for profile in ids:
        first = next(n for n, moment in enumerate(MOMENTS) if profile in company.truth[moment].members)
        for moment in MOMENTS[first:]:
            truth = company.truth[moment]
            trace = traces[moment].get(profile) or trace_profile(session, profile, truth.at)
            if profile in truth.members:
                assert trace["status"]["status"] == "active", (profile, moment)
            else:
                assert trace["status"]["status"] in ("merged", "retired"), (profile, moment)
                heir = trace["status"]["into"]
                while heir and heir not in truth.members:
                    heir = trace_profile(session, heir, truth.at)["status"]["into"]
                assert heir or trace["status"]["status"] == "retired", (profile, moment)


def test_the_audit_has_met_all_that_it_is_about(company: Company, session: Warehouse, traces: Traces) -> None:
    told = [trace for of_moment in traces.values() for trace in of_moment.values()]
    reasons = {lost["reason"] for trace in told for field in trace["fields"] for lost in field["lost"]}
    assert reasons >= {"tie", "same_value", "deleted", "older", "lower_ranked_source", "invalid", "united"}
    assert {each["verdict"] for trace in told for each in trace["decisions"]} >= {"same", "different"}
    assert {event["event"] for trace in told for event in trace["events"]} >= {"founded", "merged", "split"}
    assert {row["operation"] for trace in told for row in trace["deliveries"]} >= {"create", "update", "delete"}
    assert any(record["is_deleted"] for trace in told for record in trace["records"])
    relations = [company.truth[moment].relations for moment in MOMENTS[:2]]
    assert sum(relations[0][profile] != relations[1].get(profile) for profile in relations[0]) > 0
    before, after = (company.truth[moment].consents for moment in MOMENTS[:2])
    assert sum(before[profile] != after.get(profile) for profile in before) > 0
    withdrawn = traces["second day"][company.refuses]
    assert "withdrawn" in {each["state"] for each in withdrawn["consents"]}
    assert ("marketing", "delete") in {(row["destination"], row["operation"]) for row in withdrawn["deliveries"]}


def test_a_steward_s_word_is_in_the_trace_of_what_it_joined_and_parted(
    company: Company, session: Warehouse, now: dict[str, Trace]
) -> None:
    kept, gone = company.merged
    if kept not in now:
        kept, gone = gone, kept
    assert "ana" in {each["decided_by"] for each in now[kept]["decisions"]}
    assert trace_profile(session, gone)["status"]["into"] == kept
    assert any(event["event"] == "merged" and event["other_profile_id"] == kept for event in now[kept]["events"])
    whole, record = company.parted
    assert record not in now[whole]["version"]["members"]
    assert "ben" in {each["decided_by"] for each in now[whole]["decisions"]}


def test_json_is_as_the_published_schemas_say(company: Company, now: dict[str, Trace]) -> None:
    profile = max(now, key=lambda each: len(now[each]["deliveries"]) + len(now[each]["decisions"]))
    record = now[profile]["version"]["members"][0]
    for schema, arguments in (
        ("profile-trace", ("trace", profile, "--purpose", "audit")),
        ("profile-trace", ("trace", profile, "--as-of", f"{company.truth['first day'].at}")),
        ("profile-trace", ("trace", profile, "--delivery", now[profile]["deliveries"][0]["batch_id"])),
        ("record-trace", ("trace", "--record", record)),
        ("verification", ("verify", "--sample", "5")),
    ):
        done = company.home.call(*arguments, "--json")
        assert done.code == 0, done.err
        told = json.loads(done.out)
        jsonschema.validate(told, json.loads((PROJECT_ROOT / f"lineage/schemas/{schema}.json").read_text()))
        if schema == "profile-trace":
            assert told["is_masked"] == ("--purpose" not in arguments)


def test_nothing_is_damaged_where_nobody_altered_anything(session: Warehouse) -> None:
    assert [str(finding) for finding in verify(session).findings] == []


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_planted_damage_is_found_and_named(company: Company, damage: Damage) -> None:
    with company.home.warehouse() as session:
        session.execute("begin")
        try:
            where, row = damage.plant(session)
            found = [str(finding) for finding in verify(session).findings]
        finally:
            session.execute("rollback")
    assert any(where in each and row in each for each in found), (where, found[:5])


def test_the_command_ends_with_1_where_something_is_damaged(company: Company) -> None:
    assert company.home.call("verify", "--sample", "30").code == 0
    with company.home.warehouse() as session:
        name = session.scalar("select max(access_id) from LINEAGE.ACCESS_LOG where actor = 'cem'")
        _set_actor(session, name, "nobody")
        try:
            done = company.home.call("verify")
        finally:
            _set_actor(session, name, "cem")
    assert done.code == 1
    assert name in done.out
    assert company.home.call("verify").code == 0


def _set_actor(session: Warehouse, name: str, actor: str) -> None:
    session.execute("update LINEAGE.ACCESS_LOG set actor = %s where access_id = %s", [actor, name])

"""A randomised audit of a company over two days: every trace against a brute-force oracle, and planted damage found.

The second day brings changed, deleted and new records and consents, a merge and a split by a steward; a rebuild
follows. The oracle (survivorship_oracle) knows the rules' file and the normalised records, and nothing of the ledger.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import jsonschema
import pytest
from ledger_damage import DAMAGES, Damage
from pipeline_home import PipelineHome
from survivorship_oracle import winners

from c360_assets.identity.stewardship.profiles import merge_profiles, split_profile
from c360_assets.settings import PROJECT_ROOT
from c360_assets.warehouse import Warehouse
from lineage import access_log
from lineage.trace import trace_profile
from lineage.tracing.history import named
from lineage.tracing.source_record import trace_record
from lineage.verify import verify

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
SEED = 23


class Company:
    """What the audit looks at."""

    def __init__(self, home: PipelineHome) -> None:
        self.home = home
        self.random = random.Random(SEED)
        self.first_day: datetime
        self.told_then: dict[str, str] = {}
        self.merged: tuple[str, str]
        self.parted: tuple[str, str]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    home = PipelineHome(tmp_path_factory.mktemp("audit") / "home")
    home.sample(records=1000, seed=SEED)
    this = Company(home)
    try:
        _ended_well(home.run())
        with home.warehouse() as session:
            _first_day(this, session)
        assert home.call("sample", "--changes", "0.08", "--seed", str(SEED)).code == 0
        _ended_well(home.run("--accept-churn"))
        _ended_well(home.run("--full-rebuild", "--accept-churn"))
        yield this
    finally:
        home.close()


def _ended_well(done: Any) -> None:
    assert done.code == 0, (done.out + done.err)[-3000:]


def _first_day(this: Company, session: Warehouse) -> None:
    this.first_day = session.scalar("select max(started_at) from LINEAGE.RUN")
    ids = [p for (p,) in session.rows("select distinct profile_id from GOLDEN_PROFILE.PROFILE_VERSION order by 1")]
    for profile in ids:
        this.told_then[profile] = _text(trace_profile(session, profile, this.first_day))
    people = session.rows(
        "select profile_id, count(*) from MATCH_CLUSTER.CLUSTER where entity_kind = 'person'"
        " group by profile_id order by profile_id"
    )
    single = [profile for profile, records in people if records == 1]
    this.merged = (single[0], single[1])
    merge_profiles(session, *this.merged, by="ana", reason="told us so")
    whole = next(profile for profile, records in people if records >= 3)
    (record,) = session.rows("select max(record_key) from MATCH_CLUSTER.CLUSTER where profile_id = %s", [whole])[0]
    split_profile(session, whole, (record,), by="ben", reason="two sisters")
    this.parted = (whole, record)
    access_log.ensure_tables(session)
    for profile in ids[:5]:
        access_log.note(session, "view", [profile], by="cem", purpose="audit")


@pytest.fixture
def session(company: Company) -> Iterator[Warehouse]:
    with company.home.warehouse() as warehouse:
        yield warehouse


def _text(trace: dict[str, Any]) -> str:
    return json.dumps(trace, default=str, sort_keys=True)


def _profiles(session: Warehouse) -> list[tuple[str, str]]:
    return session.rows("select distinct profile_id, entity_kind from MATCH_CLUSTER.CLUSTER order by profile_id")


@pytest.fixture(scope="module")
def traces(company: Company) -> dict[str, dict[str, Any]]:
    with company.home.warehouse() as session:
        return {profile: trace_profile(session, profile) for profile, _ in _profiles(session)}


def test_every_field_of_every_profile_is_traced_as_the_oracle_says(
    session: Warehouse, traces: dict[str, dict[str, Any]]
) -> None:
    members: dict[str, list[str]] = {}
    for profile, key in session.rows("select profile_id, record_key from MATCH_CLUSTER.CLUSTER order by record_key"):
        members.setdefault(profile, []).append(key)
    records = {
        row["record_key"]: row
        for kind in ("PERSON", "ORGANIZATION")
        for row in named(session, f"select * from NORMALIZED_RECORD.{kind}", [])
    }
    compared, ties = 0, 0
    for profile, kind in _profiles(session):
        expected = winners(kind, [records[key] for key in members[profile]])
        told = {field["field"]: field for field in traces[profile]["fields"]}
        expected = {name: each for name, each in expected.items() if each[1] not in (None, "")}
        assert told.keys() == expected.keys(), profile
        for name, (winner, value, losers) in expected.items():
            assert told[name]["record_key"] == winner, (profile, name)
            assert {lost["record_key"] for lost in told[name]["lost"]} == losers, (profile, name)
            assert _same(told[name]["value"], value), (profile, name)
            compared += 1
            ties += any(lost["reason"] in ("tie", "same_value") for lost in told[name]["lost"])
    assert compared > 1500
    assert ties > 100, "the audit must have met ties and equal values of two sources"


def _same(told: str, value: Any) -> bool:
    if isinstance(value, float):
        return float(told) == pytest.approx(value, abs=0.005)
    return told == (value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else str(value))


def test_what_was_true_on_the_first_day_is_told_byte_for_byte_after_changes_and_a_rebuild(
    company: Company, session: Warehouse, traces: dict[str, dict[str, Any]]
) -> None:
    changed = 0
    for profile, then in company.told_then.items():
        assert _text(trace_profile(session, profile, company.first_day)) == then, profile
        versions = traces[profile]["versions"] if profile in traces else []
        changed += len(versions) != 1
    assert changed > len(company.told_then) / 20


def test_a_steward_s_word_is_in_the_trace_of_what_it_joined_and_parted(
    company: Company, session: Warehouse, traces: dict[str, dict[str, Any]]
) -> None:
    kept, gone = company.merged
    if kept not in traces:
        kept, gone = gone, kept
    assert "ana" in {each["decided_by"] for each in traces[kept]["decisions"]}
    assert trace_profile(session, gone)["status"]["into"] == kept
    assert any(event["event"] == "merged" and event["other_profile_id"] == kept for event in traces[kept]["events"])
    whole, record = company.parted
    assert record not in traces[whole]["version"]["members"]
    assert "ben" in {each["decided_by"] for each in traces[whole]["decisions"]}


def test_forward_and_reverse_traces_say_the_same(session: Warehouse, traces: dict[str, dict[str, Any]]) -> None:
    forward: dict[str, set[tuple[str, str]]] = {}
    for profile, trace in traces.items():
        for field in trace["fields"]:
            forward.setdefault(field["record_key"], set()).add((profile, field["field"]))
    for record in sorted(forward)[::7]:
        current = {profile: trace["version"]["version"] for profile, trace in traces.items()}
        found = {
            (each["profile_id"], field["field"])
            for each in trace_record(session, record)["profiles"]
            for field in each["fields"]
            if each["profile_id"] in current
            and any("reason" not in won and won["version"] == current[each["profile_id"]] for won in field["won"])
        }
        assert forward[record] <= found, record


def test_json_is_as_the_published_schemas_say(company: Company, traces: dict[str, dict[str, Any]]) -> None:
    profile = max(traces, key=lambda each: len(traces[each]["deliveries"]) + len(traces[each]["decisions"]))
    record = traces[profile]["version"]["members"][0]
    for schema, arguments in (
        ("profile-trace", ("trace", profile, "--purpose", "audit")),
        ("profile-trace", ("trace", profile, "--as-of", f"{company.first_day}")),
        ("profile-trace", ("trace", profile, "--delivery", traces[profile]["deliveries"][0]["batch_id"])),
        ("record-trace", ("trace", "--record", record)),
        ("verification", ("verify", "--sample", "5")),
    ):
        done = company.home.call(*arguments, "--json")
        assert done.code == 0, done.err
        told = json.loads(done.out)
        jsonschema.validate(told, json.loads((PROJECT_ROOT / f"lineage/schemas/{schema}.json").read_text()))
        if schema == "profile-trace":
            assert told["is_masked"] == ("--purpose" not in arguments)


def test_every_delivery_is_in_the_trace_of_its_profile(session: Warehouse, traces: dict[str, dict[str, Any]]) -> None:
    receipts = session.rows(
        "select profile_id, destination, batch_id, operation from ACTIVATION_FEED.RECEIPT where status = 'delivered'"
    )
    told = {
        (profile, each["destination"], each["batch_id"], each["operation"])
        for profile in {profile for profile, *_ in receipts}
        for each in (traces.get(profile) or trace_profile(session, profile))["deliveries"]
    }
    assert told == set(receipts)
    assert all(each["version"] for trace in traces.values() for each in trace["deliveries"])


def test_consents_in_force_are_those_of_the_trace(session: Warehouse, traces: dict[str, dict[str, Any]]) -> None:
    in_force = session.rows("select profile_id, purpose, channel, region, state, fact_key from GOLDEN_PROFILE.CONSENT")
    told = {
        (profile, *(each[name] for name in ("purpose", "channel", "region", "state", "fact_key")))
        for profile, trace in traces.items()
        for each in trace["consents"]
    }
    assert told == {row for row in in_force if row[0] in traces}


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

"""The whole pipeline through the command line, on a sample company of 1,000 records."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import dagster as dg
import pyarrow.parquet as pq
import pytest
from leak_search import outside
from pipeline_home import Done, PipelineHome, Tables, differences

from c360_assets.dagster_home import prepare_dagster_home
from c360_assets.stages import Stage

pytestmark = pytest.mark.timeout(900)
DESTINATIONS = {"crm", "marketing", "prospects", "success", "support"}


@pytest.fixture(scope="module")
def home(first_run: Any) -> PipelineHome:
    return first_run.home


@pytest.fixture(scope="module")
def done(first_run: Any) -> Done:
    return first_run.done


@pytest.fixture(scope="module")
def instance(home: PipelineHome) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(prepare_dagster_home(home.settings))) as found:
        yield found


@pytest.fixture(scope="module")
def assets(home: PipelineHome) -> dict[dg.AssetKey, dg.AssetSpec]:
    """Every asset that the code location defines and can make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("C360_HOME", str(home.path))
        from c360_assets.definitions import defs

        graph = defs().resolve_asset_graph()
        return {key: graph.get(key) for key in graph.materializable_asset_keys}


@pytest.fixture(scope="module")
def events(home: PipelineHome, done: Done) -> list[dict[str, Any]]:
    """The first run's lineage events in the order in which a consumer gets them."""
    rows = home.rows(
        "select to_json(event) from LINEAGE.OPENLINEAGE_OUTBOX"
        f" where event:run:facets:parent:run:runId::varchar = '{done.summary['run_id']}'"
        " order by event_time, iff(event_type = 'START', 0, 1)"
    )
    return [json.loads(row[0]) for row in rows]


def extract_rows(landing: Path) -> dict[str, int]:
    """Distinct live rows of the extracts by system: read with the standard library and pyarrow only."""
    found: dict[str, set[tuple[str, str]]] = {}
    for file in sorted(landing.glob("*/*")):
        if file.suffix == ".parquet":
            rows = [json.dumps(row, default=str, sort_keys=True) for row in pq.read_table(file).to_pylist()]
        else:
            raw = file.read_bytes()
            text = (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode()
            if ".csv" in file.name:
                live = [row for row in csv.DictReader(io.StringIO(text)) if row.get("IsDeleted") != "true"]
                rows = [json.dumps(row) for row in live]
            else:
                rows = [line for line in text.splitlines() if not json.loads(line).get("deleted")]
        found.setdefault(file.parent.name, set()).update((file.name, row) for row in rows)
    return {system: len(rows) for system, rows in found.items()}


def test_the_run_ends_well_and_prints_its_summary(done: Done) -> None:
    assert done.code == 0, done.err[-2000:]
    assert done.summary["success"]
    assert done.summary["failed_steps"] == {}
    assert done.summary["checks"]["failed"] == 0
    assert done.summary["checks"]["passed"] > 100
    for word in ("Records per source", "Profiles", "Feeds", "Seconds per stage", "lineage events", "done in"):
        assert word in done.out
    assert set(done.summary["stages"]) == {stage.value for stage in Stage}


def test_every_row_of_the_extracts_is_a_record_or_a_repeat(home: PipelineHome, done: Done) -> None:
    assert done.summary["records"] == extract_rows(home.path / "landing")
    read, quarantined, new, repeated = home.rows(
        "select sum(rows_read), sum(rows_quarantined), sum(rows_new), sum(rows_repeated) from SOURCE_SNAPSHOT.MANIFEST"
    )[0]
    assert read == quarantined + new + repeated
    assert done.summary["files"] == {
        "loaded": len(list((home.path / "landing").glob("*/*"))),
        "rejected": 0,
        "rows_quarantined": 0,
    }


def test_profiles_add_up_to_the_records(home: PipelineHome, done: Done) -> None:
    for kind, counts in done.summary["profiles"].items():
        assert counts["records"] - counts["profiles"] == counts["duplicates_removed"] > 0
        golden = home.rows(f"select count(*), count(distinct profile_id) from GOLDEN_PROFILE.{kind}")[0]
        normalized = home.rows(f"select count(*) from NORMALIZED_RECORD.{kind}")[0][0]
        assert golden == (counts["profiles"], counts["profiles"])
        assert normalized == counts["records"]


def test_feeds_receipts_and_files_agree(home: PipelineHome, done: Done) -> None:
    receipts = Counter(row[0] for row in home.rows("select destination from ACTIVATION_FEED.RECEIPT"))
    held = Counter(row[0] for row in home.rows("select destination from ACTIVATION_FEED.DESTINATION_STATE"))
    assert set(done.summary["feeds"]) == DESTINATIONS
    for destination, counts in done.summary["feeds"].items():
        assert counts["rows"] == counts["delivered"] == receipts[destination] == held[destination] > 0
    named = {f"{d}/{f}" for d, f in home.rows("select distinct destination, file_name from ACTIVATION_FEED.RECEIPT")}
    assert set(home.outbox()) == named
    crm = next(content for name, content in home.outbox().items() if name.startswith("crm/"))
    assert len(list(csv.DictReader(io.StringIO(crm.decode())))) == receipts["crm"]


def test_nobody_without_consent_is_in_the_marketing_feed(home: PipelineHome) -> None:
    assert home.rows(
        "select count(*) from ACTIVATION_FEED.MARKETING_FEED as feed where not exists (select 1 from"
        " GOLDEN_PROFILE.CONSENT as consent where consent.profile_id = feed.profile_id"
        " and consent.purpose = 'marketing' and consent.channel = 'email' and consent.state = 'granted')"
    ) == [(0,)]


def test_the_run_is_in_dagsters_history(instance: dg.DagsterInstance, done: Done) -> None:
    run = instance.get_run_by_id(done.summary["run_id"])
    assert run is not None
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert run.job_name == "full_refresh"


def test_every_asset_has_materialised_and_tells_its_rows(
    instance: dg.DagsterInstance, assets: dict[dg.AssetKey, Any], done: Done
) -> None:
    without = []
    assert {key.path[0] for key in assets} == {stage.value for stage in Stage}
    for key in assets:
        event = instance.get_latest_materialization_event(key)
        assert event is not None, f"{key.to_user_string()} has not materialised"
        materialization = event.asset_materialization
        assert materialization is not None
        if "dagster/row_count" not in materialization.metadata:
            without.append(key.to_user_string())
    assert without == []


def test_every_asset_says_what_it_is(assets: dict[dg.AssetKey, Any]) -> None:
    for key, asset in assets.items():
        assert asset.group_name == key.path[0]
        assert asset.owners, key
        assert asset.kinds, key
        assert asset.description, key


def test_every_asset_run_began_and_completed(
    events: list[dict[str, Any]], assets: dict[dg.AssetKey, Any], done: Done
) -> None:
    assert len(events) == done.summary["lineage_events"]
    by_run: dict[str, list[str]] = {}
    names = {}
    for event in events:
        UUID(event["run"]["runId"])
        by_run.setdefault(event["run"]["runId"], []).append(event["eventType"])
        names[event["job"]["name"]] = event["run"]["runId"]
    assert all(kinds == ["START", "COMPLETE"] for kinds in by_run.values())
    missing = [key.to_user_string() for key in assets if not {".".join(key.path), "/".join(key.path)} & names.keys()]
    assert missing == []


@pytest.mark.parametrize("table", ["PERSON", "ORGANIZATION", "PROFILE_FIELD", "CONSENT"])
def test_golden_tables_know_where_their_columns_come_from(events: list[dict[str, Any]], table: str) -> None:
    outputs = [
        o for e in events for o in e["outputs"] if o["name"] == f"C360.GOLDEN_PROFILE.{table}" and o.get("facets")
    ]
    fields = outputs[0]["facets"]["columnLineage"]["fields"]
    origins = {origin["name"].split(".")[1] for field in fields.values() for origin in field["inputFields"]}
    assert len(fields) > 5
    assert origins <= {stage.schema for stage in Stage}


# Columns that no column decides: what the run itself knows, constants of a model, counts of rows.
OF_THE_RUN = {
    "CHANGED_AT", "RUN_ID", "TOUCHED_AT", "CREATED_AT", "FOUND_AT", "COMPARED_AT", "QUEUED_AT", "DELIVERED_AT",
    "VALID_FROM", "VALID_TO", "_VALID_FROM", "_SNAPSHOT_ID", "_FILE_SHA256", "_SOURCE_UPDATED_AT", "_DELETED",
}  # fmt: skip


def test_every_column_has_its_lineage_and_every_edge_its_ends(home: PipelineHome, done: Done, tmp_path: Path) -> None:
    checked = home.call("events", "--out", str(tmp_path / "events.jsonl"), "--check")
    assert (checked.code, checked.err) == (0, "")
    assert "column lineage is not whole" not in done.err


def test_a_golden_value_never_comes_from_nowhere(events: list[dict[str, Any]]) -> None:
    counted = {
        "MEMBER_COUNT",
        "RECORDS_CHANGED",
        "CONTACTS",
        "SUBSCRIPTIONS_TOTAL",
        "HIERARCHY_LEVEL",
        "CANDIDATES",
        "VERSION",
    }
    of_the_code = {"FIELD", "FIELD_NO", "FIELD_CODE", "EXPRESSION", "ENTITY_KIND", "VALIDATION_SET", "RULES", "HOLDS"}
    without = {
        f"{output['name']}.{column}"
        for event in events
        for output in event["outputs"]
        if output["name"].startswith("C360.GOLDEN_PROFILE.") and "columnLineage" in output.get("facets", {})
        for column, field in output["facets"]["columnLineage"]["fields"].items()
        if not field["inputFields"] and column not in OF_THE_RUN | counted | of_the_code
    }
    assert without == set()


def test_an_event_names_the_statement_the_engine_and_the_version_that_its_data_have(
    events: list[dict[str, Any]],
) -> None:
    about = {e["job"]["name"]: e for e in events if e["eventType"] == "COMPLETE"}
    golden, seed = about["golden_profile.person"], about["golden_profile.field_ownership"]
    matched, snapshot = about["match_cluster.cluster"], about["source_snapshot.salesforce__account"]
    for event in (golden, matched, snapshot):
        assert event["run"]["facets"]["externalQuery"]["externalQueryId"]
        assert event["run"]["facets"]["processing_engine"]["version"] != "unknown"
        parent = event["run"]["facets"]["parent"]["run"]["runId"]
        assert event["outputs"][0]["facets"]["version"]["datasetVersion"] == parent
    assert [i["name"] for i in seed["inputs"]] == ["dbt/seeds/golden_profile/field_ownership.csv"]
    chosen = golden["outputs"][0]["facets"]["c360_survivorship"]["fields"]
    assert {"entityKind", "field", "rule", "sources"} == set(chosen[0])
    assert {m["entityKind"] for m in matched["run"]["facets"]["c360_matchRules"]["models"]} == {
        "person",
        "organization",
    }
    tested = [e for e in about.values() if e["job"]["name"].endswith(".test")]
    assert tested and all(test["status"] == "pass" for e in tested for test in e["run"]["facets"]["test"]["tests"])


def personal_values(landing: Path) -> set[str]:
    """E-mail addresses, phone numbers, full names and streets of the sample."""
    found = set()
    with (landing / "salesforce/Contact.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found |= {row["Email"], row["Phone"], row["MailingStreet"], f"{row['FirstName']} {row['LastName']}"}
    for line in (landing / "stripe/customers.jsonl").read_text(encoding="utf-8").splitlines():
        found |= {json.loads(line)["email"], json.loads(line)["name"]}
    with gzip.open(landing / "shopify/customers.jsonl.gz", "rt", encoding="utf-8") as file:
        found |= {json.loads(line)["email"] for line in file}
    # Placeholders and shared mailboxes are words of the rules, and a short value is found by chance.
    return {
        value for value in found if value and len(value) > 9 and "test" not in value.lower() and "000-" not in value
    }


def leaks(home: PipelineHome) -> dict[str, int]:
    """Files outside of the data's own places that hold personal values, with how many."""
    values = personal_values(home.path / "landing")
    assert len(values) > 150
    return outside(home, values)


def test_personal_data_are_nowhere_but_in_the_warehouse_and_its_files(home: PipelineHome, done: Done) -> None:
    assert leaks(home) == {}
    assert not [value for value in personal_values(home.path / "landing") if value in done.out + done.err]


def test_the_log_of_lineage_holds_no_personal_data(home: PipelineHome, events: list[dict[str, Any]]) -> None:
    text = json.dumps(events, ensure_ascii=False)
    assert not [value for value in personal_values(home.path / "landing") if value in text]


def test_a_second_run_changes_nothing(home: PipelineHome, done: Done) -> None:
    tables, outbox = home.tables(), home.outbox()
    again = home.run()
    assert again.code == 0, again.err[-2000:]
    assert again.summary["files"]["loaded"] == 0
    assert {name: feed["delivered"] for name, feed in again.summary["feeds"].items()} == dict.fromkeys(DESTINATIONS, 0)
    assert differences(tables, home.tables()) == {}
    assert home.outbox() == outbox
    assert {k: again.summary[k] for k in ("records", "profiles")} == {
        k: done.summary[k] for k in ("records", "profiles")
    }


@pytest.fixture(scope="module")
def next_day(home: PipelineHome, done: Done) -> tuple[Tables, Done, Tables]:
    """The tables before the next day's extracts, the run that takes them in, and the tables after it."""
    before = home.tables()
    changed = home.call("sample", "--changes", "0.05", "--seed", "11")
    assert changed.code == 0, changed.err
    run = home.run()
    return before, run, home.tables()


@pytest.mark.slow
def test_the_next_days_changes_flow_to_the_feeds(
    home: PipelineHome, next_day: tuple[Tables, Done, Tables], done: Done
) -> None:
    before, run, after = next_day
    assert run.code == 0, run.err[-2000:]
    changed = differences(before, after)
    assert {name.split(".")[0] for name in changed} == {stage.schema for stage in Stage}
    assert sum(feed["delivered"] for feed in run.summary["feeds"].values()) > 0
    for destination, feed in run.summary["feeds"].items():
        held = home.rows(f"select count(*) from ACTIVATION_FEED.DESTINATION_STATE where destination = '{destination}'")
        assert held == [(feed["rows"],)]
    assert leaks(home) == {}


@pytest.mark.slow
def test_the_incremental_way_gives_what_a_full_rebuild_gives(
    home: PipelineHome, next_day: tuple[Tables, Done, Tables]
) -> None:
    outbox = home.outbox()
    rebuilt = home.run("--full-rebuild")
    assert rebuilt.code == 0, rebuilt.err[-2000:]
    assert differences(next_day[2], home.tables()) == {}
    assert home.outbox() == outbox

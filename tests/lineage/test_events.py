import dataclasses
import json

import pytest

from lineage.columns import Schema
from lineage.events import complete_event, events_for_asset, events_for_checks, fail_event, start_event
from lineage.record import Output
from lineage.serialise import to_json


@dataclasses.dataclass
class Outcome:
    column: str
    rule: str
    count: int
    severity: str
    passed: bool


CHECKS = (Outcome("PROFILE_ID", "unique", 0, "error", True), Outcome("", "duplicates", 3, "warn", False))


def edges(event, column):
    fields = event["outputs"][0]["facets"]["columnLineage"]["fields"][column]["inputFields"]
    return {(f["name"], f["field"]): [t["subtype"] for t in f["transformations"]] for f in fields}


def test_every_event_is_valid_against_the_official_schemas(asset_run, problems):
    failed = dataclasses.replace(asset_run, error=RuntimeError("Statement failed: no such table"))
    events = [
        *events_for_asset(dataclasses.replace(asset_run, checks=CHECKS)),
        *events_for_asset(failed),
        *events_for_checks(asset_run, "GOLDEN_PROFILE.ORGANIZATION", CHECKS),
    ]
    assert len(events) == 6
    for event in events:
        assert problems(json.loads(to_json(event))) == []


def test_a_run_says_where_each_column_comes_from(asset_run):
    event = complete_event(asset_run)
    assert edges(event, "PROFILE_ID") == {("C360.MATCH_CLUSTER.CLUSTER", "PROFILE_ID"): ["IDENTITY"]}
    assert edges(event, "LEGAL_NAME") == {
        ("C360.NORMALIZED_RECORD.ORGANIZATION", "NAME"): ["AGGREGATION"],
        ("C360.NORMALIZED_RECORD.ORGANIZATION", "CHANGED_AT"): ["SORT"],
    }
    assert edges(event, "MEMBERS") == {}
    dataset = event["outputs"][0]["facets"]["columnLineage"]["dataset"]
    assert {(f["field"], t["subtype"]) for f in dataset for t in f["transformations"]} == {
        ("RECORD_KEY", "JOIN"),
        ("NAME", "FILTER"),
        ("PROFILE_ID", "GROUP_BY"),
    }


def test_inputs_are_the_tables_of_the_sql_and_the_files(asset_run):
    assert [(i["namespace"], i["name"]) for i in complete_event(asset_run)["inputs"]] == [
        ("snowflake://embedded", "C360.MATCH_CLUSTER.CLUSTER"),
        ("snowflake://embedded", "C360.NORMALIZED_RECORD.ORGANIZATION"),
        ("file://landing", "salesforce/Account.csv"),
    ]


def test_start_and_complete_belong_to_one_run_and_its_parent(asset_run):
    start, complete = events_for_asset(asset_run)
    assert (start["eventType"], complete["eventType"]) == ("START", "COMPLETE")
    assert start["run"]["runId"] == complete["run"]["runId"]
    assert complete["run"]["facets"]["parent"]["run"]["runId"] == asset_run.orchestrator_run
    assert start["eventTime"] < complete["eventTime"]


def test_run_ids_are_the_same_in_every_process_and_differ_between_assets(asset_run):
    other = dataclasses.replace(asset_run, asset_key=("golden_profile", "person"))
    assert start_event(asset_run) == start_event(dataclasses.replace(asset_run))
    assert asset_run.run_id != other.run_id


def test_events_hold_no_literal_of_the_sql(asset_run):
    text = "".join(to_json(event) for event in events_for_asset(asset_run))
    assert "Canary" not in text
    assert "where o.name <> '?'" in text


@pytest.mark.parametrize(
    "message",
    [
        "Could not cast 'canary@example.com' to NUMBER",
        'Duplicate key "canary" in index',
        "Bad value canary@example.com in row 12",
        "Constraint failed\nDETAIL: Key (email)=(canary) exists",
        "Phone 4915112345678 is not unique",
    ],
)
def test_errors_hold_no_values(asset_run, message):
    event = fail_event(dataclasses.replace(asset_run, error=ValueError(message)))
    text = event["run"]["facets"]["errorMessage"]["message"]
    assert text.startswith("ValueError: ")
    assert "canary" not in text and "4915112345678" not in text
    assert "stackTrace" not in event["run"]["facets"]["errorMessage"]


def test_a_failed_run_claims_nothing_about_its_outputs(asset_run):
    event = fail_event(dataclasses.replace(asset_run, error="failed"))
    assert event["eventType"] == "FAIL"
    assert event["outputs"] == [{"namespace": "snowflake://embedded", "name": "C360.GOLDEN_PROFILE.ORGANIZATION"}]


def test_check_results_are_assertions_on_the_table_with_counts_only(asset_run):
    _, event = events_for_checks(asset_run, "GOLDEN_PROFILE.ORGANIZATION", CHECKS)
    assertions = event["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert [(a["name"], a["success"], a["severity"], a["actual"]) for a in assertions] == [
        ("PROFILE_ID.unique", True, "error", "0"),
        ("duplicates", False, "warn", "3"),
    ]
    assert event["job"]["name"] == "golden_profile.organization.contract"


def test_dagster_gets_direct_edges_only(asset_run):
    assert asset_run.upstream_columns("GOLDEN_PROFILE.ORGANIZATION") == {
        "PROFILE_ID": [("MATCH_CLUSTER.CLUSTER", "PROFILE_ID")],
        "LEGAL_NAME": [("NORMALIZED_RECORD.ORGANIZATION", "NAME")],
        "MEMBERS": [],
    }


def test_what_came_through_a_stage_came_from_the_files(asset_run, problems):
    table = "C360.SOURCE_SNAPSHOT.SALESFORCE__ACCOUNT"
    run = dataclasses.replace(
        asset_run,
        asset_key=("source_snapshot", "salesforce__account"),
        schema=Schema("C360", {table: {"ID": "TEXT", "_VALID_FROM": "TIMESTAMP_NTZ"}}),
        outputs=(Output("SOURCE_SNAPSHOT.SALESFORCE__ACCOUNT"),),
        statements=(
            "create or replace temporary table source_snapshot.load (id varchar)",
            "copy into source_snapshot.load from @source_snapshot.load file_format = (type = parquet)",
            "insert into source_snapshot.salesforce__account"
            " select id, to_timestamp_ntz('2026-01-01') from source_snapshot.load",
        ),
    )
    event = complete_event(run)
    assert edges(event, "ID") == {("salesforce/Account.csv", "ID"): ["IDENTITY"]}
    assert [i["name"] for i in event["inputs"]] == ["salesforce/Account.csv"]
    assert problems(event) == []

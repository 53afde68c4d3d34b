"""Broken events are rejected: each kind of damage below, by the official schemas or by our own rules beside them."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from lineage.conformance import faults, faults_in_order
from lineage.custom_facets import (
    ConsentGateRunFacet,
    MatchRulesRunFacet,
    ProvenanceLedgerRunFacet,
    SurvivorshipDatasetFacet,
    keyed,
)
from lineage.events import abort_event, complete_event, events_for_asset, fail_event, start_event
from lineage.serialise import to_json

Event = dict[str, Any]


def output(event: Event) -> Event:
    return event["outputs"][0]


def edges(event: Event) -> list[Event]:
    return output(event)["facets"]["columnLineage"]["fields"]["LEGAL_NAME"]["inputFields"]


def drop(*path: str | int) -> Callable[[Event], None]:
    def damage(event: Event) -> None:
        *way, last = path
        place: Any = event
        for step in way:
            place = place[step]
        del place[last]

    return damage


def put(value: Any, *path: str | int) -> Callable[[Event], None]:
    def damage(event: Event) -> None:
        *way, last = path
        place: Any = event
        for step in way:
            place = place[step]
        place[last] = value

    return damage


FACETS = ("outputs", 0, "facets")
EDGE = (*FACETS, "columnLineage", "fields", "LEGAL_NAME", "inputFields", 0)
DAMAGE: dict[str, Callable[[Event], None]] = {
    "without a run": drop("run"),
    "without a run id": drop("run", "runId"),
    "with a run id that is no UUID": put("run-4711", "run", "runId"),
    "without a job": drop("job"),
    "with a job without a namespace": drop("job", "namespace"),
    "with a job that says no type": drop("job", "facets", "jobType"),
    "without a time": drop("eventTime"),
    "with a time that is no time": put("yesterday", "eventTime"),
    "with a time without a zone": put("2026-01-02T03:04:05", "eventTime"),
    "without a producer": drop("producer"),
    "with a producer that is no URI": put("customer 360", "producer"),
    "of an unknown type": put("DONE", "eventType"),
    "that is its own parent": lambda e: put(e["run"]["runId"], "run", "facets", "parent", "run", "runId")(e),
    "with a parent without a job": drop("run", "facets", "parent", "job"),
    "that completes with an error": put(
        {
            "_producer": "https://example.com",
            "_schemaURL": "https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json"
            "#/$defs/ErrorMessageRunFacet",
            "message": "failed",
            "programmingLanguage": "PYTHON",
        },
        "run", "facets", "errorMessage",
    ),
    "with a facet without a schema": drop(*FACETS, "schema", "_schemaURL"),
    "with a facet of an unknown schema": put("https://example.com/none.json", *FACETS, "schema", "_schemaURL"),
    "with a facet without a producer": drop(*FACETS, "schema", "_producer"),
    "with a nameless column": drop(*FACETS, "schema", "fields", 0, "name"),
    "that completes without columns": drop(*FACETS, "schema"),
    "with a column without lineage": drop(*FACETS, "columnLineage", "fields", "MEMBERS"),
    "with lineage of no column": lambda e: put({"inputFields": []}, *FACETS, "columnLineage", "fields", "GHOST")(e),
    "with an edge from a table that was not read": put("C360.NORMALIZED_RECORD.GHOST", *EDGE, "name"),
    "with an edge from a column that does not exist": put("GHOST", *EDGE, "field"),
    "with an edge without a field": drop(*EDGE, "field"),
    "with an edge that does not say how": drop(*EDGE, "transformations"),
    "with an unknown transformation": put("MAGIC", *EDGE, "transformations", 0, "subtype"),
    "with a direct filter": put(
        {"type": "DIRECT", "subtype": "FILTER", "masking": False}, *EDGE, "transformations", 0
    ),
    "with a row-deciding edge to nowhere": lambda e: put("GHOST", *FACETS, "columnLineage", "dataset", 0, "field")(e),
    "with a table without a schema in its name": put("C360.ORGANIZATION", "outputs", 0, "name"),
    "with an account missing": put("snowflake://", "outputs", 0, "namespace"),
    "with one input twice": lambda e: e["inputs"].append(copy.deepcopy(e["inputs"][0])),
    "with a row count that is text": put("many", "outputs", 0, "outputFacets", "outputStatistics", "rowCount"),
    "with a model without a version": drop("run", "facets", "c360_matchRules", "models", 0, "version"),
    "with a negative number of versions": put(-1, "run", "facets", "c360_provenanceLedger", "versions"),
    "with a gate that does not say why": drop("run", "facets", "c360_consentGate", "heldBack", 0, "reason"),
    "with survivorship by no rule": drop(*FACETS, "c360_survivorship", "fields", 0, "rule"),
}  # fmt: skip


@pytest.fixture
def complete(asset_run: Any) -> Event:
    """A COMPLETE event with every facet that there is."""
    gate = ConsentGateRunFacet("mailer", "marketing", "consent", [{"reason": "no_consent", "profiles": 3}], "email")
    rules = MatchRulesRunFacet(
        [{"entityKind": "person", "version": "person-1"}],
        [{"entityKind": "person", "match": 0.5, "basis": "scores"}],
        [{"name": "same_tax_id", "decision": "match"}],
        200,
    )
    chosen = SurvivorshipDatasetFacet(
        "0" * 64, [{"entityKind": "person", "field": "email", "rule": "owner", "sources": ["salesforce"]}]
    )
    (table,) = asset_run.outputs
    run = dataclasses.replace(
        asset_run,
        facets=keyed(gate, rules, ProvenanceLedgerRunFacet("GOLDEN_PROFILE.LEDGER", "2f1f", 12)),
        outputs=(dataclasses.replace(table, facets=keyed(chosen)),),
    )
    return json.loads(to_json(complete_event(run)))


def test_the_whole_event_is_valid(complete: Event, problems: Callable[[Event], list[str]]) -> None:
    assert problems(complete) == []
    assert faults(complete) == []
    assert len(DAMAGE) >= 20


@pytest.mark.parametrize("damage", DAMAGE)
def test_an_event_is_rejected(damage: str, complete: Event, problems: Callable[[Event], list[str]]) -> None:
    DAMAGE[damage](complete)
    # Our own rules look at events whose shape the official schemas have passed.
    assert problems(complete) or faults(complete)


@pytest.mark.parametrize("kind", ["START", "FAIL", "ABORT"])
def test_an_event_that_is_not_complete_describes_nothing(kind: str, asset_run: Any, complete: Event) -> None:
    failed = fail_event(dataclasses.replace(asset_run, error="failed"))
    start = start_event(asset_run)
    event = {"START": start, "FAIL": failed, "ABORT": abort_event(start, datetime.now(UTC))}[kind]
    assert faults(event) == []
    event["outputs"][0]["facets"] = complete["outputs"][0]["facets"]
    assert faults(event) != []


ORDERS: dict[str, Callable[[list[Event]], list[Event]]] = {
    "COMPLETE without a START": lambda events: events[1:],
    "COMPLETE before its START": lambda events: events[::-1],
    "a second START": lambda events: [events[0], *events],
    "a second end": lambda events: [*events, events[1]],
    "an end that lies before the beginning": lambda events: [
        events[0] | {"eventTime": "2030-01-01T00:00:00Z"},
        events[1],
    ],
}


@pytest.mark.parametrize("damage", ORDERS)
def test_a_run_is_rejected_for(damage: str, asset_run: Any) -> None:
    events = events_for_asset(asset_run)
    assert faults_in_order(events) == []
    assert faults_in_order(ORDERS[damage](events)) != []

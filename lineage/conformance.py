"""What is wrong with events that the official schemas let pass: names, edges to nowhere, runs without an end.

The JSON schemas check shapes. That a column has a lineage, that its sources exist and that a run begins before it
ends is checked here, over events as plain data.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

Event = Mapping[str, Any]
TERMINAL = ("COMPLETE", "FAIL", "ABORT")
SUBTYPES = {
    "DIRECT": {"IDENTITY", "TRANSFORMATION", "AGGREGATION"},
    "INDIRECT": {"JOIN", "FILTER", "GROUP_BY", "SORT", "WINDOW", "CONDITIONAL"},
}


def faults(event: Event) -> list[str]:
    """What is wrong with one event; empty where nothing is. Names and column names only, no values."""
    return [*_run_faults(event), *_dataset_faults(event), *_content_faults(event), *_lineage_faults(event)]


def faults_in_order(events: Iterable[Event]) -> list[str]:
    """What is wrong with the events of runs, in the order in which a consumer gets them."""
    began: dict[str, datetime] = {}
    ended: set[str] = set()
    found = []
    for event in events:
        run, kind, job = event["run"]["runId"], event["eventType"], event["job"]["name"]
        moment = _moment(event)
        if run in ended:
            found.append(f"{job}: {kind} after the run's end")
        elif kind == "START":
            if run in began:
                found.append(f"{job}: a second START")
            began[run] = moment or datetime.min
        elif run not in began:
            found.append(f"{job}: {kind} without a START")
        elif moment is not None and moment < began[run]:
            found.append(f"{job}: {kind} lies before its START")
        if kind in TERMINAL:
            ended.add(run)
    return found


def _run_faults(event: Event) -> Iterator[str]:
    run, facets = event["run"]["runId"], event["run"].get("facets", {})
    try:
        uuid.UUID(run)
    except ValueError:
        yield "the run's id is no UUID"
    if _moment(event) is None:
        yield "eventTime is no time with its zone"
    parent = facets.get("parent", {}).get("run", {}).get("runId")
    if parent == run:
        yield "the run is its own parent"
    if (event["eventType"] == "FAIL") != ("errorMessage" in facets):
        yield "FAIL and an error message go together"
    if "jobType" not in event["job"].get("facets", {}):
        yield "the job does not say its type"


def _dataset_faults(event: Event) -> Iterator[str]:
    for side in ("inputs", "outputs"):
        names = [_name(dataset) for dataset in event.get(side, [])]
        for namespace, name in sorted({n for n in names if names.count(n) > 1}):
            yield f"{side}: {namespace} {name} is named twice"
        for namespace, name in names:
            if namespace.startswith("snowflake://") and (len(name.split(".")) != 3 or not all(name.split("."))):
                yield f"{side}: {name} is not DATABASE.SCHEMA.TABLE"
            if namespace in ("", "snowflake://"):
                yield f"{side}: {name} has no account in its namespace"


def _content_faults(event: Event) -> Iterator[str]:
    for dataset in event.get("outputs", []):
        facets, name = dataset.get("facets", {}), dataset["name"]
        if event["eventType"] not in ("RUNNING", "COMPLETE"):
            if facets or dataset.get("outputFacets"):
                yield f"{event['eventType']} describes the content of {name}, which is not there or not sure"
        elif "schema" not in facets:
            yield f"{event['eventType']} does not describe the columns of {name}"


def _lineage_faults(event: Event) -> Iterator[str]:
    columns = {
        _name(dataset): {field["name"] for field in dataset["facets"]["schema"]["fields"]}
        for dataset in [*event.get("inputs", []), *event.get("outputs", [])]
        if "schema" in dataset.get("facets", {})
    }
    known = {_name(dataset) for dataset in [*event.get("inputs", []), *event.get("outputs", [])]}
    for output in event.get("outputs", []):
        facet = output.get("facets", {}).get("columnLineage")
        if facet is None:
            continue
        name, own = output["name"], columns.get(_name(output), set())
        yield from (f"{name}.{column} has no lineage" for column in sorted(own - facet["fields"].keys()))
        yield from (f"{name}.{column} has lineage and does not exist" for column in facet["fields"].keys() - own)
        uses = [(f"{name}.{column}", e) for column, field in facet["fields"].items() for e in field["inputFields"]]
        for place, edge in [*uses, *((f"the rows of {name}", edge) for edge in facet.get("dataset", []))]:
            source = _name(edge)
            if source not in known:
                yield f"{place} comes from {edge['name']}, which the run did not read"
            elif source in columns and edge["field"] not in columns[source]:
                yield f"{place} comes from {edge['name']}.{edge['field']}, which does not exist"
            yield from _transformation_faults(place, edge)


def _transformation_faults(place: str, edge: Mapping[str, Any]) -> Iterator[str]:
    kinds = edge.get("transformations", [])
    if not kinds:
        yield f"{place}: the edge from {edge['name']}.{edge['field']} does not say how"
    for kind in kinds:
        if kind.get("subtype") not in SUBTYPES.get(kind["type"], ()):
            yield f"{place}: {kind['type']} {kind.get('subtype')} is no transformation"


def _name(dataset: Mapping[str, Any]) -> tuple[str, str]:
    return dataset["namespace"], dataset["name"]


def _moment(event: Event) -> datetime | None:
    try:
        moment = datetime.fromisoformat(event["eventTime"])
    except ValueError:
        return None
    return moment if moment.tzinfo else None

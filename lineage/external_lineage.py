"""Events as Snowflake's external-lineage endpoint takes them.

It takes COMPLETE events of OpenLineage 1 only, refuses a whole event for one Snowflake object that it cannot resolve,
for a name of more than 1,000 characters and for more than 15,000 pairs of input and output, and ignores column edges
from datasets that are not among the inputs. Source: Snowflake's documentation, "External lineage".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

SCHEMA_URL = "https://openlineage.io/spec/1-0-5/OpenLineage.json#/$defs/RunEvent"
MAX_EDGES = 15_000
MAX_NAME = 1_000

Dataset = Mapping[str, Any]


def accepted(event: Mapping[str, Any], exists: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
    """The event as the endpoint takes it: none, one, or several where one would have too many edges.

    `exists` says of DATABASE.SCHEMA.TABLE whether it can be resolved; objects that cannot are left out.
    """
    if event["eventType"] != "COMPLETE":
        return
    inputs = [dataset for dataset in event["inputs"] if _usable(dataset, exists)]
    outputs = [dataset for dataset in event["outputs"] if _usable(dataset, exists)]
    for some_outputs in _pieces(outputs, MAX_EDGES):
        for some_inputs in _pieces(inputs, MAX_EDGES // len(some_outputs)):
            yield {
                "eventType": "COMPLETE",
                "eventTime": event["eventTime"],
                "producer": event["producer"],
                "schemaURL": SCHEMA_URL,
                "job": {"namespace": event["job"]["namespace"], "name": event["job"]["name"]},
                "run": {"runId": event["run"]["runId"]},
                "inputs": [_named(dataset) for dataset in some_inputs],
                "outputs": [_output(dataset, {_key(i) for i in some_inputs}) for dataset in some_outputs],
            }


def _pieces(datasets: Sequence[Dataset], size: int) -> Iterator[Sequence[Dataset]]:
    for first in range(0, len(datasets), size):
        yield datasets[first : first + size]


def _usable(dataset: Dataset, exists: Callable[[str], bool]) -> bool:
    if len(dataset["name"]) > MAX_NAME:
        return False
    return not dataset["namespace"].startswith("snowflake://") or exists(dataset["name"])


def _output(dataset: Dataset, inputs: set[tuple[str, str]]) -> dict[str, Any]:
    known = dataset.get("facets", {}).get("columnLineage", {}).get("fields", {})
    fields = {
        column: {"inputFields": [_named(edge) | {"field": edge["field"]} for edge in edges]}
        for column, field in known.items()
        if (edges := [edge for edge in field["inputFields"] if _key(edge) in inputs])
    }
    return _named(dataset) | ({"facets": {"columnLineage": {"fields": fields}}} if fields else {})


def _named(dataset: Dataset) -> dict[str, Any]:
    return {"namespace": dataset["namespace"], "name": dataset["name"]}


def _key(dataset: Dataset) -> tuple[str, str]:
    return dataset["namespace"], dataset["name"]

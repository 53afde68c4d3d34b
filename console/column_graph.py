"""The column graph from the recorded OpenLineage events: which column is made of which, of the last run of each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from c360_assets.warehouse import Warehouse
from console.path_picture import picture, quoted

Column = tuple[str, str]
"""Dataset, column."""
_STAGES = ("SOURCE_SNAPSHOT", "NORMALIZED_RECORD", "MATCH_CLUSTER", "GOLDEN_PROFILE", "ACTIVATION_FEED")
_COLOURS = ("#eef1f5", "#e3edf8", "#e6f3ea", "#fbf1da", "#f1e8f6", "#fbe6e3")


@dataclass(frozen=True)
class Edge:
    """One column flows into another; `kinds` are the ways, such as `identity` or `join`."""

    source: Column
    target: Column
    kinds: tuple[str, ...]
    is_direct: bool


def short(dataset: str) -> str:
    """A table's name without its database; a file keeps its own, dots and all."""
    parts = dataset.split(".") if "/" not in dataset else [dataset]
    return ".".join(parts[-2:]) if len(parts) == 3 else dataset


def read_edges(session: Warehouse) -> list[Edge]:
    """The edges of each dataset, as the last event that told its columns told them."""
    newest: dict[str, list[Edge]] = {}
    for (text,) in session.rows(
        "select to_json(event) from LINEAGE.OPENLINEAGE_OUTBOX where event_type = 'COMPLETE' "
        "and array_size(event:outputs) > 0 order by event_time, event_id"
    ):
        for output in json.loads(text).get("outputs", ()):
            facet = output.get("facets", {}).get("columnLineage")
            if facet and facet.get("fields"):
                dataset = short(output["name"])
                newest[dataset] = list(_edges(dataset, facet))
    return [edge for edges in newest.values() for edge in edges]


def _edges(dataset: str, facet: Mapping[str, Any]) -> Iterable[Edge]:
    for column, lineage in facet["fields"].items():
        for given in lineage.get("inputFields", ()):
            ways = given.get("transformations", ())
            kinds = tuple(sorted({str(way.get("subtype") or way["type"]).lower().replace("_", " ") for way in ways}))
            direct = not ways or any(way["type"] == "DIRECT" for way in ways)
            yield Edge((short(given["name"]), given["field"].lower()), (dataset, column.lower()), kinds, direct)


def around(edges: Iterable[Edge], column: Column, steps: int | None = None, indirect: bool = False) -> list[Edge]:
    """The edges on every way to and from a column, at most so many steps from it.

    With `indirect` also what only filters, joins or sorts.
    """
    into, out = defaultdict(list), defaultdict(list)
    for edge in edges:
        if edge.is_direct or indirect:
            into[edge.target].append(edge)
            out[edge.source].append(edge)
    found: dict[Edge, None] = {}
    for links, end in ((into, "source"), (out, "target")):
        seen, frontier, taken = {column}, {column}, 0
        while frontier and (steps is None or taken < steps):
            reached = set()
            for edge in (edge for here in sorted(frontier) for edge in links[here]):
                found[edge] = None
                reached.add(edge.source if end == "source" else edge.target)
            frontier = reached - seen
            seen |= frontier
            taken += 1
    return list(found)


def datasets_picture(edges: Iterable[Edge]) -> str:
    """Datasets from left to right; an arrow tells how many columns flow."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for edge in edges:
        if edge.is_direct and edge.source[0] != edge.target[0]:
            counts[edge.source[0], edge.target[0]] += 1
    names = sorted({name for pair in counts for name in pair})
    lines = [f"{quoted(name)} [fillcolor={quoted(_colour(name))}];" for name in names]
    lines += [f"{quoted(a)} -> {quoted(b)} [label={quoted(str(count))}];" for (a, b), count in sorted(counts.items())]
    return picture(lines)


def column_picture(edges: Iterable[Edge], column: Column) -> str:
    """The ways to and from one column, each dataset a box of its columns."""
    edges = list(edges)
    columns: dict[str, set[str]] = defaultdict(set)
    columns[column[0]].add(column[1])
    for edge in edges:
        for dataset, name in (edge.source, edge.target):
            columns[dataset].add(name)
    lines = []
    for place, (dataset, names) in enumerate(sorted(columns.items())):
        lines.append(f'subgraph cluster_{place} {{ label={quoted(dataset)}; fontsize=11; color="#d8dee6"; ')
        lines.append(f'fontname="Source Sans Pro,Helvetica,sans-serif"; style="rounded"; bgcolor="{_colour(dataset)}";')
        for name in sorted(names):
            mark = (
                ', fillcolor="#1f5fa8", fontcolor="#ffffff"' if (dataset, name) == column else ', fillcolor="#ffffff"'
            )
            lines.append(f"{_node((dataset, name))} [label={quoted(name)}{mark}];")
        lines.append("}")
    for edge in edges:
        style = "" if edge.is_direct else ", style=dashed"
        label = quoted(", ".join(kind for kind in edge.kinds if kind != "identity"))
        lines.append(f"{_node(edge.source)} -> {_node(edge.target)} [label={label}{style}];")
    return picture(lines)


def _node(column: Column) -> str:
    return quoted(f"{column[0]}|{column[1]}")


def _colour(dataset: str) -> str:
    schema = dataset.split(".")[0].upper()
    return _COLOURS[_STAGES.index(schema) + 1] if schema in _STAGES else _COLOURS[0]

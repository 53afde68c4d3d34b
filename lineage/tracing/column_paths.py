"""How a source's columns became a normalised column: the way through the column edges that were emitted.

The edges are read from the outbox, so what is told is what the events say, of the run that made the tables.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lineage.outbox import TABLE, Session
from lineage.tracing.known import Known
from lineage.tracing.moment import Moment

SOURCE, NORMALIZED, FEEDS = "SOURCE_SNAPSHOT.", "NORMALIZED_RECORD.", "ACTIVATION_FEED."
_OTHERS = (f"{NORMALIZED}PERSON_INPUT", f"{NORMALIZED}ORGANIZATION_INPUT")
Column = tuple[str, str]
"""(SCHEMA.TABLE, column)."""


@dataclass(frozen=True)
class Edge:
    """A column that was made of another, and how: OpenLineage's subtypes of DIRECT."""

    made: Column
    source: Column
    how: tuple[str, ...]


@dataclass
class ColumnEdges:
    """Edges by the column that was made."""

    edges: dict[Column, list[Edge]] = field(default_factory=dict)
    made_of: dict[Column, list[Column]] = field(default_factory=dict)
    """Column -> the columns that were made of it."""
    _paths: dict[tuple[str, str, str], list[Edge]] = field(default_factory=dict)

    def add(self, edge: Edge) -> None:
        """Take an edge in."""
        self._paths.clear()
        self.edges.setdefault(edge.made, []).append(edge)
        self.made_of.setdefault(edge.source, []).append(edge.made)

    def path(self, kind: str, column: str, source_table: str) -> list[Edge]:
        """The shortest ways from columns of a source's table to a normalised column of a kind, from the source on.

        Values of all sources pass through the same lookup tables: what entered them from the kind's own input counts.
        A column that only looked a value up, such as a country's code by its name, is at the start of the way, too.
        """
        asked = (kind, column, source_table)
        if asked not in self._paths:
            self._paths[asked] = self._path(*asked)
        return self._paths[asked]

    def _path(self, kind: str, column: str, source_table: str) -> list[Edge]:
        entry = f"{NORMALIZED}{kind.upper()}_INPUT"
        normalized = (f"{NORMALIZED}{kind.upper()}", column)
        if way := self._way(normalized, entry, source_table):
            return way
        looked_up = self._way((entry, column), entry, source_table)
        return [*looked_up, Edge(normalized, (entry, column), ("LOOKUP",))] if looked_up else []

    def _way(self, start: Column, entry: str, source_table: str) -> list[Edge]:
        queue, seen, came_by = deque([start]), {start}, dict[Column, list[Edge]]()
        reached: list[Column] = []
        while queue:
            this = queue.popleft()
            sources = self.edges.get(this, [])
            if any(edge.source[0] == entry for edge in sources):
                sources = [edge for edge in sources if not edge.source[0].startswith(SOURCE)]
            for edge in sources:
                if edge.source[0] not in (source_table, entry) and edge.source[0].startswith((SOURCE, *_OTHERS)):
                    continue
                came_by.setdefault(edge.source, []).append(edge)
                if edge.source in seen:
                    continue
                seen.add(edge.source)
                if edge.source[0] == source_table:
                    reached.append(edge.source)
                else:
                    queue.append(edge.source)
        found: dict[Edge, None] = {}
        for end in reached:
            way: list[Edge] = []
            while end != start:
                way.append(came_by[end][0])
                end = way[-1].made
            found.update(dict.fromkeys(way))
        return list(found)


def read_edges(session: Session, moment: Moment) -> ColumnEdges:
    """The DIRECT edges into normalised records and feeds, of the last run that wrote each until the moment."""
    found = ColumnEdges()
    for (text,) in session.rows(
        f"""
select to_json(event:outputs) from {TABLE}
where event_type = 'COMPLETE' and event_time <= to_timestamp_ntz(%s) and (job_name like %s or job_name like %s)
  and job_name not like '%%.contract' and array_size(event:outputs) > 0
qualify row_number() over (partition by job_name order by event_time desc, event_id) = 1
order by event_id
""",
        [moment.ended_text, *(f"{schema.lower()}%" for schema in (NORMALIZED, FEEDS))],
    ):
        for output in json.loads(text):
            for edge in direct_edges(output):
                found.add(edge)
    return found


def edges_then(session: Session, moment: Moment, known: Known) -> ColumnEdges:
    """The same, read once."""
    return known.get(("edges", moment.ended_text), lambda: read_edges(session, moment))


def direct_edges(output: Mapping[str, Any]) -> list[Edge]:
    """The DIRECT edges of an event's output dataset."""
    table = _stage_table(output["name"])
    fields = output.get("facets", {}).get("columnLineage", {}).get("fields", {})
    return [
        Edge((table, column), (_stage_table(item["name"]), item["field"]), how)
        for column, made in fields.items()
        for item in made["inputFields"]
        if (how := tuple(sorted({t["subtype"] for t in item["transformations"] if t["type"] == "DIRECT"})))
    ]


def _stage_table(name: str) -> str:
    is_table = name.count(".") == 2 and "/" not in name
    return name.split(".", 1)[1] if is_table else name

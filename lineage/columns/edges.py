"""Edges from source columns, how each source takes part, and how edges compose through nested queries.

Types and subtypes are those of OpenLineage's columnLineage facet: DIRECT (IDENTITY, TRANSFORMATION,
AGGREGATION) where the value comes from the source, INDIRECT (JOIN, FILTER, GROUP_BY, SORT, WINDOW,
CONDITIONAL) where the source decides about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Source(NamedTuple):
    """A column that a value depends on; names as the warehouse stores them."""

    table: str
    column: str


class Transformation(NamedTuple):
    """How a source takes part."""

    type: str
    subtype: str
    masking: bool = False


IDENTITY = Transformation("DIRECT", "IDENTITY")
TRANSFORM = Transformation("DIRECT", "TRANSFORMATION")
AGGREGATE = Transformation("DIRECT", "AGGREGATION")
MASKED = Transformation("DIRECT", "TRANSFORMATION", True)
COUNTED = Transformation("DIRECT", "AGGREGATION", True)
JOIN = Transformation("INDIRECT", "JOIN")
FILTER = Transformation("INDIRECT", "FILTER")
GROUP_BY = Transformation("INDIRECT", "GROUP_BY")
SORT = Transformation("INDIRECT", "SORT")
WINDOW = Transformation("INDIRECT", "WINDOW")
CONDITIONAL = Transformation("INDIRECT", "CONDITIONAL")

Edges = dict[Source, frozenset[Transformation]]

_STRENGTH = {"IDENTITY": 0, "TRANSFORMATION": 1, "AGGREGATION": 2}


def compose(outer: Transformation, inner: Transformation) -> Transformation:
    """The edge of `outer` applied to what already came by `inner`.

    The outermost INDIRECT use names the subtype; direct uses take the stronger of the two.
    """
    masking = outer.masking or inner.masking
    if outer.type == "INDIRECT":
        return outer
    if inner.type == "INDIRECT":
        return inner
    subtype = max(outer.subtype, inner.subtype, key=_STRENGTH.__getitem__)
    return Transformation("DIRECT", subtype, masking)


def through(outer: Transformation, edges: Edges) -> Edges:
    """All edges, used as `outer` says."""
    if outer is IDENTITY:
        return edges
    return {source: frozenset(compose(outer, t) for t in inner) for source, inner in edges.items()}


def union(*parts: Edges) -> Edges:
    """Edges of a value that depends on all of the parts."""
    filled = [part for part in parts if part]
    if len(filled) < 2:
        return filled[0] if filled else {}
    result = dict(filled[0])
    for part in filled[1:]:
        for source, kinds in part.items():
            result[source] = result.get(source, frozenset()) | kinds
    return result


def union_all(parts: Iterable[Edges]) -> Edges:
    """`union` of any number of parts."""
    return union(*parts)


@dataclass
class Relation:
    """A query's or table's result: edges per column in order, and edges that decide which rows there are."""

    fields: dict[str, Edges]
    rows: Edges = field(default_factory=dict)
    open_table: str | None = None
    """A base table whose columns are not known: any column name resolves to it."""

    def find(self, column: str) -> Edges | None:
        """Edges of a column, None where there is none of that name."""
        if column in self.fields:
            return self.fields[column]
        if self.open_table is not None:
            return {Source(self.open_table, column): frozenset({IDENTITY})}
        return None

    def renamed(self, columns: list[str]) -> Relation:
        """The same with other names, by position."""
        if not columns:
            return self
        return Relation(dict(zip(columns, self.fields.values(), strict=False)), self.rows)


@dataclass
class TableLineage:
    """Where the content of a table comes from."""

    table: str
    fields: dict[str, Edges] = field(default_factory=dict)
    dataset: Edges = field(default_factory=dict)
    """Columns that decide which rows there are: JOIN, FILTER, GROUP_BY, SORT."""

    def inputs(self) -> list[str]:
        """Tables that take part, sorted."""
        sources = [*self.dataset, *(source for edges in self.fields.values() for source in edges)]
        return sorted({source.table for source in sources})

    def upstream(self) -> dict[str, list[tuple[str, str]]]:
        """Column -> the (table, column)s that its values come from or are decided by; plain, sorted."""
        return {column: sorted(tuple(s) for s in edges) for column, edges in self.fields.items()}  # type: ignore[misc]

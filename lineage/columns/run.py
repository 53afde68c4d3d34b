"""Column lineage of everything that one run did, with the tables that it only passed through left out."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from lineage.columns.edges import Edges, TableLineage, compose, union
from lineage.columns.schema import Schema
from lineage.columns.statements import Effect, Statements, Write

_LEADING = r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*"
_KINDS = r"(?:or\s+replace\s+)?(?:local\s+|global\s+)?(?:\w+\s+){0,2}?(?:table|view)\b"
_MOVES_ROWS = re.compile(
    rf"{_LEADING}(?:insert|merge|update|delete|copy\s+into|with|create\s+{_KINDS})\b", re.IGNORECASE | re.DOTALL
)
# A bound value, as the connector's drivers write it; sqlglot would read a remainder. Strings are stepped over.
_BOUND = re.compile(r"('(?:[^'\\]|\\.|'')*')|%s\b")
_MOVES_TABLES = re.compile(rf"{_LEADING}(?:alter|drop)\s+(?:table|view)\b", re.IGNORECASE | re.DOTALL)


@dataclass
class RunLineage:
    """What a run's statements did, table by table, back to tables that it did not make on its way."""

    tables: dict[str, TableLineage] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    """What could not be read or resolved: names and statement hashes, no values."""

    def of(self, outputs: Iterable[str]) -> dict[str, TableLineage]:
        """Lineage of these tables. A table's earlier content is its own history, not an input."""
        return {name: _without_itself(self.tables[name]) for name in outputs if name in self.tables}


def lineage_of(
    statements: Iterable[str], schema: Schema, default_schema: str = "PUBLIC", keep: Collection[str] = ()
) -> RunLineage:
    """Read statements in the order in which they ran.

    `schema` is the warehouse's; tables that the statements make are added to a copy of it. A table that the
    statements write and read again is passed through to what it was made of, unless it is in `keep`: the
    tables of assets, which stand for themselves. Names are DATABASE.SCHEMA.TABLE.
    """
    run, known, kept = RunLineage(), schema.copy(), frozenset(keep)
    with _quiet_sqlglot():
        for sql in statements:
            if not (_MOVES_ROWS.match(sql) or _MOVES_TABLES.match(sql)):
                continue
            for node in _parsed(sql, run.problems):
                if node is not None:
                    reader = Statements(known, default_schema)
                    write = reader.read(node)
                    run.problems += [f"statement {_digest(sql)}: {what}" for what in reader.queries.unresolved]
                    if write is not None:
                        _apply(run, known, write, kept)
    return run


@contextlib.contextmanager
def _quiet_sqlglot() -> Iterator[None]:
    """sqlglot logs the text of what it cannot read, literals and all."""
    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _parsed(sql: str, problems: list[str]) -> list[exp.Expr | None]:
    try:
        nodes: list[exp.Expr | None] = list(
            sqlglot.parse(_BOUND.sub(lambda m: m[1] or "null", sql), dialect="snowflake")
        )
    except SqlglotError as error:
        problems.append(f"statement {_digest(sql)} not read: {type(error).__name__}")
        return []
    if _MOVES_ROWS.match(sql) and any(isinstance(node, exp.Command) for node in nodes):
        problems.append(f"statement {_digest(sql)} not read: not in sqlglot's grammar")
    return nodes


def _digest(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()[:12]


def _apply(run: RunLineage, known: Schema, write: Write, kept: frozenset[str]) -> None:
    name = write.lineage.table
    if write.effect is Effect.RENAMES:
        moved = run.tables.pop(name, TableLineage(name))
        run.tables[write.moved_to] = TableLineage(write.moved_to, moved.fields, moved.dataset)
        known.set(write.moved_to, known.columns(name) or list(moved.fields))
        known.drop(name)
        return
    lineage = _passed_through(run, write.lineage, kept)
    if write.effect is Effect.REPLACES:
        run.tables[name] = lineage
        known.set(name, lineage.fields)
        return
    before = run.tables.get(name, TableLineage(name))
    fields = {column: union(before.fields.get(column, {}), edges) for column, edges in lineage.fields.items()}
    run.tables[name] = TableLineage(name, before.fields | fields, union(before.dataset, lineage.dataset))


def _passed_through(run: RunLineage, lineage: TableLineage, kept: frozenset[str]) -> TableLineage:
    passed = {t: run.tables[t] for t in lineage.inputs() if t in run.tables and t not in kept}
    if not passed:
        return lineage
    fields = {column: _expanded(edges, passed) for column, edges in lineage.fields.items()}
    # Rows that a passed-through table left out are left out here as well.
    rows = [table.dataset for table in passed.values()]
    return TableLineage(lineage.table, fields, union(_expanded(lineage.dataset, passed), *rows))


def _expanded(edges: Edges, passed: dict[str, TableLineage]) -> Edges:
    result: Edges = {}
    for source, kinds in edges.items():
        if source.table not in passed:
            result = union(result, {source: kinds})
            continue
        inner = passed[source.table].fields.get(source.column, {})
        for outer in kinds:
            result = union(result, {s: frozenset(compose(outer, k) for k in ks) for s, ks in inner.items()})
    return result


def _without_itself(lineage: TableLineage) -> TableLineage:
    fields = {c: {s: k for s, k in e.items() if s.table != lineage.table} for c, e in lineage.fields.items()}
    dataset = {s: k for s, k in lineage.dataset.items() if s.table != lineage.table}
    return TableLineage(lineage.table, fields, dataset)

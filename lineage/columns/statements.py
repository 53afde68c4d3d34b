"""Edges of statements that write: create as, insert, merge, update, delete, copy into, clone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from lineage.columns.edges import (
    FILTER,
    IDENTITY,
    JOIN,
    Edges,
    Relation,
    Source,
    TableLineage,
    through,
    union,
)
from lineage.columns.names import alias, part, stored
from lineage.columns.queries import Queries
from lineage.columns.schema import Schema
from lineage.columns.scope import Scope


class Effect(StrEnum):
    """What a statement does to its target."""

    REPLACES = "replaces"
    ADDS = "adds"
    RENAMES = "renames"


@dataclass(frozen=True)
class Write:
    """One statement's effect on one table."""

    effect: Effect
    lineage: TableLineage
    temporary: bool = False
    moved_to: str = ""


class Statements:
    """Reads one statement; `schema` is what the warehouse holds when it runs."""

    def __init__(self, schema: Schema, default_schema: str = "PUBLIC") -> None:
        self.queries = Queries(schema, default_schema)
        self.schema = schema

    def read(self, node: exp.Expr) -> Write | None:
        """The statement's write, None where it writes no rows."""
        if isinstance(node, exp.Create):
            return self._create(node)
        if isinstance(node, exp.Insert):
            return self._insert(node)
        if isinstance(node, exp.Merge):
            return self._merge(node)
        if isinstance(node, exp.Update):
            return self._update(node)
        if isinstance(node, exp.Delete):
            return self._delete(node)
        if isinstance(node, exp.Copy):
            return self._copy(node)
        if isinstance(node, exp.Alter):
            return self._alter(node)
        if isinstance(node, exp.Drop):
            self._forget(node)
        return None

    def _target(self, node: exp.Expr) -> tuple[str, list[str]]:
        if isinstance(node, exp.Schema):
            return self.queries.full_name(node.this), [stored(column) for column in node.expressions]
        return self.queries.full_name(node), []

    def _create(self, node: exp.Create) -> Write | None:
        if str(node.args.get("kind")).upper() not in ("TABLE", "VIEW"):
            return None
        target, columns = self._target(node.this)
        properties = node.args.get("properties")
        kinds = tuple(getattr(exp, k) for k in ("TemporaryProperty", "TransientProperty") if hasattr(exp, k))
        temporary = properties is not None and any(isinstance(p, kinds[:1]) for p in properties.expressions)
        clone = node.args.get("clone")
        if clone is not None:
            relation = self.queries.base(self.queries.full_name(clone.this))
            return Write(Effect.REPLACES, TableLineage(target, relation.fields), temporary)
        if node.expression is None:
            self.schema.set(target, columns)
            return Write(Effect.REPLACES, TableLineage(target, {c: {} for c in columns}), temporary)
        relation = self.queries.query(node.expression).renamed(columns)
        return Write(Effect.REPLACES, TableLineage(target, relation.fields, relation.rows), temporary)

    def _insert(self, node: exp.Insert) -> Write:
        target, columns = self._target(node.this)
        relation = self._query(node.expression, part(node, "with"))
        columns = columns or self.schema.columns(target) or list(relation.fields)
        lineage = TableLineage(target, relation.renamed(columns).fields, relation.rows)
        return Write(Effect.REPLACES if node.args.get("overwrite") else Effect.ADDS, lineage)

    def _query(self, node: exp.Expr, with_: exp.Expr | None) -> Relation:
        if with_ is not None and part(node, "with") is None:
            node = node.copy()
            node.set("with_", with_.copy())
        return self.queries.query(node)

    def _merge(self, node: exp.Merge) -> Write:
        target = self.queries.full_name(node.this)
        scope = Scope({})
        rows: list[Edges] = []
        scope.sources[alias(node.this) or stored(node.this.this)] = self.queries.base(target)
        self.queries._add_source(node.args["using"], scope, rows)
        read = self.queries.expressions.edges
        rows.append(through(JOIN, read(node.args["on"], scope)))
        fields: dict[str, Edges] = {}
        for when in node.args["whens"].expressions:
            rows.append(through(FILTER, read(when.args.get("condition"), scope)))
            for column, edges in self._assigned(target, when.args.get("then"), scope):
                fields[column] = union(fields.get(column, {}), edges)
        return Write(Effect.ADDS, TableLineage(target, fields, union(*rows)))

    def _assigned(self, target: str, action: exp.Expr | None, scope: Scope) -> list[tuple[str, Edges]]:
        read = self.queries.expressions.edges
        if isinstance(action, exp.Update):
            return [(stored(pair.this), read(pair.expression, scope)) for pair in action.expressions]
        if not isinstance(action, exp.Insert):
            return []
        values = action.expression.expressions if action.expression is not None else []
        if isinstance(action.this, exp.Tuple):
            columns = [stored(column) for column in action.this.expressions]
        else:
            columns = self.schema.columns(target) or []
        return [(column, read(value, scope)) for column, value in zip(columns, values, strict=False)]

    def _update(self, node: exp.Update) -> Write:
        target, scope, rows = self._changed(node, [part(node, "from")])
        pairs = [
            (stored(pair.this), self.queries.expressions.edges(pair.expression, scope)) for pair in node.expressions
        ]
        return Write(Effect.ADDS, TableLineage(target, dict(pairs), union(*rows)))

    def _delete(self, node: exp.Delete) -> Write:
        target, _, rows = self._changed(node, list(node.args.get("using") or []))
        return Write(Effect.ADDS, TableLineage(target, {}, union(*rows)))

    def _changed(self, node: exp.Expr, others: list[exp.Expr | None]) -> tuple[str, Scope, list[Edges]]:
        target = self.queries.full_name(node.this)
        scope = Scope({})
        rows: list[Edges] = []
        scope.sources[alias(node.this) or stored(node.this.this)] = self.queries.base(target)
        for other in others:
            if other is not None:
                self.queries._add_source(other.this if isinstance(other, exp.From) else other, scope, rows)
                for join in other.args.get("joins") or []:
                    self.queries._join(join, scope, rows)
        where = node.args.get("where")
        if where is not None:
            rows.append(through(FILTER, self.queries.expressions.edges(where.this, scope)))
        return target, scope, rows

    def _copy(self, node: exp.Copy) -> Write | None:
        if not isinstance(node.this, exp.Schema | exp.Table) or isinstance(node.this.this, exp.Var):
            return None  # An unload: rows leave the warehouse, and what they become is no table.
        target, columns = self._target(node.this)
        columns = columns or self.schema.columns(target) or []
        fields: dict[str, Edges] = {column: {} for column in columns}
        rows: Edges = {}
        for source in node.args.get("files") or []:
            if isinstance(source, exp.Table):
                stage = self.queries.full_name(source)
                fields = {c: {Source(stage, c): frozenset({IDENTITY})} for c in columns}
            else:
                relation = self.queries.query(source)
                fields, rows = relation.renamed(columns).fields, relation.rows
        return Write(Effect.ADDS, TableLineage(target, fields, rows))

    def _alter(self, node: exp.Alter) -> Write | None:
        for action in node.args.get("actions") or []:
            if isinstance(action, exp.AlterRename):
                target, moved = self.queries.full_name(node.this), self.queries.full_name(action.this)
                return Write(Effect.RENAMES, TableLineage(target), moved_to=moved)
        return None

    def _forget(self, node: exp.Drop) -> None:
        for table in node.args.get("tables") or ([node.this] if node.this is not None else []):
            if isinstance(table, exp.Table):
                self.schema.drop(self.queries.full_name(table))

"""Edges of scalar expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlglot import exp

from lineage.columns import functions
from lineage.columns.edges import (
    AGGREGATE,
    CONDITIONAL,
    COUNTED,
    FILTER,
    MASKED,
    SORT,
    TRANSFORM,
    WINDOW,
    Edges,
    Relation,
    Transformation,
    through,
    union,
    union_all,
)
from lineage.columns.names import stored
from lineage.columns.scope import Scope

Query = Callable[[exp.Expr, Scope], Relation]
Unresolved = Callable[[str], None]


class Expressions:
    """Reads expressions of one statement; `query` resolves the subqueries among them."""

    def __init__(self, query: Query, unresolved: Unresolved) -> None:
        self._query = query
        self._unresolved = unresolved

    def edges(self, node: exp.Expr | None, scope: Scope, alias_first: bool = False) -> Edges:
        """Edges of a value, as it stands."""
        if node is None:
            return {}
        if isinstance(node, exp.Column):
            return self._column(node, scope, alias_first)
        if isinstance(node, exp.Identifier):
            # Lambda parameters and the key of a named argument; columns come as exp.Column.
            return {}
        if isinstance(node, exp.Alias | exp.Paren | exp.Distinct | exp.Ordered | exp.IgnoreNulls | exp.RespectNulls):
            return union_all(self.edges(child, scope, alias_first) for child in _children(node))
        special = self._special(node, scope)
        if special is not None:
            return special
        kind = self._kind(node)
        if isinstance(node, exp.Func) and any(isinstance(child, exp.Star) for child in _children(node)):
            return {} if isinstance(node, exp.Count) else through(kind, scope.everything())
        return through(kind, union_all(self.edges(child, scope, alias_first) for child in _children(node)))

    @staticmethod
    def _kind(node: exp.Expr) -> Transformation:
        if functions.counts(node):
            return COUNTED
        if functions.aggregates(node):
            return AGGREGATE
        return MASKED if functions.masks(node) else TRANSFORM

    def _column(self, node: exp.Column, scope: Scope, alias_first: bool) -> Edges:
        name, table = stored(node.this), stored(node.args.get("table"))
        found = scope.column(name, table, alias_first)
        if found is None:
            self._unresolved(f"{table}.{name}" if table else name)
            return {}
        return found

    def _special(self, node: exp.Expr, scope: Scope) -> Edges | None:
        read = self.edges
        if isinstance(node, exp.Case):
            branches = node.args.get("ifs") or []
            conditions = union(read(node.this, scope), *(read(branch.this, scope) for branch in branches))
            values = [read(branch.args.get("true"), scope) for branch in branches]
            return self._choice(conditions, [*values, read(node.args.get("default"), scope)])
        if isinstance(node, exp.If | exp.Nvl2):
            values = [read(node.args.get(key), scope) for key in ("true", "false")]
            return self._choice(read(node.this, scope), values)
        if isinstance(node, exp.DecodeCase):
            return self._decode(node.expressions, scope)
        if isinstance(node, exp.Nullif):
            return self._choice(read(node.expression, scope), [read(node.this, scope)])
        if isinstance(node, exp.Window):
            order = node.args.get("order")
            deciding = [*(node.args.get("partition_by") or []), *(order.expressions if order else [])]
            return union(read(node.this, scope), through(WINDOW, union_all(read(e, scope) for e in deciding)))
        if isinstance(node, exp.ArgMax | exp.ArgMin):
            return union(through(AGGREGATE, read(node.this, scope)), through(SORT, read(node.expression, scope)))
        if isinstance(node, exp.WithinGroup | exp.Order):
            ordering = node.expression.expressions if isinstance(node, exp.WithinGroup) else node.expressions
            if isinstance(node.this, exp.PercentileCont | exp.PercentileDisc):
                return through(AGGREGATE, union_all(read(e, scope) for e in ordering))
            return union(read(node.this, scope), through(SORT, union_all(read(e, scope) for e in ordering)))
        if isinstance(node, exp.Filter):
            return union(read(node.this, scope), through(FILTER, read(node.expression.this, scope)))
        if isinstance(node, exp.Lambda):
            parameters = frozenset(stored(parameter) for parameter in node.expressions)
            inner = Scope(scope.ctes, scope, hidden=parameters)
            return read(node.this, inner)
        if isinstance(node, exp.Query):
            return self._subquery(node, scope)
        if isinstance(node, exp.Exists):
            return through(CONDITIONAL, self._subquery(node.this, scope))
        return None

    @staticmethod
    def _choice(condition: Edges, values: Iterable[Edges]) -> Edges:
        return union(through(TRANSFORM, union_all(values)), through(CONDITIONAL, condition))

    def _decode(self, arguments: list[exp.Expr], scope: Scope) -> Edges:
        subject, *rest = arguments
        pairs, default = (rest[:-1], rest[-1:]) if len(rest) % 2 else (rest, [])
        condition = union_all(self.edges(e, scope) for e in [subject, *pairs[::2]])
        return self._choice(condition, [self.edges(e, scope) for e in [*pairs[1::2], *default]])

    def _subquery(self, node: exp.Expr, scope: Scope) -> Edges:
        relation = self._query(node, scope)
        return union(*relation.fields.values(), relation.rows)


def _children(node: exp.Expr) -> Iterable[exp.Expr]:
    for child in node.iter_expressions():
        # A cast's type and a path's steps hold no columns.
        if not isinstance(child, exp.DataType | exp.JSONPath | exp.WindowSpec):
            yield child

"""Edges of queries: select, set operations, common table expressions, joins, laterals, pivots."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from lineage.columns import functions
from lineage.columns.edges import (
    AGGREGATE,
    CONDITIONAL,
    FILTER,
    GROUP_BY,
    IDENTITY,
    JOIN,
    SORT,
    TRANSFORM,
    Edges,
    Relation,
    Source,
    through,
    union,
    union_all,
)
from lineage.columns.expressions import Expressions
from lineage.columns.names import alias, alias_columns, part, stored
from lineage.columns.schema import Schema
from lineage.columns.scope import Scope

FLATTENED = ("SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS")


class Queries:
    """Resolves the queries of one statement."""

    def __init__(self, schema: Schema, default_schema: str = "PUBLIC") -> None:
        self.schema = schema
        self.default_schema = default_schema
        self.unresolved: list[str] = []
        self.expressions = Expressions(self.query, self.unresolved.append)

    # --- names -------------------------------------------------------------------------------------------

    def full_name(self, table: exp.Expr) -> str:
        """DATABASE.SCHEMA.TABLE of a table node; a stage keeps its @."""
        if isinstance(table.this, exp.Var):
            return str(table.this.this).upper()
        database = stored(table.args.get("catalog")) or self.schema.database
        return f"{database}.{stored(table.args.get('db')) or self.default_schema}.{stored(table.this)}"

    def base(self, name: str) -> Relation:
        """A table or view of the warehouse."""
        columns = self.schema.columns(name)
        if columns is None:
            return Relation({}, open_table=name)
        return Relation({column: {Source(name, column): frozenset({IDENTITY})} for column in columns})

    # --- queries -----------------------------------------------------------------------------------------

    def query(self, node: exp.Expr, outer: Scope | None = None) -> Relation:
        """The relation that a query makes."""
        ctes = dict(outer.ctes) if outer else {}
        with_ = part(node, "with")
        if with_ is not None:
            for cte in with_.expressions:
                ctes[alias(cte)] = self._cte(cte, ctes, outer, bool(with_.args.get("recursive")))
        if isinstance(node, exp.Subquery | exp.Paren):
            scope = Scope(ctes, outer)
            return self._pivoted(self.query(node.this, scope), node, scope).renamed(alias_columns(node))
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, Scope(ctes, outer))
        if isinstance(node, exp.Values):
            return self._values(node, Scope(ctes, outer))
        if isinstance(node, exp.Table):
            return self._table(node, Scope(ctes, outer))
        if isinstance(node, exp.Select):
            return self._select(node, Scope(ctes, outer))
        self.unresolved.append(f"query {type(node).__name__}")
        return Relation({})

    def _cte(self, cte: exp.Expr, ctes: dict[str, Relation], outer: Scope | None, recursive: bool) -> Relation:
        names, name = alias_columns(cte), alias(cte)
        body = cte.this
        if not (recursive and isinstance(body, exp.SetOperation)):
            return self.query(body, Scope(ctes, outer)).renamed(names)
        relation = self.query(body.this, Scope(ctes, outer)).renamed(names)
        while True:
            # What the recursive part adds feeds back into itself; edges only grow, so this ends.
            following = self.query(body, Scope(ctes | {name: relation}, outer)).renamed(names)
            if following == relation:
                return relation
            relation = following

    def _set_operation(self, node: exp.SetOperation, scope: Scope) -> Relation:
        left, right = self.query(node.this, scope), self.query(node.expression, scope)
        rows = union(left.rows, right.rows)
        if isinstance(node, exp.Union):
            fields = {}
            others = list(right.fields.values())
            for i, (name, edges) in enumerate(left.fields.items()):
                fields[name] = union(edges, others[i] if i < len(others) else {})
        else:
            fields = left.fields
            rows = union(rows, through(FILTER, union(*left.fields.values(), *right.fields.values())))
        scope.aliases, scope.positions = fields, list(fields.values())
        return Relation(fields, union(rows, self._order(node, scope)))

    def _values(self, node: exp.Values, scope: Scope) -> Relation:
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
        width = max((len(row) for row in rows), default=0)
        columns = {
            f"COLUMN{i + 1}": union_all(self.expressions.edges(row[i], scope) for row in rows if i < len(row))
            for i in range(width)
        }
        return Relation(columns).renamed(alias_columns(node))

    # --- select ------------------------------------------------------------------------------------------

    def _select(self, node: exp.Select, scope: Scope) -> Relation:
        rows: list[Edges] = []
        from_ = part(node, "from")
        if from_ is not None:
            self._add_source(from_.this, scope, rows)
        for join in node.args.get("joins") or []:
            self._join(join, scope, rows)
        for lateral in node.args.get("laterals") or []:
            self._add_source(lateral, scope, rows)
        fields: dict[str, Edges] = {}
        for projection in node.expressions:
            for name, edges in self._projection(projection, scope):
                fields[name if name not in fields else f"{name}_{len(fields)}"] = edges
                scope.positions.append(edges)
                scope.aliases.setdefault(name, edges)
        for key in ("where", "having", "qualify"):
            clause = node.args.get(key)
            if clause is not None:
                rows.append(through(FILTER, self.expressions.edges(clause.this, scope)))
        connect = node.args.get("connect")
        if connect is not None:
            starts = connect.args.get("start")
            rows.append(through(FILTER, self.expressions.edges(starts, scope)))
            rows.append(through(JOIN, self.expressions.edges(connect.args.get("connect"), scope)))
        rows.append(self._group(node, scope))
        rows.append(self._order(node, scope))
        return Relation(fields, union(*rows))

    def _projection(self, node: exp.Expr, scope: Scope) -> Iterator[tuple[str, Edges]]:
        star = node if isinstance(node, exp.Star) else node.this if isinstance(node, exp.Column) else None
        if isinstance(star, exp.Star):
            table = stored(node.args.get("table")) if isinstance(node, exp.Column) else ""
            yield from self._star(star, table, scope)
            return
        edges = self.expressions.edges(node, scope)
        if isinstance(node, exp.Alias):
            yield alias(node), edges
        elif isinstance(node, exp.Column):
            yield stored(node.this), edges
        else:
            yield node.sql("snowflake").upper(), edges

    def _star(self, star: exp.Star, table: str, scope: Scope) -> Iterator[tuple[str, Edges]]:
        left_out = {stored(e) for e in part(star, "except") or []}
        renamed = {stored(e.this): alias(e) for e in star.args.get("rename") or []}
        replaced = {alias(e): e.this for e in star.args.get("replace") or []}
        pattern = star.args.get("ilike")
        seen: set[str] = set()
        relations = {table: scope.sources.get(table)} if table else dict(scope.sources)
        for relation in relations.values():
            if relation is None or (relation.open_table and not relation.fields):
                self.unresolved.append(f"{table or '*'}: columns not known")
                continue
            for name, edges in relation.fields.items():
                if name in left_out or (pattern is not None and not _ilike(name, str(pattern.this))):
                    continue
                if not table and name in scope.merged:
                    if name in seen:
                        continue
                    edges = scope.merged[name]
                seen.add(name)
                if name in replaced:
                    edges = self.expressions.edges(replaced[name], scope)
                yield renamed.get(name, name), edges

    def _group(self, node: exp.Select, scope: Scope) -> Edges:
        group = node.args.get("group")
        if group is None:
            return {}
        if group.args.get("all"):
            plain = (p for p in node.expressions if not _has_aggregate(p))
            return through(GROUP_BY, union_all(self.expressions.edges(p, scope) for p in plain))
        keys = list(group.expressions)
        for kind in ("grouping_sets", "cube", "rollup"):
            for element in group.args.get(kind) or []:
                keys += list(element.find_all(exp.Column))
        return through(GROUP_BY, union_all(self._by_position(key, scope) for key in keys))

    def _order(self, node: exp.Expr, scope: Scope) -> Edges:
        order = node.args.get("order")
        if order is None:
            return {}
        return through(SORT, union_all(self._by_position(key, scope, alias_first=True) for key in order.expressions))

    def _by_position(self, key: exp.Expr, scope: Scope, alias_first: bool = False) -> Edges:
        inner = key.this if isinstance(key, exp.Ordered) else key
        if isinstance(inner, exp.Literal) and not inner.is_string:
            position = int(inner.this) - 1
            return scope.positions[position] if position < len(scope.positions) else {}
        return self.expressions.edges(key, scope, alias_first)

    # --- sources -----------------------------------------------------------------------------------------

    def _add_source(self, node: exp.Expr, scope: Scope, rows: list[Edges]) -> str:
        relation = self._source(node, scope)
        if isinstance(node, exp.Table) and not alias(node) and node.args.get("pivots"):
            name = alias(node.args["pivots"][-1]) or stored(node.this)
        else:
            name = alias(node) or (stored(node.this) if isinstance(node, exp.Table) else f"#{len(scope.sources)}")
        scope.sources[name] = relation
        rows.append(relation.rows)
        if isinstance(node, exp.Table | exp.Subquery):
            for join in node.args.get("joins") or []:
                self._join(join, scope, rows)
        return name

    def _source(self, node: exp.Expr, scope: Scope) -> Relation:
        if isinstance(node, exp.Table):
            return self._table(node, scope)
        if isinstance(node, exp.Lateral | exp.TableFromRows):
            return self._table_function(node, scope)
        if isinstance(node, exp.Unnest):
            return self._table_function(node, scope)
        # A derived table does not see its siblings; a lateral one does, and comes as exp.Lateral.
        return self.query(node, Scope(scope.ctes, scope.outer))

    def _table(self, node: exp.Table, scope: Scope) -> Relation:
        if isinstance(node.this, exp.Func) and not isinstance(node.this, exp.Anonymous | exp.Identifier):
            relation = self._function_result(node.this, node, scope)
        elif not node.args.get("db") and stored(node.this) in scope.ctes:
            relation = scope.ctes[stored(node.this)]
        elif isinstance(node.this, exp.Anonymous):
            relation = self._function_result(node.this, node, scope)
        else:
            relation = self.base(self.full_name(node))
        if any(alias_columns(p) for p in node.args.get("pivots") or []):
            return self._pivoted(relation, node, scope)
        return self._pivoted(relation, node, scope).renamed(alias_columns(node))

    def _table_function(self, node: exp.Expr, scope: Scope) -> Relation:
        inner = node.this
        if isinstance(inner, exp.Query):
            return self.query(inner, scope).renamed(alias_columns(node))
        return self._function_result(inner, node, scope)

    def _function_result(self, function: exp.Expr, node: exp.Expr, scope: Scope) -> Relation:
        read = self.expressions.edges(function, scope)
        columns = alias_columns(node)
        if isinstance(function, exp.Explode) or functions.name_of(function) == "FLATTEN":
            columns = list(FLATTENED)
        made = through(TRANSFORM, read)
        # How many rows there are depends on the value that is flattened.
        return _AnyColumn(dict.fromkeys(columns, made), through(JOIN, read), made=made)

    def _join(self, join: exp.Expr, scope: Scope, rows: list[Edges]) -> None:
        before = list(scope.sources)
        name = self._add_source(join.this, scope, rows)
        for key in ("on", "match_condition"):
            condition = join.args.get(key)
            rows.append(through(JOIN, self.expressions.edges(condition, scope)))
        using = [stored(column) for column in join.args.get("using") or []]
        if str(join.args.get("method") or "").upper() == "NATURAL":
            theirs = scope.sources[name].fields
            using = [c for source in before for c in scope.sources[source].fields if c in theirs]
        for column in using:
            left = scope.merged.get(column)
            if left is None:
                found = [scope.sources[source].find(column) for source in before]
                left = next((edges for edges in found if edges is not None), {})
            right = scope.sources[name].find(column) or {}
            rows.append(through(JOIN, union(left, right)))
            side = str(join.args.get("side") or "").upper()
            whole = through(TRANSFORM, union(left, right))
            scope.merged[column] = {"RIGHT": right, "FULL": whole}.get(side, left)

    # --- pivots ------------------------------------------------------------------------------------------

    def _pivoted(self, relation: Relation, node: exp.Expr, scope: Scope) -> Relation:
        for pivot in node.args.get("pivots") or []:
            relation = self._unpivot(relation, pivot) if pivot.args.get("unpivot") else self._pivot(relation, pivot)
            relation = relation.renamed(alias_columns(pivot))
        return relation

    def _pivot(self, relation: Relation, pivot: exp.Expr) -> Relation:
        inside = Scope({}, sources={"": relation})
        values = union_all(self.expressions.edges(e, inside) for e in pivot.expressions)
        named = {stored(c) for f in pivot.args["fields"] for c in _columns(f.this)}
        used = named | {stored(column.this) for e in pivot.expressions for column in e.find_all(exp.Column)}
        names = union_all(relation.find(column) or {} for column in sorted(named))
        made = union(through(AGGREGATE, values), through(CONDITIONAL, names))
        kept = {name: edges for name, edges in relation.fields.items() if name not in used}
        columns = [stored(column) for column in pivot.args.get("columns") or []]
        grouped = through(GROUP_BY, union(*kept.values()))
        return Relation(kept | dict.fromkeys(columns, made), union(relation.rows, grouped))

    def _unpivot(self, relation: Relation, pivot: exp.Expr) -> Relation:
        turned = {stored(column) for f in pivot.args["fields"] for e in f.expressions for column in _columns(e)}
        values = through(TRANSFORM, union_all(relation.find(column) or {} for column in sorted(turned)))
        kept = {name: edges for name, edges in relation.fields.items() if name not in turned}
        made: dict[str, Edges] = {stored(f.this): {} for f in pivot.args["fields"]} | {
            stored(e): values for e in pivot.expressions
        }
        return Relation(kept | made, relation.rows)


class _AnyColumn(Relation):
    """A table function's result, whose columns all come from its arguments."""

    def __init__(self, fields: dict[str, Edges], rows: Edges, made: Edges) -> None:
        super().__init__(fields, rows)
        self._made = made

    def find(self, column: str) -> Edges | None:
        # A name that is not one of the function's own belongs to another source, if that one can be read.
        return self.fields.get(column, self._made if not self.fields else None)


def _columns(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Identifier):
        yield node
        return
    for column in node.find_all(exp.Column):
        yield column.this


def _has_aggregate(node: exp.Expr) -> bool:
    return any(functions.aggregates(e) and not isinstance(e.parent, exp.Window) for e in node.find_all(exp.Func))


def _ilike(name: str, pattern: str) -> bool:
    import re

    expression = "".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern)
    return re.fullmatch(expression, name, re.IGNORECASE) is not None

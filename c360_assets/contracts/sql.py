"""Snowflake SQL from Ibis expressions: upper-case names, anchored patterns, subqueries kept apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import ibis.backends.sql.compilers as compilers
import ibis.expr.operations as ops
import ibis.expr.types as ir
from sqlglot import exp

# Ibis quotes every name, so what stands in double quotes outside of string literals is a name.
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"[^"]*\"""")


def _tree(expression: ir.Expr) -> exp.Expression:
    tree: exp.Expression = compilers.snowflake.compiler.to_sqlglot(expression)
    for match in list(tree.find_all(exp.RegexpLike)):
        _anchor(match)
    _spell_out(tree, expression)
    return tree


def _spell_out(tree: exp.Expression, expression: ir.Expr) -> None:
    # Ibis writes * for a table that was declared with the few columns that a rule needs. The table has more, and
    # in a set operation they count.
    columns = {table.name: list(table.schema) for table in expression.op().find(ops.UnboundTable)}
    for operation in list(tree.find_all(exp.SetOperation)):
        for side in (operation.this, operation.expression):
            from_ = side.args.get("from_") or side.args.get("from") if isinstance(side, exp.Select) else None
            if from_ is not None and isinstance(side.expressions[0], exp.Star):
                source = from_.this
                names = [exp.column(n, source.alias_or_name, quoted=True) for n in columns.get(source.name, [])]
                side.set("expressions", names or side.expressions)


def _anchor(match: exp.RegexpLike) -> None:
    # REGEXP_LIKE matches the whole subject; Ibis pads with '.*', which a pattern from ^ to $ does not need.
    pattern = match.expression
    if isinstance(pattern, exp.Concat) and len(pattern.expressions) == 3:
        middle = pattern.expressions[1]
        if isinstance(middle, exp.Literal) and middle.name.startswith("^") and middle.name.endswith("$"):
            match.set("expression", middle)


def _text(tree: exp.Expression, pretty: bool = False) -> str:
    sql = tree.sql("snowflake", pretty=pretty)
    return _QUOTED.sub(lambda m: m[0].upper() if m[0][0] == '"' else m[0], sql)


def _count_sql(rows: ir.Table) -> str:
    tree = _tree(rows)
    plain = isinstance(tree, exp.Select) and not any(tree.args.get(k) for k in ("distinct", "group", "with_"))
    if plain:
        # The columns of the offending rows do not matter to their number, and there may be a hundred of them.
        tree.set("expressions", [exp.Literal.number(1)])
    return f"select count(*) from ({_text(tree)}) as bad"


def aggregate_sql(relation: ir.Table, rules: Sequence[Any]) -> str:
    """One row: the number of rows, then the count of every rule in order."""
    counts = {f"r{i}": rule.count for i, rule in enumerate(rules) if not rule.separate}
    aggregate = _text(_tree(relation.aggregate(n=relation.count(), **counts)))
    columns = ["a.n"]
    for i, rule in enumerate(rules):
        if not rule.separate:
            columns.append(f"a.r{i}")
        elif rule.count is None:
            columns.append(f"({_count_sql(rule.rows)}) as r{i}")
        else:
            columns.append(f"({_text(_tree(rule.count))}) as r{i}")
    return f"select {', '.join(columns)} from ({aggregate}) as a"


def rows_sql(rows: ir.Table, limit: int = 100) -> str:
    """A statement that shows at most `limit` of the rows."""
    return _text(_tree(rows.limit(limit)), pretty=True)

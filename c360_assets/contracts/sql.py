"""Snowflake SQL from Ibis expressions: plain upper-case names, anchored patterns, subqueries kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import sqlglot as sg
from sqlglot import exp


def _text(expression: ir.Expr) -> exp.Expression:
    compiler = ibis.snowflake.compiler
    tree: exp.Expression = compiler.to_sqlglot(expression.unbind())
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("this", identifier.name.upper())
    for match in list(tree.find_all(exp.RegexpLike)):
        _anchor(match)
    return tree


def _anchor(match: exp.RegexpLike) -> None:
    # REGEXP_LIKE matches the whole subject; Ibis pads with '.*', which a pattern from ^ to $ does not need.
    pattern = match.expression
    if isinstance(pattern, exp.Concat) and len(pattern.expressions) == 3:
        middle = pattern.expressions[1]
        if isinstance(middle, exp.Literal) and middle.name.startswith("^") and middle.name.endswith("$"):
            match.set("expression", middle)


def aggregate_sql(relation: ir.Table, rules: Sequence[Any]) -> str:
    """One row: the number of rows, then the count of every rule in order."""
    counts = {f"r{i}": rule.count for i, rule in enumerate(rules) if not rule.separate}
    aggregate = _text(relation.aggregate(n=relation.count(), **counts)).subquery("a")
    columns: list[exp.Expression] = [exp.column("N", "a")]
    for i, rule in enumerate(rules):
        if rule.separate:
            columns.append(exp.alias_(_text(rule.count).subquery(), f"R{i}"))
        else:
            columns.append(exp.column(f"R{i}", "a"))
    return sg.select(*columns).from_(aggregate).sql("snowflake")


def rows_sql(rows: ir.Table, limit: int = 100) -> str:
    """A statement that shows at most `limit` of the rows."""
    return _text(rows.limit(limit)).sql("snowflake", pretty=True)

"""OBJECT_AGG with its keys in order, so that equal objects are equal text; also over a window. Source: "OBJECT_AGG"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """`'{' || string_agg(pair, ',' order by key) || '}'`; string_agg passes pairs with a NULL over."""
    for call in list(expression.find_all(exp.ObjectAgg)):
        key = exp.cast(call.this, "TEXT")
        name = exp.Anonymous(this="TO_JSON", expressions=[key])
        value = exp.Anonymous(this="TO_JSON", expressions=[call.expression])
        pair = _concat(name, exp.Literal.string(":"), value)
        ordered = exp.Order(this=exp.Literal.string(","), expressions=[exp.Ordered(this=key.copy())])
        pairs: exp.Expr = exp.Anonymous(this="STRING_AGG", expressions=[pair, ordered])
        outer: exp.Expr = call
        while isinstance(outer.parent, exp.Window | exp.Filter) and outer.parent.this is outer:
            outer = outer.parent
        if outer is not call:
            call.replace(pairs)
            pairs = outer.copy()
        filled = exp.Coalesce(this=pairs, expressions=[exp.Literal.string("")])
        text = _concat(exp.Literal.string("{"), filled, exp.Literal.string("}"))
        outer.replace(exp.Cast(this=text, to=exp.DataType.build("JSON")))
    return expression


def _concat(*parts: exp.Expr) -> exp.Expr:
    whole = parts[0]
    for part in parts[1:]:
        whole = exp.DPipe(this=whole, expression=part)
    return exp.Paren(this=whole)

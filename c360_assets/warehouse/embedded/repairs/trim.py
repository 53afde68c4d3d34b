"""LTRIM, RTRIM and TRIM obey their second argument. Source: Snowflake documentation, "RTRIM"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Cast the operand to text here; fakesnow does it too, but loses side and characters over it."""
    for node in list(expression.find_all(exp.Trim)):
        if not isinstance(node.this, exp.Cast):
            node.set("this", exp.Cast(this=node.this, to=exp.DataType.build("TEXT")))
    return expression

"""SELECT SCHEMA.TABLE.* names all columns of a table; DuckDB takes only TABLE.*. Source: "SELECT"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Leave database and schema away; the table of FROM that they name has that name."""
    for column in list(expression.find_all(exp.Column)):
        if isinstance(column.this, exp.Star):
            column.set("db", None)
            column.set("catalog", None)
    return expression

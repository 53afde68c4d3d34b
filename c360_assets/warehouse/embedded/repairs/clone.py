"""CREATE TABLE … CLONE copies the rows (Snowflake shares them until they change). Source: "CREATE … CLONE"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from c360_assets.warehouse.embedded.errors import refused

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """A table clone as CREATE TABLE AS; OR REPLACE and TRANSIENT are kept."""
    clone = expression.args.get("clone") if isinstance(expression, exp.Create) else None
    if clone is None:
        return expression
    if str(expression.args.get("kind")).upper() != "TABLE":
        raise refused("CLONE of anything but a table")
    expression.set("clone", None)
    expression.set("expression", exp.select("*").from_(clone.this))
    return expression

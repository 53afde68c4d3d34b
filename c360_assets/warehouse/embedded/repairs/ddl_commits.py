"""A DDL statement commits the open transaction and is its own. Source: Snowflake documentation, "Transactions", DDL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_DDL = (exp.Create, exp.Drop, exp.Alter, exp.Comment, exp.TruncateTable)
_DML = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Copy)


def before(expression: exp.Expr, session: Session) -> None:
    """Commit before DDL; with AUTOCOMMIT off, open a transaction before DML."""
    if isinstance(expression, _DDL):
        session.commit_open_transaction()
    elif isinstance(expression, _DML) and not session.commits_itself:
        session.begin()

"""BEGIN, COMMIT and ROLLBACK. Source: Snowflake documentation, "BEGIN", "COMMIT", "ROLLBACK", "Transactions".

BEGIN inside a transaction and COMMIT or ROLLBACK outside one change nothing. After a failed statement Snowflake keeps
the transaction open; DuckDB cannot, so the engine rolls it back, says so in the error, runs later statements at once,
and answers the COMMIT of the lost transaction with an error, because part of what it should have committed is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from c360_assets.warehouse.embedded.errors import sql_error
from c360_assets.warehouse.embedded.reply import Reply, status

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session
    from c360_assets.warehouse.embedded.statement import Statement


def answer(statement: Statement, session: Session) -> Reply | None:
    """Carry out a transaction statement."""
    expression = statement.expression
    if isinstance(expression, exp.Transaction):
        session.begin()
    elif isinstance(expression, exp.Commit):
        if session.transaction_lost:
            session.transaction_lost = False
            raise sql_error(
                "Nothing to commit: a statement of this transaction failed and the embedded engine rolled it back.",
                625,
                "40000",
            )
        session.commit_open_transaction()
    elif isinstance(expression, exp.Rollback):
        session.transaction_lost = False
        session.roll_back_open_transaction()
    else:
        return None
    return status()

"""MERGE as one atomic DuckDB MERGE. Source: Snowflake documentation, "MERGE", nondeterministic results.

fakesnow splits a MERGE into several statements, which loses expressions over source columns, finds unqualified columns
ambiguous and lets several source rows win over one another. DuckDB's own MERGE reads columns as Snowflake does and
refuses a target row that several source rows update; errors.py gives that Snowflake's number 100090.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from c360_assets.warehouse.embedded.errors import sql_error
from c360_assets.warehouse.embedded.reply import Reply

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_COUNTED = {"INSERT": "inserted", "UPDATE": "updated", "DELETE": "deleted"}


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Drop target qualifiers that DuckDB does not take, and refuse what Snowflake does not know."""
    if not isinstance(expression, exp.Merge):
        return expression
    for when in expression.args["whens"].expressions:
        if when.args.get("source"):
            raise sql_error("SQL compilation error:\nsyntax error: NOT MATCHED BY SOURCE.", 1003, "42000")
        then = when.args.get("then")
        if isinstance(then, exp.Update):
            for assignment in then.expressions:
                if isinstance(assignment, exp.EQ) and isinstance(assignment.this, exp.Column):
                    assignment.set("this", exp.column(assignment.this.this))
        elif isinstance(then, exp.Insert) and isinstance(then.this, exp.Tuple):
            then.this.set("expressions", [_plain(c) for c in then.this.expressions])
    return expression


def _plain(column: exp.Expr) -> exp.Expr:
    return exp.column(column.this) if isinstance(column, exp.Column) else column


def finish(expression: exp.Expr) -> exp.Expr:
    """Ask DuckDB which action each row met."""
    if isinstance(expression, exp.Merge):
        expression.set("returning", exp.Returning(expressions=[exp.column("merge_action")]))
    return expression


def counts(expression: exp.Merge, actions: pa.Table) -> Reply:
    """Snowflake's answer: rows inserted, updated, deleted; only the kinds that the statement has."""
    kinds = {_kind(when) for when in expression.args["whens"].expressions}
    counted = pc.value_counts(actions.column(0).combine_chunks()) if actions.num_rows else []
    found = {row["values"].as_py(): row["counts"].as_py() for row in counted}
    wanted = [(action, word) for action, word in _COUNTED.items() if action in kinds]
    columns = [(f"number of rows {word}", "BIGINT") for _, word in wanted]
    return Reply(columns, [[found.get(action, 0) for action, _ in wanted]])


def _kind(when: exp.When) -> str:
    then = when.args.get("then")
    if isinstance(then, exp.Insert):
        return "INSERT"
    return "UPDATE" if isinstance(then, exp.Update) else "DELETE"

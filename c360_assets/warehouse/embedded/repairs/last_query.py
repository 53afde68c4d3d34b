"""LAST_QUERY_ID() and INFORMATION_SCHEMA.QUERY_HISTORY(). Source: Snowflake documentation, pages of these names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from c360_assets.warehouse.embedded.query_log import as_table

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_VIEW = "C360_QUERY_HISTORY"


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Put the id of the session's last statement in; read the history from the engine's query log."""
    for call in list(expression.find_all(exp.Anonymous)):
        if call.name.upper() == "LAST_QUERY_ID":
            last = session.last_query_id
            call.replace(exp.Literal.string(last) if last else exp.Null())
        elif call.name.upper() in ("QUERY_HISTORY", "QUERY_HISTORY_BY_SESSION"):
            source = call.find_ancestor(exp.TableFromRows)
            if source is None:
                continue
            records = list(session.engine.query_log)
            if call.name.upper().endswith("SESSION"):
                records = [r for r in records if r.session_id == session.session_id]
            session._duck_conn.register(_VIEW, as_table(records))
            source.replace(
                exp.Table(
                    this=exp.to_identifier(_VIEW),
                    alias=source.args.get("alias"),
                    db=exp.to_identifier("main", quoted=True),
                    catalog=exp.to_identifier("temp", quoted=True),
                )
            )
    return expression

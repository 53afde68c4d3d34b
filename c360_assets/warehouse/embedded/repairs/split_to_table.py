"""SPLIT_TO_TABLE in FROM: SEQ, INDEX (from 1) and VALUE. Source: Snowflake documentation, "SPLIT_TO_TABLE"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Replace the table function by a subquery, which DuckDB correlates with what stands before it."""
    for call in list(expression.find_all(exp.SplitToTable)):
        source = call.parent
        if not isinstance(source, exp.TableFromRows | exp.Lateral):
            continue
        parts = exp.Anonymous(this="STRING_SPLIT", expressions=[call.this, call.expression])
        query = parse_one(
            'select 1 as SEQ, unnest(range(1, len(parts) + 1)) as "INDEX", unnest(parts) as "VALUE" from (select 1)',
            read="duckdb",
        )
        for column in list(query.find_all(exp.Column)):
            if column.name == "parts":
                column.replace(parts.copy())
        alias = source.args.get("alias") or exp.TableAlias(this=exp.to_identifier("SPLIT_TO_TABLE"))
        source.replace(exp.Subquery(this=query, alias=alias))
    return expression

"""Statements that differ from DuckDB's in a word: TRUNCATE IF EXISTS, ALTER TABLE SET parameter, COLLATE on a column.

Source: Snowflake documentation, "TRUNCATE TABLE", "ALTER TABLE", "COLLATE"; columns of VALUES: "VALUES".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from c360_assets.warehouse.embedded.functions.definition import qualify

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_DONE = "Statement executed successfully."


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Leave out or turn into a plain answer what DuckDB does not read."""
    if isinstance(expression, exp.TruncateTable) and expression.args.get("exists"):
        expression.set("exists", False)
        if not _exists(expression.expressions[0], session):
            return exp.select(exp.alias_(exp.Literal.string(_DONE), "status"))
    if isinstance(expression, exp.Create):
        for column in expression.find_all(exp.ColumnDef):
            constraints = column.args.get("constraints") or []
            kept = [c for c in constraints if not isinstance(c.kind, exp.CollateColumnConstraint)]
            column.set("constraints", kept)
    for values in expression.find_all(exp.Values):
        alias = values.args.get("alias")
        parent = values.parent
        if isinstance(parent, exp.Subquery | exp.Paren) and alias is None:
            alias = parent.args.get("alias")
        if isinstance(alias, exp.TableAlias) and not alias.args.get("columns") and values.expressions:
            width = len(values.expressions[0].expressions) or 1
            alias.set("columns", [exp.to_identifier(f"COLUMN{i + 1}", quoted=True) for i in range(width)])
    return expression


def _exists(table: exp.Expr, session: Session) -> bool:
    if not isinstance(table, exp.Table):
        return False
    key = qualify(table, session.database, session.schema)
    if key in session.temporary:
        return True
    sql = "select 1 from duckdb_tables() where database_name = ? and schema_name = ? and table_name = ?"
    return bool(session._duck_conn.execute(sql, list(key)).fetchall())

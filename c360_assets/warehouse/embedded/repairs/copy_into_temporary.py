"""COPY INTO a temporary table. Source: Snowflake documentation, "Working with Temporary and Transient Tables".

fakesnow writes the table's name without quotes, and a temporary table's name holds dots here. A table created anew has
no load history on Snowflake; here that of its name goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duckdb import DuckDBPyConnection
from fakesnow import copy_into
from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session


def install() -> None:
    """Let fakesnow describe a COPY's target by its quoted name.

    Raises:
        RuntimeError: fakesnow describes it in another way.
    """
    if not hasattr(copy_into, "_describe_table"):
        raise RuntimeError("fakesnow describes COPY's table differently; install from requirements.lock.")
    copy_into._describe_table = _describe_table


def after(expression: exp.Expr, session: Session) -> None:
    """Forget what was loaded into an earlier temporary table of the name."""
    if (key := expression.meta.get("c360_temporary")) and session.database:
        session._duck_conn.execute(
            f'delete from "{session.database}"._fs_information_schema._fs_load_history '
            "where schema_name = 'main' and table_name = ?",
            [session.temporary[key]],
        )


def _describe_table(
    table: exp.Table, duck_conn: DuckDBPyConnection, current_database: str | None, current_schema: str | None
) -> list[tuple[str, str]]:
    parts = (table.catalog or current_database, table.db or current_schema, table.name)
    path = ".".join(exp.to_identifier(part, quoted=True).sql("duckdb") for part in parts if part)
    return [(row[0], row[1]) for row in duck_conn.execute(f"describe {path}").fetchall()]

"""COPY INTO skips a file that it has loaded, unless the file has changed since. Source: "COPY INTO <table>", FORCE.

Snowflake knows a changed file by its ETag and a recreated stage by its own location. Here the load history is kept by
path, so what was staged anew is taken out of the history first; otherwise it would be skipped silently.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session


def before(expression: exp.Expr, session: Session) -> None:
    """Forget the loads of files that were staged again later."""
    if not isinstance(expression, exp.Copy) or not (table := expression.find(exp.Table)) or not session.database:
        return
    history = f'"{session.database}"._fs_information_schema._fs_load_history'
    where = "where upper(table_name) = upper(?) and upper(schema_name) = upper(?)"
    place = [table.name, table.db or session.schema]
    loaded = session._duck_conn.execute(
        f"select file_name, epoch(last_load_time) from {history} {where}", place
    ).fetchall()
    for name, loaded_at in loaded:
        file = Path(name)
        if not file.exists() or file.stat().st_mtime > loaded_at:
            session._duck_conn.execute(f"delete from {history} {where} and file_name = ?", [*place, name])

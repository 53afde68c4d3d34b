"""DROP STAGE and REMOVE. Source: Snowflake documentation, "DROP STAGE", "REMOVE"."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from fakesnow.transforms import stage
from sqlglot import exp

from c360_assets.warehouse.embedded.functions.definition import qualify
from c360_assets.warehouse.embedded.repairs.several_statements import dropped_container
from c360_assets.warehouse.embedded.reply import Reply, status

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session
    from c360_assets.warehouse.embedded.statement import Statement

_STAGES = "_fs_global._fs_information_schema._fs_stages"


def answer(statement: Statement, session: Session) -> Reply | None:
    """Drop a stage with its files, or remove files from one."""
    if statement.starts("DROP", "STAGE"):
        return _drop(statement.expression, session)
    if statement.words[0] in ("REMOVE", "RM"):
        return _remove(statement, session)
    return None


def after(expression: exp.Expr, session: Session) -> None:
    """Stages go with their schema or database."""
    if container := dropped_container(expression, session.database):
        database, schema = container
        session._duck_conn.execute(
            f"delete from {_STAGES} where database_name = ? and schema_name = coalesce(?, schema_name)",
            [database, schema],
        )
        shutil.rmtree(Path(stage.LOCAL_BUCKET_PATH, database, schema or ""), ignore_errors=True)


def _drop(expression: exp.Expr, session: Session) -> Reply:
    table = (expression.args.get("tables") or [expression.this])[0]
    database, schema, name = qualify(table, session.database, session.schema)
    session.commit_open_transaction()
    dropped = session._duck_conn.execute(
        f"delete from {_STAGES} where database_name = ? and schema_name = ? and name = ? returning 1",
        [database, schema, name],
    ).fetchall()
    if not dropped and not expression.args.get("exists"):
        raise stage.not_found_error(f"{database}.{schema}.{name}")
    shutil.rmtree(stage.internal_dir(f"{database}.{schema}.{name}"), ignore_errors=True)
    return status(f"{name} successfully dropped.")


def _remove(statement: Statement, session: Session) -> Reply:
    location = statement.sql.strip().split(None, 1)[1].strip().rstrip(";").strip().strip("'").removeprefix("@")
    name, _, path = location.partition("/")
    parts = stage.parts_from_var(name, session.database, session.schema)
    root = Path(stage.internal_dir(".".join(parts)))
    prefix = stage.internal_dir(".".join(parts), path)
    removed = []
    for file in sorted(root.rglob("*")):
        if file.is_file() and str(file).startswith(prefix):
            file.unlink()
            removed.append((f"{parts[2].lower()}/{file.relative_to(root)}", "removed"))
    return Reply([("name", "VARCHAR"), ("result", "VARCHAR")], removed)

"""CREATE, DROP, DESCRIBE and SHOW FUNCTION. Source: Snowflake documentation, pages of these names."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlglot import exp

from c360_assets.warehouse.embedded.errors import sql_error
from c360_assets.warehouse.embedded.functions.definition import qualify
from c360_assets.warehouse.embedded.repairs.several_statements import dropped_container
from c360_assets.warehouse.embedded.reply import Reply, status

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session
    from c360_assets.warehouse.embedded.statement import Statement

_SHOWN = (
    "created_on", "name", "schema_name", "is_builtin", "is_aggregate", "is_ansi", "min_num_arguments",
    "max_num_arguments", "arguments", "description", "catalog_name", "is_table_function", "valid_for_clustering",
    "is_secure", "is_external_function", "language", "is_memoizable", "is_data_metric",
)  # fmt: skip


def answer(statement: Statement, session: Session) -> Reply | None:
    """Carry out a statement about functions."""
    words = statement.words
    if words[0] == "CREATE" and "FUNCTION" in words[:7] and isinstance(statement.expression, exp.Command):
        return _create(statement, session)
    if statement.starts("DROP", "FUNCTION"):
        return _drop(statement.expression, session)
    if words[0] in ("DESC", "DESCRIBE") and words[1:2] == ["FUNCTION"]:
        return _describe(statement.expression, session)
    if words[0] == "SHOW" and ("FUNCTIONS" in words[1:3]):
        return _show(statement, session)
    return None


def after(expression: exp.Expr, session: Session) -> None:
    """Functions go with their schema or database."""
    if container := dropped_container(expression, session.database):
        session.engine.functions.drop_container(*container)


def _create(statement: Statement, session: Session) -> Reply:
    session.commit_open_transaction()
    function, created = session.engine.functions.create(statement.sql, session.database, session.schema)
    name = function.key[2]
    if not created:
        return status(f"{name} already exists, statement succeeded.")
    return status(f"Function {name} successfully created.")


def _drop(expression: exp.Expr, session: Session) -> Reply:
    session.commit_open_transaction()
    table = (expression.args.get("tables") or [expression.this])[0]
    key = qualify(table, session.database, session.schema)
    types = expression.args.get("expressions")
    arity = len(types) if types else (0 if session.engine.functions.find(key, 0) else None)
    if not session.engine.functions.drop(key, arity) and not expression.args.get("exists"):
        raise _missing(".".join(key))
    return status(f"{key[2]} successfully dropped.")


def _describe(expression: exp.Expr, session: Session) -> Reply:
    target = expression.this
    table = target if isinstance(target, exp.Table) else target.find(exp.Table)
    key = qualify(table, session.database, session.schema)
    found = session.engine.functions.overloads(key)
    if not found:
        raise _missing(".".join(key))
    function = found[0]
    rows = [
        ("signature", function.signature.split(" RETURN ")[0].removeprefix(key[2])),
        ("returns", function.signature.split(" RETURN ")[1]),
        ("language", function.language),
        ("volatility", "IMMUTABLE" if function.immutable else "VOLATILE"),
        ("handler", function.handler),
        ("packages", str(list(function.packages))),
        ("body", function.body),
    ]
    return Reply([("property", "VARCHAR"), ("value", "VARCHAR")], rows)


def _show(statement: Statement, session: Session) -> Reply:
    names = _scope(statement, session)
    rows = []
    for function, created_on in session.engine.functions.all():
        database, schema, name = function.key
        if names and (database, schema)[: len(names)] != tuple(names):
            continue
        rows.append(
            (
                datetime.fromisoformat(created_on), name, schema, "N", "N", "N", str(function.required),
                str(len(function.arguments)), function.signature, function.comment or "user-defined function",
                database, "Y" if function.is_table else "N", "N", "N", "N", function.language, "N", "N",
            )
        )  # fmt: skip
    types = {"created_on": "TIMESTAMP WITH TIME ZONE"}
    return Reply([(n, types.get(n, "VARCHAR")) for n in _SHOWN], rows)


def _scope(statement: Statement, session: Session) -> list[str]:
    words = statement.words
    if "IN" not in words:
        return [n for n in (session.database, session.schema) if n]
    rest = [w for w in words[words.index("IN") + 1 :] if w != "."]
    if rest[:1] == ["ACCOUNT"]:
        return []
    if rest[:1] == ["DATABASE"]:
        return rest[1:2] or [session.database or ""]
    rest = rest[1:] if rest[:1] == ["SCHEMA"] else rest
    names = []
    for word in rest:
        if word in ("LIMIT", "LIKE", "STARTS"):
            break
        names.append(word)
    return names if len(names) == 2 else [session.database or "", *(names or [session.schema or ""])]


def _missing(name: str) -> Exception:
    return sql_error(f"SQL compilation error:\nFunction '{name}' does not exist or not authorized.", 2003, "42S02")

"""Statements that DuckDB needs in several parts. Source: Snowflake documentation, "ALTER TABLE", "CREATE SCHEMA".

ALTER TABLE … ADD COLUMN a, b adds every column; CREATE OR REPLACE SCHEMA drops what the schema holds.
"""

from __future__ import annotations

from sqlglot import exp


def split(expression: exp.Expr) -> list[exp.Expr]:
    """The parts, in order; any other statement as it is."""
    if isinstance(expression, exp.Alter):
        return _columns(expression)
    if _is_replaced_schema(expression):
        target = expression.this
        drop = exp.Drop(kind="SCHEMA", tables=[target.copy()], exists=True, cascade=True)
        create = expression.copy()
        create.set("replace", False)
        return [drop, create]
    return [expression]


def dropped_container(expression: exp.Expr, database: str | None) -> tuple[str, str | None] | None:
    """Database and schema (None: all of them) that this statement drops or replaces, None if it does neither."""
    if isinstance(expression, exp.Drop):
        kind, table = str(expression.args.get("kind")).upper(), (expression.args.get("tables") or [expression.this])[0]
    elif _is_replaced_schema(expression):
        kind, table = "SCHEMA", expression.this
    else:
        return None
    if kind == "DATABASE":
        return table.name.upper(), None
    return ((table.catalog or database or "").upper(), table.db.upper()) if kind == "SCHEMA" else None


def _is_replaced_schema(expression: exp.Expr) -> bool:
    """True for CREATE OR REPLACE SCHEMA."""
    return (
        isinstance(expression, exp.Create)
        and str(expression.args.get("kind")).upper() == "SCHEMA"
        and bool(expression.args.get("replace"))
    )


def _columns(expression: exp.Alter) -> list[exp.Expr]:
    actions = expression.args.get("actions") or []
    if len(actions) < 2 or not all(isinstance(a, exp.ColumnDef) for a in actions):
        return [expression]
    parts: list[exp.Expr] = []
    for action in actions:
        part = expression.copy()
        part.set("actions", [action.copy()])
        parts.append(part)
    return parts

"""PRIMARY KEY, UNIQUE and FOREIGN KEY are declared, not enforced; NOT NULL is. Source: "Overview of Constraints"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_COLUMN_KEYS = (exp.PrimaryKeyColumnConstraint, exp.UniqueColumnConstraint, exp.Reference)
_TABLE_KEYS = (exp.PrimaryKey, exp.UniqueColumnConstraint, exp.ForeignKey)


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Leave keys out of the DuckDB table; a primary key still makes its columns NOT NULL, as on Snowflake."""
    if isinstance(expression, exp.Create) and isinstance(expression.this, exp.Schema):
        keys = _primary_key_columns(expression.this)
        kept = []
        for item in expression.this.expressions:
            if isinstance(item, exp.ColumnDef):
                _strip_column(item, item.name.upper() in keys)
                kept.append(item)
            elif not _is_key(item):
                kept.append(item)
        expression.this.set("expressions", kept)
    elif isinstance(expression, exp.Alter):
        actions = expression.args.get("actions") or []
        if actions and all(isinstance(a, exp.AddConstraint) and all(map(_is_key, a.expressions)) for a in actions):
            return exp.select(exp.alias_(exp.Literal.string("Statement executed successfully."), "status"))
    return expression


def _is_key(item: exp.Expr) -> bool:
    if isinstance(item, exp.Constraint):
        return any(isinstance(e, _TABLE_KEYS) for e in item.expressions)
    return isinstance(item, _TABLE_KEYS)


def _primary_key_columns(schema: exp.Schema) -> set[str]:
    return {
        column.name.upper()
        for key in schema.find_all(exp.PrimaryKey)
        for column in key.expressions
        if isinstance(column, exp.Identifier | exp.Column | exp.Ordered)
    }


def _strip_column(column: exp.ColumnDef, in_primary_key: bool) -> None:
    constraints = column.args.get("constraints") or []
    kept = [c for c in constraints if not isinstance(c.kind, _COLUMN_KEYS)]
    primary = in_primary_key or any(isinstance(c.kind, exp.PrimaryKeyColumnConstraint) for c in constraints)
    if primary and not any(isinstance(c.kind, exp.NotNullColumnConstraint) for c in kept):
        kept.append(exp.ColumnConstraint(kind=exp.NotNullColumnConstraint()))
    column.set("constraints", kept)

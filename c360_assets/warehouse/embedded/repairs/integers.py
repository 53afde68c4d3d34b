"""Integers have 38 digits: a literal does not make a 32-bit column, and its product does not overflow.

Source: Snowflake documentation, "Numeric Data Types". Here integers have 64 bits; `capabilities.SIMULATED` says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakesnow import info_schema
from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_VALUE_OF = (exp.Alias, exp.If, exp.Case, exp.Coalesce, exp.Mul, exp.Neg)
_INTEGERS = "('BIGINT', 'HUGEINT', 'INTEGER', 'SMALLINT', 'TINYINT', 'UBIGINT', 'UINTEGER', 'USMALLINT', 'UTINYINT')"


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Cast integer literals where they give a result its type."""
    for literal in list(expression.find_all(exp.Literal)):
        if literal.is_string or not literal.name.isdigit():
            continue
        parent = literal.parent
        values = parent.parent if isinstance(parent, exp.Tuple) else None
        # An INSERT's values take their types from the table.
        untyped = isinstance(values, exp.Values) and not isinstance(values.parent, exp.Insert)
        selected = isinstance(parent, exp.Select) and literal.arg_key == "expressions"
        if selected or untyped or isinstance(parent, _VALUE_OF):
            literal.replace(exp.Cast(this=literal.copy(), to=exp.DataType.build("BIGINT")))
    return expression


def columns_view() -> str:
    """fakesnow's view of all columns, in which every integer type is a NUMBER(38, 0).

    Raises:
        RuntimeError: fakesnow's view is not the expected one.
    """
    sql = info_schema.SQL_CREATE_GLOBAL_INFORMATION_SCHEMA_COLUMNS_VIEW
    old = "columns.data_type='BIGINT'"
    if sql.count(old) != 3 or "create view if not exists" not in sql:
        raise RuntimeError("fakesnow lists columns differently than expected; install from requirements.lock.")
    scale = "case when columns.data_type='DOUBLE' then NULL else columns.numeric_scale end"
    sql = sql.replace(scale, f"case when columns.data_type in {_INTEGERS} then 0 else columns.numeric_scale end")
    return sql.replace(old, f"columns.data_type in {_INTEGERS}").replace(
        "create view if not exists", "create or replace view"
    )

"""A VARIANT that holds a string becomes text without quotes, and text becomes such a VARIANT.

Source: Snowflake documentation, "Semi-structured Data Types", casting. fakesnow knows it of paths only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

T = exp.DataType.Type


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """`x::variant` is TO_VARIANT(x); DuckDB's cast would read the text as JSON."""
    for cast in list(expression.find_all(exp.Cast)):
        if type(cast) is exp.Cast and cast.to.this == T.VARIANT and not isinstance(cast.this, exp.ParseJSON):
            new = exp.ToVariant(this=cast.this)
            if cast is expression:
                return new
            cast.replace(new)
    return expression


def finish(expression: exp.Expr) -> exp.Expr:
    """Cast to text by type; DuckDB knows a column's before the statement runs, so that it costs nothing."""
    for cast in list(expression.find_all(exp.Cast)):
        value = cast.this
        if cast.to.this not in exp.DataType.TEXT_TYPES:
            continue
        if isinstance(value, exp.ParseJSON) or (isinstance(value, exp.Anonymous) and value.name.upper() == "TO_JSON"):
            cast.replace(_text(value))
        elif isinstance(value, exp.Column):
            # Columns only: the value is written down twice, which would multiply through nested expressions.
            kind = exp.Anonymous(this="TYPEOF", expressions=[value.copy()])
            is_json = exp.EQ(this=kind, expression=exp.Literal.string("JSON"))
            cast.replace(exp.Case(ifs=[exp.If(this=is_json, true=_text(value))], default=cast.copy()))
    return expression


def _text(value: exp.Expr) -> exp.Expr:
    as_json = exp.Anonymous(this="TO_JSON", expressions=[value.copy()])
    return exp.Anonymous(this="JSON_EXTRACT_STRING", expressions=[as_json, exp.Literal.string("$")])

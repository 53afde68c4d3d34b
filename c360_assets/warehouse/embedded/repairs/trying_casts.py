"""TRY_ functions give NULL for what they cannot read and obey their format; COUNT_IF over no rows is 0.

Source: Snowflake documentation, "TRY_CAST", "TRY_TO_TIMESTAMP", "TRY_TO_DATE", "COUNT_IF".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

T = exp.DataType.Type
_WITHOUT_ZONE = (T.TIMESTAMP, T.TIMESTAMPNTZ)
# A name that fakesnow passes over; `finish` turns it into the cast.
_MARK = "C360_TRY_TIMESTAMP"
_FUNCTIONS = {
    "TRY_TO_TIMESTAMP": "TIMESTAMP",
    "TRY_TO_TIMESTAMP_NTZ": "TIMESTAMP",
    "TRY_TO_TIMESTAMP_TZ": "TIMESTAMPTZ",
    "TRY_TO_TIMESTAMP_LTZ": "TIMESTAMPTZ",
}


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Rewrite before fakesnow turns a tried cast into a strict one."""
    for node in list(expression.find_all(exp.TryCast, exp.Anonymous, exp.TsOrDsToDate, exp.CountIf)):
        new = _replacement(node)
        if new is not None:
            node.replace(new)
    return expression


def finish(expression: exp.Expr) -> exp.Expr:
    """Put the tried casts in."""
    for node in list(expression.find_all(exp.Anonymous)):
        if node.name == _MARK:
            value, kind = node.expressions
            node.replace(exp.TryCast(this=value, to=exp.DataType.build(kind.name, dialect="duckdb")))
    return expression


def _replacement(node: exp.Expr) -> exp.Expr | None:
    if isinstance(node, exp.TryCast):
        return _mark(node.this, "TIMESTAMP") if node.to.this in _WITHOUT_ZONE else None
    if isinstance(node, exp.CountIf):
        counted = exp.Case(ifs=[exp.If(this=node.this, true=exp.Literal.number(1))])
        return exp.Count(this=counted, big_int=True)
    if isinstance(node, exp.TsOrDsToDate):
        form = node.args.get("format")
        if not node.args.get("safe") or form is None:
            return None
        read = exp.Anonymous(this="TRY_STRPTIME", expressions=[node.this, form])
        return exp.Cast(this=read, to=exp.DataType.build("DATE"))
    if node.name.upper() in _FUNCTIONS and len(node.expressions) == 1:
        return _mark(node.expressions[0], _FUNCTIONS[node.name.upper()])
    return None


def _mark(value: exp.Expr, kind: str) -> exp.Expr:
    return exp.Anonymous(this=_MARK, expressions=[value, exp.Literal.string(kind)])

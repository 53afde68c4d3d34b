"""HASH and HASH_AGG give signed 64-bit numbers. Source: Snowflake documentation, "HASH", "HASH_AGG".

DuckDB's hash is unsigned. The numbers are stable here but are not Snowflake's: both call them proprietary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_DONE = "c360_signed"
_OFFSET = "9223372036854775808"


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Bring hashes into the range of a signed 64-bit number."""
    for call in list(expression.find_all(exp.HashAgg)):
        arguments = [call.this, *call.args.get("expressions", [])]
        total = exp.Sum(this=_hash(arguments))
        remainder = exp.Mod(
            this=exp.Coalesce(this=total, expressions=[exp.Literal.number(0)]),
            expression=exp.Literal.number(_OFFSET),
        )
        call.replace(exp.Cast(this=exp.Paren(this=remainder), to=exp.DataType.build("BIGINT")))
    for plain in list(expression.find_all(exp.Anonymous)):
        if plain.name.upper() == "HASH" and not plain.meta.get(_DONE) and not isinstance(plain.parent, exp.Dot):
            signed = exp.Sub(
                this=_hash(plain.expressions),
                expression=exp.Literal.number(_OFFSET),
            )
            new = exp.Cast(this=exp.Paren(this=signed), to=exp.DataType.build("BIGINT"))
            if plain is expression:
                return new
            plain.replace(new)
    return expression


def _columns(argument: exp.Expr) -> exp.Expr:
    if isinstance(argument, exp.Star):
        return exp.Anonymous(this="*COLUMNS", expressions=[argument])
    return argument


def _hash(arguments: list[exp.Expr]) -> exp.Expr:
    call = exp.Anonymous(this="hash", expressions=[_columns(a) for a in arguments])
    call.meta[_DONE] = True
    return exp.Cast(this=call, to=exp.DataType.build("HUGEINT", dialect="duckdb"))

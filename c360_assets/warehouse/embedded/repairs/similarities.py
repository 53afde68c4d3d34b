"""JAROWINKLER_SIMILARITY and OCTET_LENGTH. Source: Snowflake documentation, the pages of the same names."""

from __future__ import annotations

from sqlglot import exp

# What is a whole hundredth must not become the one below it.
_ROUNDING = 1e-9


def finish(expression: exp.Expr) -> exp.Expr:
    """Cut similarities to whole hundredths, where sqlglot rounds; count bytes of text, where DuckDB wants a BLOB."""
    for call in list(expression.find_all(exp.JarowinklerSimilarity)):
        if call.args.get("integer_scale"):
            exact = exp.JarowinklerSimilarity(
                this=exp.Upper(this=call.this.copy()), expression=exp.Upper(this=call.expression.copy())
            )
            scaled = exp.Add(this=exp.Mul(this=exact, expression=exp.Literal.number(100)),
                             expression=exp.Literal.number(_ROUNDING))  # fmt: skip
            call.replace(exp.cast(exp.Floor(this=scaled), "INTEGER"))
    for length in list(expression.find_all(exp.ByteLength)):
        length.replace(exp.Anonymous(this="STRLEN", expressions=[exp.cast(length.this.copy(), "TEXT")]))
    return expression

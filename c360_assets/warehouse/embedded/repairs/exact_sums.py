"""SUM of NUMBER is an exact NUMBER; text is not summed silently. Source: Snowflake documentation, "SUM".

fakesnow tries to cast every argument of SUM, AVG and their like to DOUBLE: money comes out inexact and text as NULL.
"""

from __future__ import annotations

import fakesnow.transforms
import fakesnow.transforms.transforms as fakesnow_transforms
from sqlglot import exp

_PATHS = (exp.JSONExtract, exp.JSONExtractScalar, exp.ParseJSON, exp.Bracket)


def install() -> None:
    """Put `_named` in place of fakesnow's transform.

    Raises:
        RuntimeError: fakesnow has no such transform.
    """
    for name in ("numeric_agg_implicit_cast", "_numeric_agg_col_name", "_NUMERIC_ONLY_AGGS"):
        if not hasattr(fakesnow_transforms, name):
            raise RuntimeError(f"fakesnow has no {name}; install from requirements.lock.")
    fakesnow.transforms.numeric_agg_implicit_cast = _named


def _named(expression: exp.Expr) -> exp.Expr:
    """Name the column as Snowflake does; cast only what is semi-structured, as Snowflake does too."""
    if not isinstance(expression, fakesnow_transforms._NUMERIC_ONLY_AGGS):
        return expression
    argument = expression.this
    name = fakesnow_transforms._numeric_agg_col_name(expression, argument)
    if isinstance(argument.unnest(), _PATHS):
        expression.set("this", exp.Cast(this=argument, to=exp.DataType.build("DOUBLE")))
    if name and isinstance(expression.parent, exp.Select):
        return exp.alias_(expression, name, quoted=True)
    return expression

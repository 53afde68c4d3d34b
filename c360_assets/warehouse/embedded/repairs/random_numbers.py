"""RANDOM is a 64-bit integer at any depth of a query. Source: Snowflake documentation, "RANDOM".

fakesnow stretches the number once for every SELECT around it, which overflows from the second on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_STRETCHED = "cast((fraction - 0.5) * 18446744073709549568.0::double as bigint)"


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Stretch RANDOM() here, out of fakesnow's sight; with a seed, or inside UNIFORM and its like, it is fakesnow's."""
    for call in list(expression.find_all(exp.Rand)):
        if call.this is not None or isinstance(call.parent, exp.Func):
            continue
        call.replace(_stretched())
    return expression


def _stretched() -> exp.Expr:
    return parse_one(_STRETCHED, read="duckdb").transform(
        lambda node: exp.Anonymous(this="RANDOM") if isinstance(node, exp.Column) else node
    )

"""CURRENT_WAREHOUSE, CURRENT_ROLE and their like: names of the one user and process there is (listed as simulated).

Source: Snowflake documentation, "Context functions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

NAMES = {
    "CURRENT_WAREHOUSE": "EMBEDDED",
    "CURRENT_ROLE": "EMBEDDED",
    "CURRENT_USER": "C360",
    "CURRENT_ACCOUNT": "EMBEDDED",
    "CURRENT_ACCOUNT_NAME": "EMBEDDED",
    "CURRENT_ORGANIZATION_NAME": "EMBEDDED",
    "CURRENT_REGION": "LOCAL",
    "CURRENT_SECONDARY_ROLES": '{"roles":"","value":""}',
    "CURRENT_AVAILABLE_ROLES": '["EMBEDDED"]',
}


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Put the name in, under the function's name if it is selected as it stands."""
    for call in list(expression.find_all(exp.Func)):
        name = call.name.upper() if isinstance(call, exp.Anonymous) else call.sql_name()
        if name == "CURRENT_SESSION":
            text = session.session_id
        elif name in NAMES and not call.expressions and not isinstance(call.parent, exp.Dot):
            text = NAMES[name]
        else:
            continue
        new: exp.Expr = exp.Literal.string(text)
        if isinstance(call.parent, exp.Select) and call.arg_key == "expressions":
            new = exp.alias_(new, f"{name}()", quoted=True)
        call.replace(new)
    return expression

"""TO_TIMESTAMP_* of columns: text, epoch numbers with a scale, and what is a timestamp already. Source: "TO_TIMESTAMP".

fakesnow sends every cast to TIMESTAMP_NTZ through a macro that tries an integer first and knows no 9-digit scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_MACRO = """
create or replace macro "{catalog}"._fs_to_timestamp(val, scale) as (
    case
        when typeof(val) in ('TIMESTAMP', 'TIMESTAMP_NS', 'DATE', 'TIMESTAMP WITH TIME ZONE')
            then cast(val as timestamp)
        when typeof(val) in ('VARCHAR', 'JSON', '"NULL"') then
            case
                when regexp_full_match(cast(val as varchar), '-?[0-9]+')
                    then make_timestamp(cast(try_cast(val as hugeint) * 1000000 as bigint))
                else cast(val as timestamp)
            end
        else make_timestamp(cast(round(try_cast(val as double) * power(10, 6 - scale)) as bigint))
    end
)
"""
_WITH_ZONE = ("TO_TIMESTAMP_TZ", "TO_TIMESTAMP_LTZ")


def create_macro(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Put the macro in place of fakesnow's."""
    connection.execute(_MACRO.format(catalog=catalog))


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """TO_TIMESTAMP_TZ and _LTZ of a column as a cast; the session's time zone is UTC."""
    for call in list(expression.find_all(exp.Anonymous)):
        if call.name.upper() in _WITH_ZONE and len(call.expressions) == 1:
            call.replace(exp.Cast(this=call.expressions[0], to=exp.DataType.build("TIMESTAMPTZ")))
    return expression

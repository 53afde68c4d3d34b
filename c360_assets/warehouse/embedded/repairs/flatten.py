"""FLATTEN with PATH, OUTER and MODE, elements in order. Source: Snowflake documentation, "FLATTEN".

fakesnow ignores these arguments silently. RECURSIVE is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp, parse_one

from c360_assets.warehouse.embedded.errors import refused

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_MACRO = """
create or replace macro "{catalog}"._fs_flatten(input, outer_rows := false, prefix := '', kind := 'BOTH') as table
    select
        hash(to_json(input)) as SEQ,
        e.k as KEY,
        case
            when e.i is not null then prefix || '[' || e.i || ']'
            when e.k is null then nullif(prefix, '')
            when regexp_full_match(e.k, '[A-Za-z_][A-Za-z0-9_]*')
                then case when prefix = '' then e.k else prefix || '.' || e.k end
            else prefix || '[''' || e.k || ''']'
        end as PATH,
        e.i as INDEX,
        e.v as VALUE,
        to_json(input) as THIS
    from (
        select unnest(
            case when outer_rows and coalesce(len(items), 0) = 0
                then [{{'k': null::varchar, 'i': null::bigint, 'v': null::json}}] else items end
        ) as e
        from (
            select case
                when json_type(to_json(input)) = 'OBJECT' and kind <> 'ARRAY' then list_transform(
                    map_entries(cast(to_json(input) as map(varchar, json))),
                    lambda x: {{'k': x.key, 'i': null::bigint, 'v': x.value}}
                )
                when json_type(to_json(input)) = 'ARRAY' and kind <> 'OBJECT' then list_transform(
                    cast(to_json(input) as json[]),
                    lambda x, n: {{'k': null::varchar, 'i': n - 1, 'v': x}}
                )
            end as items
        )
    )
"""


def create_macro(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Put the macro in place of fakesnow's."""
    connection.execute(_MACRO.format(catalog=catalog))


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Call the macro with all arguments."""
    for call in list(expression.find_all(exp.Explode)):
        source = call.parent
        if not isinstance(source, exp.Lateral | exp.TableFromRows):
            continue
        named = {a.this.name.upper(): a.expression for a in (call.this, *call.expressions) if isinstance(a, exp.Kwarg)}
        data = named.get("INPUT", call.this)
        if _is_true(named.get("RECURSIVE")):
            raise refused("FLATTEN with RECURSIVE")
        path = named.get("PATH")
        if path is not None and path.name:
            data = parse_one(f"get_path(input, {path.sql('snowflake')})", read="snowflake").transform(
                lambda node, data=data: data.copy() if isinstance(node, exp.Column) else node
            )
        arguments = [
            data,
            exp.true() if _is_true(named.get("OUTER")) else exp.false(),
            exp.Literal.string(path.name if path is not None else ""),
            exp.Literal.string((named["MODE"].name if "MODE" in named else "BOTH").upper()),
        ]
        macro = exp.Anonymous(this="_fs_flatten", expressions=arguments)
        source.replace(exp.Table(this=macro, alias=source.args.get("alias")))
    return expression


def _is_true(value: exp.Expr | None) -> bool:
    return isinstance(value, exp.Boolean) and bool(value.this)

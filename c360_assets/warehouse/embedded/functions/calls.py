"""Rewrite calls of user-defined functions in a statement, before it is translated for DuckDB.

A Python function becomes a call of its DuckDB function, a SQL function its body with the arguments in place.
Arguments are cast to the declared types, as Snowflake does. Source: "SQL UDFs", "Tabular SQL UDFs".
"""

from __future__ import annotations

from sqlglot import exp, parse_one
from sqlglot.errors import ParseError

from c360_assets.warehouse.embedded.errors import sql_error, syntax_error
from c360_assets.warehouse.embedded.functions.definition import Function, Key, qualify
from c360_assets.warehouse.embedded.functions.registry import FunctionRegistry, engine_name

T = exp.DataType.Type
_SEMI_STRUCTURED = (T.VARIANT, T.OBJECT, T.ARRAY, T.JSON)
# A SQL function may call others; a cycle would never end.
_DEPTH = 32


def rewrite_calls(
    statement: exp.Expr,
    registry: FunctionRegistry,
    database: str | None,
    schema: str | None,
    depth: int = 0,
) -> exp.Expr:
    """The statement with every call of a user-defined function replaced.

    Raises:
        ProgrammingError: an unknown qualified function, or the wrong number of arguments.
    """
    if depth > _DEPTH:
        raise sql_error("SQL compilation error:\nSQL functions call each other too deeply.", 2141, "42601")
    # Innermost first, so that arguments are rewritten before they move.
    for call in reversed(list(statement.find_all(exp.Anonymous))):
        outer = _outermost(call)
        key = _key(call, outer, database, schema)
        if key is None or key[1] == "INFORMATION_SCHEMA":
            continue
        function = registry.find(key, len(call.expressions))
        if function is None:
            if outer is not call or registry.overloads(key):
                raise sql_error(
                    f"SQL compilation error:\nUnknown user-defined function {'.'.join(key)} "
                    f"with {len(call.expressions)} arguments.",
                    2141,
                    "42601",
                )
            continue
        new = _replacement(call, function, registry, depth)
        target = outer
        if function.is_table:
            target = _table_source(outer, function)
            new = exp.Subquery(this=new.unnest(), alias=_table_alias(target, function))
        if target is statement:
            return new
        target.replace(new)
    return statement


def _outermost(call: exp.Anonymous) -> exp.Expr:
    node: exp.Expr = call
    while isinstance(node.parent, exp.Dot) and node.parent.expression is node:
        node = node.parent
    # In FROM a qualified table function parses as a Table whose `this` is the call.
    return node


def _key(call: exp.Anonymous, outer: exp.Expr, database: str | None, schema: str | None) -> Key | None:
    name = exp.to_identifier(call.name)
    parent = call.parent
    if isinstance(parent, exp.Table) and parent.this is call:
        if not parent.args.get("db") and not (database and schema):
            return None
        return qualify(
            exp.Table(this=name, db=parent.args.get("db"), catalog=parent.args.get("catalog")),
            database,
            schema,
        )
    parts = [p for p in outer.flatten() if p is not call] if isinstance(outer, exp.Dot) else []
    if any(not isinstance(p, exp.Identifier) for p in parts) or len(parts) > 2:
        return None
    if not parts and not (database and schema):
        return None
    db = parts[-1] if parts else None
    catalog = parts[-2] if len(parts) == 2 else None
    return qualify(exp.Table(this=name, db=db, catalog=catalog), database, schema)


def _table_source(outer: exp.Expr, function: Function) -> exp.Expr:
    node = outer
    while node.parent is not None and isinstance(node.parent, exp.TableFromRows | exp.Lateral | exp.Table):
        node = node.parent
    if node is outer:
        raise sql_error(
            f"SQL compilation error:\nTable function {function.key[2]} stands only in FROM TABLE(…).",
            2141,
            "42601",
        )
    return node


def _table_alias(source: exp.Expr, function: Function) -> exp.TableAlias:
    alias = source.args.get("alias") or exp.TableAlias(this=exp.to_identifier(function.key[2], quoted=True))
    if not alias.args.get("columns"):
        alias.set("columns", [exp.to_identifier(c.name, quoted=True) for c in function.columns])
    return alias


def _replacement(call: exp.Anonymous, function: Function, registry: FunctionRegistry, depth: int) -> exp.Expr:
    given = [a.copy() for a in call.expressions]
    given += [a.default.copy() for a in function.arguments[len(given) :] if a.default is not None]
    values = [_cast(value, a.type) for value, a in zip(given, function.arguments, strict=True)]
    if function.language == "SQL":
        names = {a.name.upper(): value for a, value in zip(function.arguments, values, strict=True)}
        return _inlined(function, names, registry, depth)
    arguments = [_as_text(v, a.type) for v, a in zip(values, function.arguments, strict=True)]
    called = exp.Anonymous(this=engine_name(function), expressions=arguments or [exp.Literal.number(0)])
    if function.returns is not None and function.returns.this in _SEMI_STRUCTURED:
        return exp.ParseJSON(this=called)
    return called


def _cast(value: exp.Expr, data_type: exp.DataType) -> exp.Expr:
    if data_type.this in _SEMI_STRUCTURED:
        return value
    return exp.Cast(this=value, to=data_type.copy())


def _as_text(value: exp.Expr, data_type: exp.DataType) -> exp.Expr:
    if data_type.this not in _SEMI_STRUCTURED:
        return value
    return exp.Cast(this=exp.Anonymous(this="TO_JSON", expressions=[value]), to=exp.DataType.build("TEXT"))


def _inlined(function: Function, values: dict[str, exp.Expr], registry: FunctionRegistry, depth: int) -> exp.Expr:
    try:
        body = parse_one(function.body.strip().rstrip(";"), read="snowflake")
    except ParseError as error:
        raise syntax_error(error) from None
    query = isinstance(body, exp.Query)
    wrapper = body if query else exp.Paren(this=body)
    ctes = {c.alias_or_name.upper() for c in wrapper.find_all(exp.CTE)}
    for table in list(wrapper.find_all(exp.Table)):
        if isinstance(table.this, exp.Identifier) and not (not table.db and table.name.upper() in ctes):
            database, schema, _ = qualify(table, function.key[0], function.key[1])
            table.set("db", exp.to_identifier(schema, quoted=True))
            table.set("catalog", exp.to_identifier(database, quoted=True))
    for column in list(wrapper.find_all(exp.Column)):
        value = values.get(column.name.upper())
        if value is not None and not column.table:
            column.replace(exp.Paren(this=value.copy()))
    inner = exp.Subquery(this=wrapper) if query else wrapper
    result = rewrite_calls(inner, registry, function.key[0], function.key[1], depth + 1)
    if function.returns is None or function.returns.this in _SEMI_STRUCTURED:
        return result
    return exp.Cast(this=result, to=function.returns.copy())

"""ARRAY functions over ARRAYs, which are JSON here while DuckDB's functions want lists. Source: "ARRAY_…" pages."""

from __future__ import annotations

from sqlglot import exp, parse_one

_LISTS = (exp.ArrayIntersect, exp.ArrayExcept, exp.ArrayDistinct, exp.ArrayConcat, exp.ArrayReverse, exp.ArraySlice,
          exp.ArrayCompact)  # fmt: skip
_ELEMENTS = (exp.ArrayContains, exp.ArrayAppend, exp.ArrayPrepend, exp.ArrayPosition)
_SORTED = (
    "to_json(list_transform(list_sort(list_transform(cast(x as json[]), "
    "e -> {'n': try_cast(e as double), 'e': e})), r -> r.e))"
)


def finish(expression: exp.Expr) -> exp.Expr:
    """Turn arguments into lists and list results into ARRAYs again."""
    kinds = (*_LISTS, *_ELEMENTS, exp.ArrayOverlaps, exp.ArrayToString, exp.SortArray)
    for call in reversed(list(expression.find_all(*kinds))):
        parent_list = isinstance(call.parent, exp.Cast) and call.parent.to.this == exp.DataType.Type.ARRAY
        if isinstance(call, exp.SortArray):
            new = parse_one(_SORTED, read="duckdb").transform(
                lambda node, call=call: call.this.copy() if isinstance(node, exp.Column) and node.name == "x" else node
            )
        elif isinstance(call, exp.ArrayToString):
            call.set("this", _cast(call.this, "VARCHAR[]"))
            continue
        elif isinstance(call, exp.ArrayOverlaps):
            call.set("this", _cast(call.this, "JSON[]"))
            call.set("expression", _cast(call.expression, "JSON[]"))
            continue
        elif isinstance(call, _ELEMENTS):
            call.set("this", _cast(call.this, "JSON[]"))
            call.set("expression", exp.Anonymous(this="TO_JSON", expressions=[call.expression]))
            new = call if isinstance(call, exp.ArrayContains | exp.ArrayPosition) else _json(call)
        else:
            _cast_arguments(call)
            new = call if parent_list else _json(call)
        if new is not call:
            call.replace(new)
    return expression


def _cast_arguments(call: exp.Expr) -> None:
    if isinstance(call.this, exp.Expr):
        call.set("this", _cast(call.this, "JSON[]"))
    if isinstance(call, exp.ArrayExcept):
        call.set("expression", _cast(call.expression, "JSON[]"))
    elif call.expressions:
        call.set("expressions", [_cast(e, "JSON[]") for e in call.expressions])


def _cast(value: exp.Expr, kind: str) -> exp.Expr:
    return exp.Cast(this=value.copy(), to=exp.DataType.build(kind, dialect="duckdb"))


def _json(call: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="TO_JSON", expressions=[call.copy()])

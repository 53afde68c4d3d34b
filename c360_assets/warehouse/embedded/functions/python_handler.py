"""Run a Python handler over Arrow columns: called once per row, NULL and types as Snowflake hands them.

Source: Snowflake documentation, "SQL-Python Data Type Mappings" and "Creating Python UDFs".
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from c360_assets.warehouse.embedded.functions.types import ColumnType

BODY = "<function body>"


class HandlerError(Exception):
    """A handler failed. The message holds the function, the kind of error and the line, never a value."""

    def __init__(self, text: str) -> None:
        # The braces let errors.py find the text again inside DuckDB's own message.
        super().__init__(f"c360:{{{text}}}:c360")
        self.text = text


def load_handler(body: str, handler: str, name: str) -> Callable[..., Any]:
    """Run the body and return its handler.

    Raises:
        HandlerError: the body does not compile or run, or has no such handler.
    """
    namespace: dict[str, Any] = {"__name__": f"c360_udf_{name.lower()}"}
    try:
        exec(compile(body, BODY, "exec"), namespace)
    except Exception as error:
        raise HandlerError(_place(error, name)) from None
    found: Any = namespace.get(handler.split(".")[0])
    for part in handler.split(".")[1:]:
        found = getattr(found, part, None)
    if not callable(found):
        raise HandlerError(f"Python Interpreter Error: {name}: the body has no function {handler!r}")
    return found


def run(
    call: Callable[..., Any],
    columns: list[list[Any]],
    types: list[ColumnType],
    returns: ColumnType,
    name: str,
    *,
    strict: bool,
    immutable: bool,
) -> list[Any]:
    """The handler's answer for every row, converted to the declared type.

    An immutable function is asked once per distinct row of the batch.

    Raises:
        HandlerError: the handler failed, or gave what the declared type cannot hold.
    """
    readers = [t.read for t in types]
    rows = list(zip(*(map(r, c) if r else c for r, c in zip(readers, columns, strict=True)), strict=True))
    write = returns.write
    known: dict[tuple[Any, ...], Any] = {}
    # Variants arrive as text and are parsed above, so only scalar rows can be dictionary keys.
    remember = immutable and not any(t.semi_structured for t in types)
    out: list[Any] = []
    try:
        for row in rows:
            if strict and None in row:
                out.append(None)
            elif remember:
                if row not in known:
                    value = call(*row)
                    known[row] = None if value is None else write(value)
                out.append(known[row])
            else:
                value = call(*row)
                out.append(None if value is None else write(value))
    except Exception as error:
        raise HandlerError(_place(error, name)) from None
    return out


def _place(error: Exception, name: str) -> str:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == BODY]
    if isinstance(error, SyntaxError):
        line: int | None = error.lineno
    else:
        line = frames[-1].lineno if frames else None
    where = f", line {line} of its body" if line else ""
    return f"Python Interpreter Error: {type(error).__name__} in function {name}{where}"


def to_arrow(values: list[Any], arrow_type: pa.DataType, name: str) -> pa.Array:
    """The results as an Arrow array.

    Raises:
        HandlerError: a result does not fit the declared type.
    """
    try:
        return pa.array(values, type=arrow_type)
    except (pa.ArrowException, OverflowError, TypeError) as error:
        raise HandlerError(
            f"Python Interpreter Error: {type(error).__name__}: function {name} returned what its type cannot hold"
        ) from None

"""Python's values as Snowflake's literals."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any


def text_literal(text: str) -> str:
    """A text: quotes and backslashes are escaped, since Snowflake reads both."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def sql_literal(value: Any) -> str:
    """A value as a Snowflake literal; a list becomes an ARRAY.

    Raises:
        TypeError: the value is neither null, boolean, number, text, date or time, nor a list of such.
    """
    value = _python(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value!r}::float"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, str):
        return text_literal(value)
    if isinstance(value, list | tuple):
        return f"parse_json({text_literal(json.dumps([_python(one) for one in value], default=str))})::array"
    if hasattr(value, "isoformat"):
        kind = "date" if not hasattr(value, "hour") else "timestamp_ntz" if hasattr(value, "year") else "time"
        return f"'{value.isoformat()}'::{kind}"
    raise TypeError(f"A value of type {type(value).__name__} cannot be registered by value.")


def rows_sql(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as a query; VALUES takes constants only, and an ARRAY is none."""
    names = ['"' + name.replace('"', '""') + '"' for name in columns]
    if any(isinstance(_python(value), list | tuple) for row in rows for value in row):
        return "\nunion all ".join(
            "select " + ", ".join(f"{sql_literal(value)} as {name}" for name, value in zip(names, row, strict=True))
            for row in rows
        )
    values = ",\n".join("(" + ", ".join(map(sql_literal, row)) + ")" for row in rows)
    return f"select * from (values\n{values}) as given ({', '.join(names)})"


def _python(value: Any) -> Any:
    # Arrow gives lists and Python's numbers, pandas gives numpy's.
    return value.tolist() if hasattr(value, "tolist") else value

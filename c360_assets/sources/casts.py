"""SQL expressions that read a declared type back from text, null where the text is not of that type."""

from __future__ import annotations

from c360_assets.sources.declaration import SourceColumn

INTEGER_DIGITS = 18
"""An integer is a count or a moment, 64 bits; a longer run of digits is an id, to be declared string."""


def given(column: str) -> str:
    """The text, null where it is blank: what counts as a value of a typed column."""
    return f"nullif(trim({column}), '')"


def cast(column: str, declared: SourceColumn) -> str:
    """The typed value of a text column.

    integer refuses a fraction (Snowflake's own cast would round it); timestamp turns an offset into UTC.
    """
    text = given(column)
    match declared.type:
        case "integer":
            # The long way only for texts with a point: 12.0 is an integer, 12.5 is none.
            fraction = f"contains({text}, '.') and try_to_double({text}) <> floor(try_to_double({text}))"
            return f"iff({fraction}, null, try_to_number({text}, {INTEGER_DIGITS}, 0))"
        case "number":
            return f"try_to_double({text})"
        case "boolean":
            return f"try_to_boolean({text})"
        case "date":
            if declared.format:
                return f"try_to_date({text}, {literal(declared.format)})"
            return f"try_cast({text} as date)"
        case "timestamp":
            if declared.format:
                return f"try_to_timestamp_ntz({text}, {literal(declared.format)})"
            return f"convert_timezone('UTC', try_cast({text} as timestamp_tz))::timestamp_ntz"
        case "json":
            return f"try_parse_json({text})"
        case _:
            return column


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"

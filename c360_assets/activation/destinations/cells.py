"""Cells of a CSV file that a spreadsheet may open."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

FORMULA = r"^[=+\-@\t\r\n]"
"""What makes a spreadsheet run a cell (OWASP, CSV Injection)."""
HARMLESS = r"^\+[0-9]{6,15}$"
"""An E.164 phone number begins like a formula and is none: quoting it would break imports."""


def escape_formulas(column: pa.Array) -> pa.Array:
    """Put an apostrophe before text that a spreadsheet would take for a formula; other types stay as they are."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    dangerous = pc.and_(
        pc.match_substring_regex(column, FORMULA), pc.invert(pc.match_substring_regex(column, HARMLESS))
    )
    return pc.if_else(dangerous, pc.binary_join_element_wise("'", column, ""), column)

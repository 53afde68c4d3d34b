"""Comments and declared lengths may hold apostrophes; a table without a comment has none. Source: "COMMENT"."""

from __future__ import annotations

import inspect
from typing import Any

from fakesnow import info_schema


def install() -> None:
    """Quote what fakesnow pastes into its own INSERT statements.

    Raises:
        RuntimeError: fakesnow's function takes other parameters than expected.
    """
    original = info_schema.insert_table_comment_sql
    expected = ["catalog", "schema", "table", "comment"]
    if list(inspect.signature(original).parameters) != expected:
        raise RuntimeError("fakesnow keeps comments differently than expected; install from requirements.lock.")

    def quoted(catalog: str, schema: str, table: str, comment: Any) -> str:
        texts = [str(t).replace("'", "''") for t in (catalog, schema, table, "" if comment is None else comment)]
        return original(*texts)

    info_schema.insert_table_comment_sql = quoted

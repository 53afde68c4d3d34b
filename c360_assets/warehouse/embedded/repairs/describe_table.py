"""DESCRIBE TABLE or VIEW, answered from DuckDB's own description. Source: Snowflake documentation, "DESCRIBE TABLE".

fakesnow joins two listings of all columns of all databases for it, 20 ms and more each; dbt asks three times a model.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from c360_assets.warehouse.embedded.functions.definition import qualify
from c360_assets.warehouse.embedded.reply import Reply

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session
    from c360_assets.warehouse.embedded.statement import Statement

_COLUMNS = [
    (name, "VARCHAR")
    for name in (
        "name", "type", "kind", "null?", "default", "primary key", "unique key", "check", "expression", "comment",
        "policy name",
    )
] + [("privacy domain", "JSON")]  # fmt: skip
_TYPES = {
    "VARCHAR": "VARCHAR(16777216)", "DOUBLE": "FLOAT", "FLOAT": "FLOAT", "BLOB": "BINARY(8388608)",
    "TIMESTAMP": "TIMESTAMP_NTZ(9)", "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_TZ(9)", "TIME": "TIME(9)",
    "JSON": "VARIANT",
}  # fmt: skip
_NOT_KEPT = ("N", "N", None, None, None, None, None)
_INTEGER = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")
_LENGTHS = """select ext_column_name, ext_character_maximum_length
from _fs_global._fs_information_schema._fs_columns_ext
where ext_table_catalog = ? and ext_table_schema = ? and ext_table_name = ?"""


def answer(statement: Statement, session: Session) -> Reply | None:
    """One row per column, in order; an object that is not there is DuckDB's error, as for any statement."""
    described = statement.expression
    if not isinstance(described, exp.Describe) or str(described.args.get("kind")).upper() not in ("TABLE", "VIEW"):
        return None
    table = described.this
    if not isinstance(table, exp.Table) or table.db.upper() == "INFORMATION_SCHEMA":
        return None
    if not ((table.catalog or session.database) and (table.db or session.schema)):
        return None
    key = qualify(table, session.database, session.schema)
    place = ["temp", "main", session.temporary[key]] if key in session.temporary else list(key)
    path = ".".join(exp.to_identifier(part, quoted=True).sql("duckdb") for part in place)
    connection = session._duck_conn
    rows = connection.execute(f"describe {path}").fetchall()
    lengths = dict(connection.execute(_LENGTHS, list(key)).fetchall())
    return Reply(
        _COLUMNS,
        [
            (name, _type(kind, lengths.get(name)), "COLUMN", "N" if nullable == "NO" else "Y", default, *_NOT_KEPT)
            for name, kind, nullable, _, default, _ in rows
        ],
    )


def _type(kind: str, length: int | None) -> str:
    if kind == "VARCHAR" and length:
        return f"VARCHAR({length})"
    if _INTEGER.fullmatch(kind):
        return "NUMBER(38,0)"
    return kind.replace("DECIMAL", "NUMBER") if kind.startswith("DECIMAL") else _TYPES.get(kind, kind)

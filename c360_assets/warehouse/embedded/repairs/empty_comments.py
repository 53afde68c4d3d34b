"""A table made without a comment needs none written: fakesnow keeps an empty one, a disk flush for each CREATE.

Source: none; what a client sees is the same. A comment that an earlier table of the name had is still taken off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_KEPT = """select 1 from _fs_global._fs_information_schema._fs_tables_ext
where ext_table_catalog = ? and ext_table_schema = ? and ext_table_name = ? and comment <> ''"""


def finish(expression: exp.Expr, session: Session) -> exp.Expr:
    """Leave the empty comment out of a translated CREATE where there is none to replace."""
    commented = expression.args.get("table_comment")
    if not isinstance(expression, exp.Create) or not commented or commented[1]:
        return expression
    table = commented[0]
    place = [table.catalog or session.database, table.db or session.schema, table.name]
    if not session._duck_conn.execute(_KEPT, place).fetchall():
        expression.set("table_comment", None)
    return expression

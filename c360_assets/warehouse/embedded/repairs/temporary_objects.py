"""CREATE TEMPORARY TABLE or VIEW db.schema.name: only its session sees it, it hides a permanent object of that name,
and it goes when the session ends. Source: Snowflake documentation, "Working with Temporary and Transient Tables".

DuckDB knows temporary objects only in its own catalogue `temp`, so references are redirected there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from c360_assets.warehouse.embedded.functions.definition import Key, qualify

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_KINDS = ("TABLE", "VIEW")


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """Redirect the created temporary object and every reference to one."""
    created = _created(expression)
    if created is None and not session.temporary:
        return expression
    made: exp.Table | None = None
    if created is not None and _has_place(created, session):
        key = qualify(created, session.database, session.schema)
        if _is_temporary(expression):
            expression.meta["c360_temporary"] = key
            made = created
    ctes = {c.alias_or_name.upper() for c in expression.find_all(exp.CTE)}
    for table in list(expression.find_all(exp.Table)):
        if table is created or not isinstance(table.this, exp.Identifier) or not _has_place(table, session):
            continue
        if not table.db and table.name.upper() in ctes:
            continue
        key = qualify(table, session.database, session.schema)
        if key in session.temporary:
            _redirect(table, key, alias=_reads(table))
    if made is not None:
        # Unqualified: DuckDB puts it into `temp` by itself.
        made.set("this", exp.to_identifier(_local_name(expression.meta["c360_temporary"]), quoted=True))
        made.set("db", None)
        made.set("catalog", None)
    if isinstance(expression, exp.Drop):
        for table in expression.args.get("tables") or [expression.this]:
            if isinstance(table, exp.Table) and "c360_key" in table.meta:
                expression.meta["c360_dropped"] = table.meta["c360_key"]
    return expression


def after(expression: exp.Expr, session: Session) -> None:
    """Remember what was created, forget what was dropped."""
    if key := expression.meta.get("c360_temporary"):
        session.temporary[key] = _local_name(key)
    if key := expression.meta.get("c360_dropped"):
        session.temporary.pop(key, None)


def _created(expression: exp.Expr) -> exp.Table | None:
    if not isinstance(expression, exp.Create) or str(expression.args.get("kind")).upper() not in _KINDS:
        return None
    target = expression.this
    target = target.this if isinstance(target, exp.Schema) else target
    return target if isinstance(target, exp.Table) else None


def _is_temporary(create: exp.Expr) -> bool:
    properties = create.args.get("properties")
    return properties is not None and any(isinstance(p, exp.TemporaryProperty) for p in properties.expressions)


def _has_place(table: exp.Table, session: Session) -> bool:
    return bool((table.catalog or session.database) and (table.db or session.schema))


def _reads(table: exp.Table) -> bool:
    return isinstance(table.parent, exp.From | exp.Join)


def _redirect(table: exp.Table, key: Key, *, alias: bool) -> None:
    if alias and not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=table.this.quoted)))
    table.set("this", exp.to_identifier(_local_name(key), quoted=True))
    table.set("db", exp.to_identifier("main", quoted=True))
    table.set("catalog", exp.to_identifier("temp", quoted=True))
    table.meta["c360_key"] = key


def _local_name(key: Key) -> str:
    return ".".join(key)

"""Names as Snowflake stores them: unquoted ones in upper case, quoted ones as written."""

from __future__ import annotations

from sqlglot import exp


def stored(node: exp.Expr | str | None) -> str:
    """The stored form of an identifier node, of a node that is one inside, or of a plain string."""
    if node is None:
        return ""
    if isinstance(node, exp.Identifier):
        return str(node.this) if node.args.get("quoted") else str(node.this).upper()
    if isinstance(node, str):
        return node.upper()
    inner = node.this
    return stored(inner) if isinstance(inner, exp.Expr | str) else ""


def alias(node: exp.Expr) -> str:
    """The stored alias of a source or projection, empty where it has none."""
    given = node.args.get("alias")
    return stored(given) if given is not None else ""


def alias_columns(node: exp.Expr) -> list[str]:
    """Column names given with an alias: `as v (a, b)`."""
    given = node.args.get("alias")
    return [stored(column) for column in given.args.get("columns") or []] if isinstance(given, exp.TableAlias) else []


def part(node: exp.Expr, key: str) -> exp.Expr | None:
    """A child by its name, whichever way this version of sqlglot spells Python's keywords."""
    found = node.args.get(f"{key}_")
    return found if found is not None else node.args.get(key)

"""Roles, grants and warehouses are accepted without effect; `capabilities.SIMULATED` says so.

One process with one user has nobody to grant to, but dbt's grants and Snowflake set-up scripts must run unchanged.
Source: Snowflake documentation, "GRANT", "SHOW GRANTS", "CREATE WAREHOUSE".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from c360_assets.warehouse.embedded.reply import Reply, status

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session
    from c360_assets.warehouse.embedded.statement import Statement

_GRANT_COLUMNS = (
    "created_on", "privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by",
)  # fmt: skip
_ROLE_COLUMNS = (
    "created_on", "name", "is_default", "is_current", "is_inherited", "assigned_to_users", "granted_to_roles",
    "granted_roles", "owner", "comment",
)  # fmt: skip


def answer(statement: Statement, session: Session) -> Reply | None:
    """Accept, or list nothing."""
    words = statement.words
    if words[0] == "SHOW":
        for word, names in (("GRANTS", _GRANT_COLUMNS), ("ROLES", _ROLE_COLUMNS)):
            if word in words[1:3]:
                return Reply([(n, "VARCHAR") for n in names], [])
        return None
    if is_simulated(words):
        return status()
    return None


def is_simulated(words: list[str]) -> bool:
    """True for a statement about roles, grants or warehouses."""
    if words[0] in ("GRANT", "REVOKE"):
        return True
    kind = [w for w in words[1:6] if w not in ("OR", "REPLACE", "ALTER", "IF", "NOT", "EXISTS")][:1]
    return words[0] in ("CREATE", "ALTER", "DROP") and kind in (["ROLE"], ["WAREHOUSE"])

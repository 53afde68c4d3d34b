"""ALTER SESSION and SHOW PARAMETERS. Source: Snowflake documentation, "Parameters", "ALTER SESSION"."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from c360_assets.warehouse.embedded.errors import refused
from c360_assets.warehouse.embedded.reply import Reply, status

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session
    from c360_assets.warehouse.embedded.statement import Statement

# What this engine does anyway; any other value is refused.
_FIXED = {
    "TIMEZONE": ("UTC", "ETC/UTC"),
    "TIMESTAMP_TYPE_MAPPING": ("TIMESTAMP_NTZ",),
    "QUOTED_IDENTIFIERS_IGNORE_CASE": ("FALSE",),
    "ERROR_ON_NONDETERMINISTIC_MERGE": ("TRUE",),
    "WEEK_START": ("0", "1"),
}
# Limits and client behaviour without a bearing on results.
_WITHOUT_EFFECT = (
    "STATEMENT_TIMEOUT_IN_SECONDS",
    "LOCK_TIMEOUT",
    "USE_CACHED_RESULT",
    "ABORT_DETACHED_QUERY",
)


def answer(statement: Statement, session: Session) -> Reply | None:
    """Set, unset or show session parameters."""
    if statement.starts("SHOW", "PARAMETERS"):
        return _show(statement, session)
    if not statement.starts("ALTER", "SESSION"):
        return None
    texts = [t.text for t in statement.tokens]
    action, i = statement.words[2], 3
    while i < len(texts):
        name = statement.words[i]
        if action == "SET":
            _set(session, name, texts[i + 2] if i + 2 < len(texts) else "")
            i += 3
        else:
            _set(session, name, None)
            i += 1
        if i < len(texts) and texts[i] == ",":
            i += 1
    return status()


def _set(session: Session, name: str, value: str | None) -> None:
    if name == "QUERY_TAG":
        session.query_tag = value or ""
    elif name == "AUTOCOMMIT":
        session.autocommit(value is None or value.upper() == "TRUE")
    elif name in _WITHOUT_EFFECT or name.startswith(("CLIENT_", "PYTHON_CONNECTOR_", "JSON_")) or value is None:
        return
    elif value.upper() not in _FIXED.get(name, ()):
        raise refused(f"the session parameter {name} with this value")


def _show(statement: Statement, session: Session) -> Reply:
    shown = [
        ("AUTOCOMMIT", str(session.commits_itself).lower(), "true", "autocommit", "BOOLEAN"),
        ("QUERY_TAG", session.query_tag, "", "tags the session's statements", "STRING"),
        ("QUOTED_IDENTIFIERS_IGNORE_CASE", "false", "false", "case of quoted identifiers", "BOOLEAN"),
        ("TIMEZONE", "Etc/UTC", "America/Los_Angeles", "time zone", "STRING"),
    ]
    pattern = "*"
    if len(statement.words) > 3 and statement.words[2] == "LIKE":
        pattern = statement.tokens[3].text.upper().replace("%", "*").replace("_", "?")
    rows = [
        (key, value, default, "SESSION" if value != default else "", description, kind)
        for key, value, default, description, kind in shown
        if fnmatch.fnmatchcase(key, pattern)
    ]
    return Reply([(n, "VARCHAR") for n in ("key", "value", "default", "level", "description", "type")], rows)

"""Dagster's SQLite storage without a disk flush per event.

Dagster opens and closes a connection for each event. The last connection to close makes SQLite move its
write-ahead log into the database and flush both to disk, which takes most of an event's time. One connection
that stays open per file avoids that; with `synchronous = normal` a commit then flushes nothing. A killed
process loses no event and a power cut at most the last ones, and never the database's consistency
(https://sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

_kept: dict[str, sqlite3.Connection] = {}


def keep_storage_open() -> None:
    """Apply to every SQLite file that this process opens through SQLAlchemy; calling it again does nothing."""
    if not event.contains(Engine, "connect", _on_connect):
        event.listen(Engine, "connect", _on_connect)


def _on_connect(connection: Any, _: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.execute("pragma synchronous = normal")
    file = connection.execute("pragma database_list").fetchone()[2]
    if file and (file not in _kept or not Path(file).exists()):
        keeper = sqlite3.connect(file, check_same_thread=False)
        # A connection holds the file only once it has read from it.
        keeper.execute("pragma schema_version").fetchone()
        _kept[file] = keeper

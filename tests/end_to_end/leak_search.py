"""Where values lie that belong in the warehouse, the extracts and the feeds alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from pathlib import Path

from pipeline_home import PipelineHome


def outside(home: PipelineHome, values: Collection[str]) -> dict[str, int]:
    """Files under the home that are neither extracts, feeds nor the warehouse's own and hold values: how many."""
    wanted, found = [value.lower().encode() for value in values], {}
    for file in home.path.rglob("*"):
        place = file.relative_to(home.path).parts[0]
        database = place == "warehouse" and file.suffix in (".db", ".wal")
        if file.is_file() and place not in ("landing", "outbox") and not database:
            content = file.read_bytes()
            if file.suffix == ".db":
                # A long value lies in pieces on several pages of the file.
                content += _sqlite_text(file)
            content = content.lower()
            if hits := sum(value in content for value in wanted):
                found[file.relative_to(home.path).as_posix()] = hits
    return found


def _sqlite_text(file: Path) -> bytes:
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        return "\n".join(connection.iterdump()).encode(errors="replace")


def in_lineage(home: PipelineHome, values: Collection[str]) -> dict[str, int]:
    """Tables of the schema LINEAGE, events among them, whose rows hold values: how many rows."""
    found = {}
    with home.warehouse() as session:
        for (table,) in session.rows(
            "select table_name from information_schema.tables where table_schema = 'LINEAGE' order by 1"
        ):
            rows = [repr(row).lower() for row in session.rows(f"select * from LINEAGE.{table}")]
            if hits := sum(any(value.lower() in row for value in values) for row in rows):
                found[table] = hits
    return found

"""A small landing zone with one declared object, loaded run by run."""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from c360_assets.run import Run
from c360_assets.sources.declaration import SourceObject
from c360_assets.sources.declared import declared_system
from c360_assets.sources.load import SnapshotLoader
from c360_assets.sources.result import LoadResult
from c360_assets.warehouse import Warehouse

NUMBERS = itertools.count(1)
COLUMNS: dict[str, Any] = {
    "id": {"type": "string", "required": True},
    "name": "string",
    "amount": "number",
    "count": {"type": "integer", "optional": True},
    "changed": "timestamp",
    "gone": {"type": "boolean", "optional": True},
}


def declare(system: str, **changes: Any) -> SourceObject:
    attributes = {
        "system": system,
        "kind": "crm",
        "title": "Test",
        "owner": "team:test",
        "cadence": "daily",
        "transformation": "None.",
        "sensitivity": "internal",
        "consent_relevance": "None.",
        "objects": [
            {
                "name": "thing",
                "files": "in/*.csv*",
                "extract": "full",
                "key": ["id"],
                "updated_at": "changed",
                "deleted": {"column": "gone"},
                "columns": COLUMNS,
            }
            | changes
        ],
    }
    return declared_system(attributes, "test").object("thing")


@dataclass
class Zone:
    """A landing zone and the runs over it, one day apart."""

    warehouse: Warehouse
    path: Path
    declared: SourceObject
    day: int = 0
    results: list[LoadResult] = field(default_factory=list)

    def put(self, name: str, content: str | bytes) -> Path:
        """Land a file below in/."""
        file = self.path / "in" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def put_rows(self, name: str, rows: list[dict[str, Any]]) -> Path:
        """Land rows as CSV, with the declared columns as header."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(COLUMNS), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return self.put(name, text.getvalue())

    @property
    def run(self) -> Run:
        return Run(f"run-{self.day}", datetime(2026, 1, 1) + timedelta(days=self.day))

    def load(self) -> LoadResult:
        """The next day's run."""
        self.day += 1
        result = SnapshotLoader(self.warehouse, self.path, self.run).load(self.declared)
        self.results.append(result)
        return result

    def versions(self, columns: str = "id, name, _valid_from, _valid_to, _deleted") -> list[tuple[Any, ...]]:
        """All versions by key and time."""
        return self.warehouse.rows(
            f"select {columns} from {self.declared.table} order by _record_key, _valid_from, _valid_to nulls last"
        )

    def current(self, columns: str = "id, name") -> list[tuple[Any, ...]]:
        """The versions in force that are not deleted."""
        return self.warehouse.rows(
            f"select {columns} from {self.declared.table} where _valid_to is null and not _deleted order by _record_key"
        )

    def quarantine(self) -> list[tuple[Any, ...]]:
        """(line, column, reason), in the order of lines."""
        return self.warehouse.rows(
            "select line, column_name, reason from source_snapshot.quarantine where system = %s "
            "order by quarantined_at, line",
            [self.declared.system],
        )

    def manifest(self, columns: str = "file_name, status, rows_read") -> list[tuple[Any, ...]]:
        """Manifest rows in order."""
        return self.warehouse.rows(
            f"select {columns} from source_snapshot.manifest where system = %s order by loaded_at, file_name",
            [self.declared.system],
        )


def day(number: int) -> datetime:
    """The start of the zone's n-th run."""
    return datetime(2026, 1, 1) + timedelta(days=number)

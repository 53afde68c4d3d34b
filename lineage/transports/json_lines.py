"""A file with one event a line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from lineage.serialise import to_json


class JsonLines:
    """Appends to a file; lines are whole and on disk after `flush`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, event: dict[str, Any]) -> None:
        """Append one line, in one write, so that a reader never sees half of it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab", buffering=0) as handle:
            handle.write((to_json(event) + "\n").encode())

    def flush(self) -> None:
        """Ask the system to put the file on disk."""
        if self.path.exists():
            with self.path.open("rb") as handle:
                os.fsync(handle.fileno())

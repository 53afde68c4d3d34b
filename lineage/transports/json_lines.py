"""A file with one event a line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from lineage.naming import event_id
from lineage.serialise import to_json

# Bytes: more than a forwarder sends before it marks what it sent.
_LOOKED_BACK = 64 * 2**20


class JsonLines:
    """Appends to a file; lines are whole and on disk after `flush`.

    An event whose mark was lost in a crash is offered again: what stands among the last lines is not written twice,
    and half a line that a crash left is cut off.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written: set[str] | None = None

    def send(self, event: dict[str, Any]) -> None:
        """Append one line, in one write, so that a reader never sees half of it."""
        if self._written is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._written = self._recover()
        key = event_id(event)
        if key in self._written:
            return
        with self.path.open("ab", buffering=0) as handle:
            handle.write((to_json(event) + "\n").encode())
        self._written.add(key)

    def flush(self) -> None:
        """Ask the system to put the file on disk."""
        if self.path.exists():
            with self.path.open("rb") as handle:
                os.fsync(handle.fileno())

    def _recover(self) -> set[str]:
        if not self.path.exists():
            return set()
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            file.seek(max(0, size - _LOOKED_BACK))
            if file.tell():
                file.readline()
            lines = file.read().splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):
            os.truncate(self.path, size - len(lines.pop()))
        return {event_id(json.loads(line)) for line in lines}

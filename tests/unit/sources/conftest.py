"""Helpers for the intake's tests: files in a temporary folder, read back as plain rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from c360_assets.sources.readers import BadRow, Batch


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Write a file, give its path."""

    def _write(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return _write


@pytest.fixture
def collect() -> Callable[[Iterable[Batch]], tuple[list[tuple[int, dict[str, Any]]], list[BadRow]]]:
    """All rows as (line, values that are not null), and all bad rows, in order of lines."""

    def _collect(batches: Iterable[Batch]) -> tuple[list[tuple[int, dict[str, Any]]], list[BadRow]]:
        rows: list[tuple[int, dict[str, Any]]] = []
        bad: list[BadRow] = []
        for batch in batches:
            for i, line in enumerate(batch.lines.to_pylist()):
                values = {name: array[i].as_py() for name, array in batch.columns.items()}
                rows.append((line, {k: v for k, v in values.items() if v is not None}))
            bad += batch.bad
        return rows, sorted(bad, key=lambda b: b.line)

    return _collect

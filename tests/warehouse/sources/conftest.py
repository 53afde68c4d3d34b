"""Landing zones, each with a table of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from snapshot_zone import NUMBERS, Zone, declare

from c360_assets.warehouse import Warehouse


@pytest.fixture
def zone(warehouse: Warehouse, tmp_path: Path) -> Zone:
    """A zone whose object has a table of its own."""
    return Zone(warehouse, tmp_path, declare(f"test{next(NUMBERS)}"))


@pytest.fixture
def make_zone(warehouse: Warehouse, tmp_path: Path) -> Callable[..., Zone]:
    """Zones with other declarations."""

    def make(**changes: Any) -> Zone:
        number = next(NUMBERS)
        folder = tmp_path / str(number)
        folder.mkdir()
        return Zone(warehouse, folder, declare(f"test{number}", **changes))

    return make

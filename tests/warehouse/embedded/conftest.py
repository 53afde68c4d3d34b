"""Helpers of the conformance suite: each test says what Snowflake does and asserts it of the embedded engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from c360_assets.settings import Settings, load_settings
from c360_assets.warehouse import Warehouse, WarehouseError
from c360_assets.warehouse.embedded.process import stop


@pytest.fixture
def s(warehouse: Warehouse) -> Iterator[Warehouse]:
    """A session whose schema T is fresh for every test."""
    warehouse.execute("create or replace schema t")
    yield warehouse


@pytest.fixture
def fails(s: Warehouse) -> Callable[[str], str]:
    """The message with which a statement fails."""

    def run(sql: str) -> str:
        with pytest.raises(WarehouseError) as caught:
            s.execute(sql)
        return str(caught.value)

    return run


@pytest.fixture
def own_engine(tmp_path: Path) -> Iterator[Settings]:
    """Settings of an engine that this test may kill."""
    settings = load_settings({"C360_HOME": str(tmp_path)})
    yield settings
    stop(settings)

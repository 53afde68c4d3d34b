"""One world, built once per module."""

from __future__ import annotations

import pytest
from golden_world import FIRST_RUN, Dbt, World

from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse


@pytest.fixture(scope="module")
def dbt(settings: Settings) -> Dbt:
    """dbt, parsed."""
    return Dbt(settings)


@pytest.fixture(scope="module")
def world(settings: Settings, dbt: Dbt) -> World:
    """A world that is loaded and built in full."""
    made = World(seed=7)
    with Warehouse(settings) as warehouse:
        warehouse.execute(f"create database if not exists {settings.database}")
        made.load(warehouse)
    dbt.build(FIRST_RUN, tests=True)
    return made

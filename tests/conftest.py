"""Shared fixtures: an engine of its own for the test session, a fresh database for each module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from c360_assets.settings import Settings, load_settings
from c360_assets.warehouse import Warehouse


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """C360_HOME of the session; its engine stops at the end."""
    from c360_assets.warehouse.embedded.process import stop

    path = tmp_path_factory.mktemp("c360_home")
    yield path
    stop(load_settings({"C360_HOME": str(path)}))


@pytest.fixture(scope="module")
def settings(home: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings with a database that only this test module uses."""
    database = re.sub(r"\W", "_", request.module.__name__).upper()[-60:]
    return load_settings({"C360_HOME": str(home), "SNOWFLAKE_DATABASE": database.lstrip("_0123456789")})


@pytest.fixture
def warehouse(settings: Settings) -> Iterator[Warehouse]:
    """A session on the embedded engine."""
    with Warehouse(settings) as session:
        yield session

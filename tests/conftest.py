"""Shared fixtures: an engine of its own for the test session, a fresh database for each module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from pipeline_home import Done, PipelineHome

from c360_assets.settings import Settings, load_settings
from c360_assets.warehouse import Warehouse


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests, those that look at the first run stay together, and so does a module."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        group = "first_run" if "first_run" in fixtures else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))


class FirstRun(NamedTuple):
    """A home, and what its first run reported."""

    home: PipelineHome
    done: Done


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


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstRun]:
    """One run of the whole pipeline through the command line, which the end-to-end and browser tests look at."""
    home = PipelineHome(tmp_path_factory.mktemp("pipeline") / "home")
    home.sample(records=1000, seed=11)
    done = home.run()
    try:
        # Said once here, instead of by each test that looks for what the run did not write.
        assert done.code == 0, f"c360 run ended with exit code {done.code}:\n{(done.out + done.err)[-4000:]}"
        yield FirstRun(home, done)
    finally:
        home.close()

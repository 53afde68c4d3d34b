"""Shared fixtures: an engine of its own for the test session, a fresh database for each module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pipeline_home import Done, PipelineHome

from c360_assets.settings import Settings, load_settings
from c360_assets.warehouse import Warehouse


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where several processes share the tests, a file's stay together, and so do all that look at the first run."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "first_run" if "first_run" in _text(config.rootpath / file) else file

    return Together(config, log)


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


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

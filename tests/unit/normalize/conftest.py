"""The UDFs' handlers, loaded from the files that dbt sends to the warehouse."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import pytest

from c360_assets.dbt_project import DBT_DIR


@pytest.fixture(scope="session")
def handler() -> Callable[[str], Any]:
    """Load a UDF's handler by its name; each file must stand on its own."""

    def load(name: str) -> Any:
        spec = importlib.util.spec_from_file_location(name, DBT_DIR / "functions" / f"{name}.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, name)

    return load

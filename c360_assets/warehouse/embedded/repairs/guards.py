"""fakesnow is pinned; if what the repairs build on has changed, say so at start and not in the middle of a run."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib.metadata import version
from string import Template
from typing import Any

import fakesnow.arrow
import fakesnow.conn
import fakesnow.cursor
import fakesnow.transforms
import fakesnow.transforms.stage
import fakesnow.transforms.transforms

EXPECTED = "0.12.1"
_SIGNATURES: dict[Callable[..., Any], list[str] | None] = {
    fakesnow.cursor.FakeSnowflakeCursor._transform: ["self", "expression", "params"],
    fakesnow.cursor.FakeSnowflakeCursor._transform_explode: ["self", "expression"],
    fakesnow.cursor.FakeSnowflakeCursor._execute: ["self", "transformed", "params"],
    fakesnow.cursor.FakeSnowflakeCursor.check_db_and_schema: ["self", "expression"],
    fakesnow.transforms.describe_table: ["expression", "current_database", "current_schema"],
    fakesnow.transforms.stage.internal_dir: None,
}


def check_fakesnow() -> None:
    """Fail if the installed fakesnow is not the one that was repaired.

    Raises:
        RuntimeError: with what was expected and what to do.
    """
    found = version("fakesnow")
    if found != EXPECTED:
        raise RuntimeError(
            f"The embedded engine repairs fakesnow {EXPECTED}, but {found} is installed; "
            "install from requirements.lock."
        )
    for function, names in _SIGNATURES.items():
        if names is not None and list(inspect.signature(function).parameters) != names:
            raise RuntimeError(
                f"fakesnow {found}: {function.__qualname__} does not take {names}; install from requirements.lock."
            )


def describe_every_database() -> None:
    """Let DESCRIBE TABLE read the columns of any database and of temporary tables, not only the session's own.

    Raises:
        RuntimeError: fakesnow's query is not the expected one.
    """
    module = fakesnow.transforms.transforms
    found = module.SQL_DESCRIBE_TABLE.template
    own, every = "FROM _fs_information_schema._fs_columns", "FROM _fs_global._fs_information_schema._fs_columns"
    if own not in found:
        raise RuntimeError("fakesnow describes tables differently than expected; install from requirements.lock.")
    module.SQL_DESCRIBE_TABLE = Template(found.replace(own, every))

"""A copy of the stage in which a run can be tried: the same code and statements, and nothing of it stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from c360_assets.identity.tables import SCHEMA, STEP_SCHEMA, TABLES
from c360_assets.locking import writer_lock
from c360_assets.settings import Settings, load_settings
from c360_assets.warehouse import Warehouse

SANDBOX = f"{SCHEMA}_PREVIEW"
_NAMES = {SCHEMA: SANDBOX, STEP_SCHEMA: f"{SANDBOX}_STEP"}
_NAME = re.compile(rf"\b({STEP_SCHEMA}|{SCHEMA})\b")


class Sandbox(Warehouse):
    """A session for which the stage's schemas are the sandbox's; every other table is the real one, to be read."""

    def execute(self, sql: str, params: Sequence[Any] | None = None) -> Any:
        """Run one statement in the sandbox.

        Raises:
            WarehouseError: the statement failed.
        """
        renamed = None if params is None else [_NAMES.get(p, p) if isinstance(p, str) else p for p in params]
        return super().execute(_NAME.sub(lambda found: _NAMES[found[1]], sql), renamed)


@contextmanager
def sandbox(settings: Settings | None = None) -> Iterator[Sandbox]:
    """The stage's tables as they are, in schemas of their own that are dropped at the end.

    Held under the writer's lock, so that no run changes what is compared. What a killed preview left goes first.
    The stage's tables must exist.

    Raises:
        RunInProgressError: a run is writing.
    """
    settings = settings or load_settings()
    with writer_lock(settings, wait=False), Warehouse(settings, "c360 preview") as real:
        _drop(real)
        try:
            real.execute(f"create transient schema {SANDBOX}")
            for table in TABLES:
                name = table.upper()
                # Snowflake shares the rows until they change.
                real.execute(f"create or replace transient table {SANDBOX}.{name} clone {SCHEMA}.{name}")
            with Sandbox(settings, "c360 preview") as session:
                yield session
        finally:
            _drop(real)


def _drop(real: Warehouse) -> None:
    for schema in _NAMES.values():
        real.execute(f"drop schema if exists {schema} cascade")

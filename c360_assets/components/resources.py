"""The warehouse as a Dagster resource; settings and secrets are read when a run opens it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse


class WarehouseResource(dg.ConfigurableResource):
    """Opens sessions on the configured warehouse, each with a query tag that names its run."""

    @contextmanager
    def open(self, query_tag: str | None = None) -> Iterator[Warehouse]:
        """A session that is closed at the end."""
        with Warehouse(load_settings(), query_tag) as session:
            yield session

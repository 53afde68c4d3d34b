"""The warehouse as a Dagster resource; settings and secrets are read when a run opens it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse
from c360_assets.warehouse.connection import connection_parameters

if TYPE_CHECKING:
    from dagster_snowflake import SnowflakeResource


class WarehouseResource(dg.ConfigurableResource):
    """Opens sessions on the configured warehouse, each with a query tag that names its run."""

    @contextmanager
    def open(self, query_tag: str | None = None) -> Iterator[Warehouse]:
        """A session that is closed at the end."""
        with Warehouse(load_settings(), query_tag) as session:
            yield session

    def snowflake(self) -> SnowflakeResource:
        """dagster-snowflake's own resource on the same account, for assets of your own that are written for it.

        Imported here because it brings Snowpark and the REST client along, which the stages do not need.
        """
        from dagster_snowflake import SnowflakeResource

        parameters = connection_parameters(load_settings())
        named = {name: parameters.pop(name) for name in list(parameters) if name in SnowflakeResource.model_fields}
        return SnowflakeResource(**named, additional_snowflake_connection_args=parameters)

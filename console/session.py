"""The console's connection: the viewer's app session in Snowflake, else the one that the environment configures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse

# Where Snowflake mounts the token of an app that runs in a container.
_CONTAINER_TOKEN = Path("/snowflake/session/token")
QUERY_TAG = "c360 console"


class GivenWarehouse(Warehouse):
    """A session over a connection that somebody else opened, and who keeps it open."""

    def __init__(self, connection: Any) -> None:
        # Nothing of this machine's environment is asked for: the connection is all there is.
        self.statements = []
        self.query_tag = QUERY_TAG
        self._connection = connection

    def close(self) -> None:
        """Leave the connection to its owner."""


def _in_virtual_warehouse() -> bool:
    # The connector's own mark of Snowflake's Python; Snowpark, which tells the same, takes seconds to import.
    from snowflake.connector.description import PLATFORM

    return PLATFORM == "XP"


def in_snowflake() -> bool:
    """Whether Snowflake runs this app, in a container or in a virtual warehouse."""
    return _CONTAINER_TOKEN.exists() or _in_virtual_warehouse()


@st.cache_resource(scope="session", show_spinner="Connecting to the warehouse …", on_release=Warehouse.close)
def warehouse() -> Warehouse:
    """This viewer's session; closed when the viewer leaves.

    Raises:
        SettingsError: the environment configures no usable connection.
    """
    if _CONTAINER_TOKEN.exists():
        return GivenWarehouse(st.connection("snowflake").raw_connection)
    if _in_virtual_warehouse():
        from snowflake.snowpark.context import get_active_session

        return GivenWarehouse(get_active_session().connection)
    return Warehouse(load_settings(), QUERY_TAG)


def tables(session: Warehouse, schema: str) -> set[str]:
    """The names of a schema's tables and views; empty where it does not exist."""
    rows = session.rows("select table_name from information_schema.tables where table_schema = %s", [schema])
    return {name for (name,) in rows}

"""The warehouse resource: one connection for the house's stages and for assets written for dagster-snowflake."""

import pytest

from c360_assets.components.resources import WarehouseResource
from c360_assets.settings import Settings


@pytest.fixture(autouse=True)
def configured(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("C360_HOME", str(settings.home))
    monkeypatch.setenv("SNOWFLAKE_DATABASE", settings.database)


def test_a_session_reaches_the_configured_database(settings: Settings):
    with WarehouseResource().open("tag") as session:
        assert session.scalar("select current_database()") == settings.database


def test_dagster_snowflakes_resource_reaches_the_same_database(settings: Settings):
    with WarehouseResource().snowflake().get_connection() as connection:
        assert connection.cursor().execute("select current_database()").fetchone() == (settings.database,)

"""Splink 5 on Snowflake: the dialect, the database API and the data frame that Splink itself does not ship."""

from c360_assets.identity.splink_backend.database_api import SnowflakeAPI
from c360_assets.identity.splink_backend.dataframe import SnowflakeDataFrame
from c360_assets.identity.splink_backend.dialect import SnowflakeDialect

__all__ = ["SnowflakeAPI", "SnowflakeDataFrame", "SnowflakeDialect"]

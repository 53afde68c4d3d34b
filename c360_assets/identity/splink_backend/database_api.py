"""Splink's database API over the project's warehouse connection."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from splink.internals.database_api import DatabaseAPI
from splink.internals.misc import to_pyarrow_if_list_tuple_or_dict

from c360_assets.identity.splink_backend.dataframe import SnowflakeDataFrame
from c360_assets.identity.splink_backend.dialect import SnowflakeDialect, _literal
from c360_assets.identity.splink_backend.identifiers import to_snowflake
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse

MAX_REGISTERED_ROWS = 10_000


class SnowflakeAPI(DatabaseAPI[Any]):
    """Runs Splink in Snowflake.

    Every table that Splink makes is a transient table of the schema, its name starts with the prefix, and
    `drop_tables` removes what is left. All statements go through the Warehouse, which keeps them for lineage.
    """

    sql_dialect = SnowflakeDialect()

    def __init__(
        self, warehouse: Warehouse, schema: str = Stage.MATCH_CLUSTER.schema, prefix: str = "SPLINK__"
    ) -> None:
        super().__init__()
        self.warehouse = warehouse
        self.schema = schema
        self.prefix = prefix

    def qualified(self, name: str) -> str:
        """SCHEMA.PREFIX_NAME of a table that Splink names; a name that has a schema is left alone."""
        if "." in name:
            return name
        return f"{self.schema}.{self.prefix}{name.removeprefix('__splink__')}".upper()

    def _execute_sql_against_backend(self, final_sql: str) -> Any:
        return self.warehouse.execute(to_snowflake(final_sql))

    def _setup_for_execute_sql(self, sql: str, physical_name: str) -> str:
        return f"create or replace transient table {self.qualified(physical_name)} as\n{sql}"

    def delete_table_from_database(self, name: str) -> None:
        """Drop one of Splink's tables."""
        self._execute_sql_against_backend(f"drop table if exists {self.qualified(name)}")

    def drop_tables(self) -> None:
        """Drop every table that Splink made through this API."""
        self.delete_tables_created_by_splink_from_db()

    def _table_registration(self, input: Any, table_name: str) -> None:
        """Register a small table by value: parameters, counts, labels; customers are in the warehouse already.

        Raises:
            ValueError: more rows than fit one statement.
        """
        table = to_pyarrow_if_list_tuple_or_dict(input)
        rows = table.to_pylist() if hasattr(table, "to_pylist") else table.to_dict("records")
        names = list(table.column_names if hasattr(table, "column_names") else table.columns)
        if not rows or len(rows) > MAX_REGISTERED_ROWS:
            raise ValueError(
                f"Table {table_name!r} has {len(rows)} rows; by value between 1 and {MAX_REGISTERED_ROWS} can be "
                "registered. Load it into the warehouse and register it by name."
            )
        values = ",\n".join("(" + ", ".join(sql_literal(row[name]) for name in names) + ")" for row in rows)
        columns = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        self._execute_sql_against_backend(
            f"create or replace transient table {self.qualified(table_name)} as\n"
            f"select * from (values\n{values}) as given ({columns})"
        )
        self._created_tables.add(table_name)

    def table_to_splink_dataframe(self, templated_name: str, physical_name: str) -> SnowflakeDataFrame:
        """A handle on a table."""
        return SnowflakeDataFrame(templated_name, self.qualified(physical_name), self)

    def table_exists_in_database(self, table_name: str) -> bool:
        """Whether the table exists."""
        schema, name = self.qualified(table_name).split(".")
        found = self.warehouse.scalar(
            "select count(*) from information_schema.tables where table_schema = %s and table_name = %s",
            [schema, name],
        )
        return bool(found)


def sql_literal(value: Any) -> str:
    """A value as a Snowflake literal.

    Raises:
        TypeError: the value is neither null, boolean, number, text, nor a date or time.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value!r}::float"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, str):
        return _literal(value)
    if hasattr(value, "isoformat"):
        kind = "timestamp_ntz" if hasattr(value, "hour") else "date"
        return f"'{value.isoformat()}'::{kind}"
    raise TypeError(f"A value of type {type(value).__name__} cannot be registered by value.")

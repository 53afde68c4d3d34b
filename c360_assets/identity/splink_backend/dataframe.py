"""A table in Snowflake, as Splink holds one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splink.internals.input_column import InputColumn
from splink.internals.splink_dataframe import SplinkDataFrame

from c360_assets.identity.splink_backend.identifiers import column_name

if TYPE_CHECKING:
    from c360_assets.identity.splink_backend.database_api import SnowflakeAPI


class SnowflakeDataFrame(SplinkDataFrame):
    """A handle on a table; rows are fetched only where Splink asks for them (counts and parameters)."""

    db_api: SnowflakeAPI

    def _cursor(self, limit: int | None) -> Any:
        suffix = "" if limit is None else f" limit {int(limit)}"
        return self.db_api.warehouse.execute(f"select * from {self.physical_name}{suffix}")

    @property
    def columns(self) -> list[InputColumn]:
        """The table's columns."""
        return [
            InputColumn(column_name(column[0]), sqlglot_dialect_str="snowflake")
            for column in self._cursor(0).description
        ]

    def validate(self) -> None:
        """Raises WarehouseError where the table does not exist."""
        self._cursor(0)

    def _drop_table_from_database(self, force_non_splink_table: bool = False) -> None:
        self._check_drop_table_created_by_splink(force_non_splink_table)
        self.db_api.delete_table_from_database(self.physical_name)

    def as_record_list(self, limit: int | None = None) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        cursor = self._cursor(limit)
        names = [column_name(column[0]) for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def as_dict(self, limit: int | None = None) -> dict[str, list[Any]]:
        """Columns as lists."""
        cursor = self._cursor(limit)
        names = [column_name(column[0]) for column in cursor.description]
        rows = cursor.fetchall()
        return {name: [row[n] for row in rows] for n, name in enumerate(names)}

"""A table in Snowflake, as Splink holds one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from splink.internals.duckdb.dataframe import DuckDBDataFrame
from splink.internals.input_column import InputColumn
from splink.internals.splink_dataframe import SplinkDataFrame

from c360_assets.identity.splink_backend.identifiers import column_name

if TYPE_CHECKING:
    from c360_assets.identity.splink_backend.database_api import SnowflakeAPI


# The connector's codes of VARIANT, OBJECT and ARRAY, which it hands over as JSON text.
SEMI_STRUCTURED = frozenset({5, 9, 10})


class SnowflakeDataFrame(SplinkDataFrame):
    """A handle on a table; rows are fetched only where Splink asks for them (counts and parameters)."""

    db_api: SnowflakeAPI

    def _cursor(self, limit: int | None) -> Any:
        suffix = "" if limit is None else f" limit {int(limit)}"
        return self.db_api.warehouse.execute(f"select * from {self.physical_name}{suffix}")

    def _names(self, cursor: Any) -> list[str]:
        return [column_name(column[0], self.db_api.spelled) for column in cursor.description]

    @property
    def columns(self) -> list[InputColumn]:
        """The table's columns."""
        return [InputColumn(name, sqlglot_dialect_str="snowflake") for name in self._names(self._cursor(0))]

    def validate(self) -> None:
        """Raises WarehouseError where the table does not exist."""
        self._cursor(0)

    def _drop_table_from_database(self, force_non_splink_table: bool = False) -> None:
        self._check_drop_table_created_by_splink(force_non_splink_table)
        self.db_api.delete_table_from_database(self.physical_name)

    def as_record_list(self, limit: int | None = None) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        cursor = self._cursor(limit)
        names = self._names(cursor)
        return [dict(zip(names, row, strict=True)) for row in _plain_rows(cursor)]

    def as_dict(self, limit: int | None = None) -> dict[str, list[Any]]:
        """Columns as lists."""
        cursor = self._cursor(limit)
        names = self._names(cursor)
        rows = _plain_rows(cursor)
        return {name: [row[n] for row in rows] for n, name in enumerate(names)}

    def as_duckdbpyrelation(self, limit: int | None = None) -> Any:
        """The rows as a relation of the DuckDB connection that Splink keeps, under the same name."""
        connection, rows = self.db_api.duckdb_con, self.as_pyarrow_table(limit)
        schema, _, name = self.physical_name.rpartition(".")
        if schema:
            connection.execute(f"create schema if not exists {schema}")
        connection.register(f"{name}__rows", rows)
        connection.execute(f"create or replace table {self.physical_name} as select * from {name}__rows")
        connection.unregister(f"{name}__rows")
        return connection.table(self.physical_name)


def _plain_rows(cursor: Any) -> list[list[Any]]:
    """Rows as Splink reads them: it reckons and draws with floats, and an ARRAY is a list."""
    reads = [_json if column[1] in SEMI_STRUCTURED else _number for column in cursor.description]
    return [[read(value) for read, value in zip(reads, row, strict=True)] for row in cursor.fetchall()]


def _json(value: str | None) -> Any:
    return None if value is None else json.loads(value)


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


class SummaryDataFrame(DuckDBDataFrame):
    """A few rows of counts or parameters, held in the DuckDB connection that Splink keeps for such arithmetic."""

    def _relation(self, limit: int | None) -> Any:
        relation = self.db_api.duckdb_con.table(self.physical_name)
        return relation if limit is None else relation.limit(limit)

    @property
    def columns(self) -> list[InputColumn]:
        """The summary's columns."""
        return [InputColumn(name, sqlglot_dialect_str="duckdb") for name in self._relation(0).columns]

    def _drop_table_from_database(self, force_non_splink_table: bool = False) -> None:
        self.db_api.duckdb_con.unregister(self.physical_name)

    def as_record_list(self, limit: int | None = None) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        relation = self._relation(limit)
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    def as_dict(self, limit: int | None = None) -> dict[str, list[Any]]:
        """Columns as lists."""
        rows = self.as_record_list(limit)
        return {name: [row[name] for row in rows] for name in self._relation(0).columns}

    def as_duckdbpyrelation(self, limit: int | None = None) -> Any:
        """The rows as a DuckDB relation."""
        return self._relation(limit)


def arrow_table(cursor: Any) -> Any:
    """A small result as an Arrow table with Splink's column names; numbers as doubles or integers."""
    import pyarrow as pa

    names = [column_name(column[0]) for column in cursor.description]
    rows = _plain_rows(cursor)
    return pa.table({name: [row[n] for row in rows] for n, name in enumerate(names)})

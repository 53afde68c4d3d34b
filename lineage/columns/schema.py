"""The warehouse's columns, as information_schema tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol


class _Session(Protocol):
    def rows(self, sql: str) -> list[tuple[str, ...]]:
        """All rows of a query."""


class Schema:
    """Tables and views by DATABASE.SCHEMA.TABLE, each with its columns in order and their types."""

    def __init__(self, database: str, tables: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.database = database
        self._tables: dict[str, dict[str, str]] = {name: dict(columns) for name, columns in (tables or {}).items()}

    @classmethod
    def read(cls, warehouse: _Session, database: str) -> Schema:
        """All tables of the session's database, by one statement."""
        schema = cls(database)
        for namespace, table, column, data_type in warehouse.rows(
            "select table_schema, table_name, column_name, data_type from information_schema.columns"
            " where table_schema <> 'INFORMATION_SCHEMA' order by table_schema, table_name, ordinal_position"
        ):
            schema._tables.setdefault(f"{database}.{namespace}.{table}", {})[column] = data_type
        return schema

    def columns(self, table: str) -> list[str] | None:
        """A table's columns in order, None where the table is unknown."""
        found = self._tables.get(table)
        return None if found is None else list(found)

    def types(self, table: str) -> dict[str, str]:
        """Column -> data type, empty where the table is unknown."""
        return dict(self._tables.get(table, {}))

    def set(self, table: str, columns: Iterable[str]) -> None:
        """Add or replace a table whose column types are not known, such as one that a run made."""
        known = self._tables.get(table, {})
        self._tables[table] = {column: known.get(column, "UNKNOWN") for column in columns}

    def drop(self, table: str) -> None:
        """Forget a table."""
        self._tables.pop(table, None)

    def copy(self) -> Schema:
        """A copy that later statements may add to."""
        return Schema(self.database, self._tables)

    def part(self, tables: Iterable[str]) -> dict[str, list[str]]:
        """The columns of some tables: what a lineage of them depends on."""
        return {table: list(self._tables.get(table, {})) for table in sorted(set(tables))}

"""Tables with the columns of a contract, and rows that keep it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from c360_assets.contracts.catalogue import contracts
from c360_assets.contracts.model import Contract
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse

TYPES = {
    "string": "varchar",
    "int64": "number(38,0)",
    "float64": "float",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp_ntz",
    "json": "variant",
}


def create(warehouse: Warehouse, model: type[Contract]) -> None:
    schema, table = model.contract_table()
    columns = ", ".join(
        f'"{name.upper()}" {TYPES[str(column.dtype.type)]}' for name, column in model.to_schema().columns.items()
    )
    warehouse.execute(f"create schema if not exists {schema}")
    warehouse.execute(f'create or replace table {schema}."{table}" ({columns})')


@pytest.fixture(scope="module")
def every_table(settings) -> Iterator[Warehouse]:
    """A session on a database that has every table of every contract, empty."""
    with Warehouse(settings) as session:
        for stage in Stage:
            for model in contracts(stage).values():
                create(session, model)
        yield session


@pytest.fixture
def insert(every_table: Warehouse) -> Iterator[Callable[..., None]]:
    """Insert a row given as column=SQL expression; tables that were written to are emptied afterwards."""
    written = set()

    def row(table: str, **values: str) -> None:
        columns = ", ".join(f'"{name.upper()}"' for name in values)
        every_table.execute(f"insert into {table} ({columns}) select {', '.join(values.values())}")
        written.add(table)

    yield row
    for table in written:
        every_table.execute(f"delete from {table}")

"""Validates tables against their contracts: one statement per table, over all rows, in the warehouse."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from c360_assets.contracts.compile import Compiled, compile_contract
from c360_assets.contracts.model import Contract
from c360_assets.contracts.results import ContractResult, Failure, Outcome, Severity
from c360_assets.warehouse import Warehouse

NOTHING_ACCEPTED: Mapping[tuple[str, str], float] = MappingProxyType({})
_TYPES = {
    "TEXT": "string",
    "FLOAT": "float64",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "VARIANT": "json",
    "OBJECT": "json",
    "ARRAY": "json",
}


def ibis_type(data_type: str, scale: int | None) -> str:
    """The Ibis type of a column as information_schema describes it."""
    if data_type == "NUMBER":
        return "float64" if scale else "int64"
    if data_type.startswith("TIMESTAMP"):
        return "timestamp"
    return _TYPES.get(data_type, data_type.lower())


def columns_of(warehouse: Warehouse, schema: str) -> dict[str, dict[str, str]]:
    """Table -> column -> Ibis type for every table of a schema; names in lower case; one statement."""
    tables: dict[str, dict[str, str]] = {}
    for table, column, data_type, scale in warehouse.rows(
        "select table_name, column_name, data_type, numeric_scale from information_schema.columns"
        " where table_schema = %s order by table_name, ordinal_position",
        [schema.upper()],
    ):
        tables.setdefault(table.lower(), {})[column.lower()] = ibis_type(data_type, scale)
    return tables


def validate(
    warehouse: Warehouse, models: Iterable[type[Contract]], accepted: Mapping[tuple[str, str], float] = NOTHING_ACCEPTED
) -> Iterator[ContractResult]:
    """Validate each model's table and yield its result, in order.

    `accepted`: (SCHEMA.TABLE, rule) -> share of the rows that broke the rule when the stage last passed.

    Raises:
        WarehouseError: a statement failed. A broken rule is a result and raises nothing.
    """
    schemas: dict[str, dict[str, dict[str, str]]] = {}
    for model in models:
        schema, table = model.contract_table()
        if schema not in schemas:
            schemas[schema] = columns_of(warehouse, schema)
        columns = schemas[schema].get(table.lower())
        if columns is None:
            missing = Failure("", "table_exists", 1)
            yield ContractResult(f"{schema}.{table}", 0, 0.0, (missing,))
        else:
            yield _validate(warehouse, compile_contract(model, columns), accepted)


def _validate(warehouse: Warehouse, compiled: Compiled, accepted: Mapping[tuple[str, str], float]) -> ContractResult:
    started = time.perf_counter()
    rows, *counts = next(iter(warehouse.rows(compiled.sql)))
    failures = [Failure(column, what, rows) for column, what in compiled.absent]
    outcomes = []
    table = ".".join(compiled.model.contract_table())
    for rule, found in zip(compiled.rules, counts, strict=True):
        count = int(found or 0)
        allowed = compiled.model.contract_allowed(rule.name, rows, accepted.get((table, rule.name)))
        outcomes.append(Outcome(rule.column, rule.name, count, rule.severity, count <= allowed))
        if count > allowed:
            query = compiled.query(rule)
            failures.append(Failure(rule.column, rule.name, count, rule.severity, allowed, query))
    outcomes += [Outcome(column, what, rows, Severity.ERROR, False) for column, what in compiled.absent]
    return ContractResult(table, int(rows), time.perf_counter() - started, tuple(failures), tuple(outcomes))

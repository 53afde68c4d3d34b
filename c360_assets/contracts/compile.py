"""Compiles a Pandera model into one aggregate over its table: a count of offending rows per rule.

Pandera's own validation of an Ibis table sends a query or two per check. Here the same checks, taken from the
same model, become one statement, so that a table costs one round trip however many rules it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
from pandera.api.checks import Check
from pandera.api.ibis.types import IbisData

from c360_assets.contracts.model import Contract, Violations
from c360_assets.contracts.results import Severity
from c360_assets.contracts.sql import aggregate_sql, rows_sql


@dataclass(frozen=True)
class Rule:
    """One rule of a contract: how to count the rows that break it and how to show them."""

    column: str
    name: str
    severity: Severity
    count: ir.IntegerScalar | None
    """None: the number of `rows`."""
    rows: ir.Table
    separate: bool = False
    """The count reads more than the row itself, so it is a subquery of its own."""


@dataclass(frozen=True)
class Compiled:
    """A contract ready to run against a table with known columns."""

    model: type[Contract]
    rules: tuple[Rule, ...]
    absent: tuple[tuple[str, str], ...]
    """(column, what is wrong): columns that are missing or have another type."""
    sql: str

    def query(self, rule: Rule) -> str:
        """A statement that shows the rows that break the rule."""
        return rows_sql(rule.rows)


def compile_contract(model: type[Contract], columns: Mapping[str, str]) -> Compiled:
    """Compile for a table whose columns (lower case) have these Ibis types."""
    schema = model.to_schema()
    absent = list(_absent(schema, columns))
    unusable = {column for column, _ in absent}
    # The table's own types, not the contract's, decide how Ibis writes a comparison.
    namespace, name = model.contract_table()
    relation = ibis.table(dict(columns), name=name.lower(), database=namespace.lower())
    rules: list[Rule] = []
    for column, declared in schema.columns.items():
        if column in columns and column not in unusable:
            rules += _column_rules(relation, column, declared)
    rules += _key_rules(relation, schema.unique)
    for check in schema.checks:
        rules += _table_rule(relation, check, bool(absent))
    return Compiled(model, tuple(rules), tuple(absent), aggregate_sql(relation, rules))


def _absent(schema: Any, columns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, declared in schema.columns.items():
        if name not in columns:
            if declared.required:
                yield name, "present"
            continue
        expected, actual = str(declared.dtype.type), columns[name]
        # Whole numbers are numbers: Snowflake derives scale 0 where all inputs have it.
        if expected != actual and (expected, actual) != ("float64", "int64"):
            yield name, f"type_{expected}"


def _severity(check: Check) -> Severity:
    return Severity.WARN if check.raise_warning else Severity.ERROR


def _rule(relation: ir.Table, column: str, name: str, severity: Severity, bad: ir.BooleanValue) -> Rule:
    return Rule(column, name, severity, relation.count(where=bad), relation.filter(bad))


def _column_rules(relation: ir.Table, name: str, declared: Any) -> Iterator[Rule]:
    column = relation[name]
    if not declared.nullable:
        yield _rule(relation, name, "not_null", Severity.ERROR, column.isnull())
    if declared.unique:
        surplus = relation.count() - column.nunique() - relation.count(where=column.isnull())
        repeated = relation.filter(column.count().over(ibis.window(group_by=column)) > 1)
        yield Rule(name, "unique", Severity.ERROR, surplus, repeated)
    for check in declared.checks:
        good = check._check_fn(IbisData(relation, name), **check._check_kwargs)
        if isinstance(good, ir.Table):
            good = good.op().values[name].to_expr()
        yield _rule(relation, name, check.name, _severity(check), ~good & column.notnull())


def _key_rules(relation: ir.Table, unique: Any) -> Iterator[Rule]:
    keys = [] if not unique else [unique] if isinstance(unique[0], str) else unique
    for key in keys:
        if set(key) <= set(relation.columns):
            sizes = relation.group_by(list(key)).aggregate(n=relation.count())
            surplus = (sizes.n - 1).sum().coalesce(0)
            window = ibis.window(group_by=[relation[k] for k in key])
            repeated = relation.filter(relation.count().over(window) > 1)
            yield Rule("", f"unique({', '.join(key)})", Severity.ERROR, surplus, repeated, separate=True)


def _table_rule(relation: ir.Table, check: Check, incomplete: bool) -> Iterator[Rule]:
    function = check._check_fn
    try:
        if isinstance(function, Violations):
            rows = function.rows(relation)
            yield Rule("", check.name, _severity(check), None, rows, separate=True)
        else:
            good = function(IbisData(relation, None), **check._check_kwargs)
            yield _rule(relation, "", check.name, _severity(check), ~good)
    except (AttributeError, KeyError, TypeError, ibis.common.exceptions.IbisError):
        # A rule over columns that are missing or of another type cannot be stated; their absence is reported.
        if not incomplete:
            raise

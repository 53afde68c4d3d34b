"""The base of every contract, and what Pandera lacks: VARIANT, references, cross-table rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pandera.backends.ibis.builtin_checks  # noqa: F401  (before any model: it registers the built-in checks)
import pandera.ibis as pa
from pandera.api.checks import Check
from pandera.api.ibis.types import IbisData
from pandera.dtypes import immutable
from pandera.engines import ibis_engine

from c360_assets.contracts.thresholds import Limit


@ibis_engine.Engine.register_dtype(equivalents=[dt.JSON, dt.JSON(), dt.json])
@immutable
class Variant(ibis_engine.DataType):
    """Snowflake's VARIANT, ARRAY and OBJECT."""

    type = dt.json


class Contract(pa.DataFrameModel):
    """A table's contract: `class Person(Contract, table="normalized_record.person")`.

    The docstring of a contract states the table's grain; field names are the columns' names in lower case.
    Rules are properties of fields, `pa.dataframe_check`s that return a boolean column, and `across` for rules
    that need other rows or tables. A rule with `raise_warning=True` warns; every other one is an error and
    stops what comes after. `tolerances` says which share of the rows, 0 to 1, may break a rule, or its limit.
    """

    class Config:
        """Columns beyond the contract are allowed: a stage may keep more than later stages rely on."""

        strict = False

    _table = ""
    _tolerances: Mapping[str, float | Limit] = {}

    def __init_subclass__(
        cls, table: str = "", tolerances: Mapping[str, float | Limit] | None = None, **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls._table = table
        cls._tolerances = tolerances or {}

    @classmethod
    def across(cls) -> list[Check]:
        """Rules that need other rows or other tables."""
        return []

    @classmethod
    def build_schema_(cls, **kwargs: Any) -> Any:
        """Pandera's schema of the model, with the rules of `across` among its checks."""
        schema = super().build_schema_(**kwargs)
        schema.checks = [*schema.checks, *cls.across()]
        return schema

    @classmethod
    def contract_table(cls) -> tuple[str, str]:
        """Schema and table as the warehouse stores them."""
        schema, _, table = cls._table.upper().partition(".")
        return schema, table

    @classmethod
    def contract_allowed(cls, rule: str, rows: int, accepted: float | None = None) -> int:
        """How many of `rows` may break the rule. `accepted` is the share that broke it when the stage last passed."""
        tolerance = cls._tolerances.get(rule, 0.0)
        return tolerance.allowed(rows, accepted) if isinstance(tolerance, Limit) else math.floor(tolerance * rows)


def other(table: str, **columns: str) -> ir.Table:
    """Another table (stage.table, lower case) and the columns of it that a rule needs, with Ibis types."""
    schema, _, name = table.partition(".")
    return ibis.table(columns, name=name, database=schema)


class Violations:
    """A rule as a table of the rows that break it; Pandera itself sees a scalar: there are none."""

    __name__ = "violations"

    def __init__(self, rows: Callable[[ir.Table], ir.Table]) -> None:
        self.rows = rows

    def __call__(self, data: IbisData) -> ir.BooleanScalar:
        """True when no row breaks the rule."""
        return self.rows(data.table).count() == 0


def violations(name: str, description: str, rows: Callable[[ir.Table], ir.Table], warn: bool = False) -> Check:
    """A rule that needs other rows or other tables: `rows` takes the table and returns the offending rows."""
    return Check(Violations(rows), name=name, description=description, raise_warning=warn)


def exists_in(column: str, table: str, target: str = "", warn: bool = False) -> Check:
    """Every value of `column` that is not null occurs in `table` (stage.table, lower case)."""
    target = target or column

    def rows(relation: ir.Table) -> ir.Table:
        known = other(table, **{target: "string"})
        present = relation.filter(relation[column].notnull())
        return present.anti_join(known, present[column] == known[target])

    name = f"{column}_in_{table.rpartition('.')[2]}"
    return violations(name, f"Every {column} exists in {table}.", rows, warn)

"""The same random records on Splink's own DuckDB backend, which is the oracle, and on Snowflake."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker

from c360_assets.identity.splink_backend import SnowflakeAPI
from c360_assets.identity.splink_backend.values import sql_literal
from c360_assets.warehouse import Warehouse

SCHEMA = "MATCH_CLUSTER"
Row = dict[str, Any]
# Name: what Snowflake and what Arrow call its type.
COLUMNS: dict[str, tuple[str, pa.DataType]] = {
    "unique_id": ("number", pa.int64()),
    "name": ("varchar", pa.string()),
    "other": ("varchar", pa.string()),
    "Post Code": ("varchar", pa.string()),
    "email": ("varchar", pa.string()),
    "born": ("date", pa.date32()),
    "born_text": ("varchar", pa.string()),
    "born_german": ("varchar", pa.string()),
    "seen": ("timestamp_ntz", pa.timestamp("us")),
    "seen_text": ("varchar", pa.string()),
    "lat": ("float", pa.float64()),
    "lon": ("float", pa.float64()),
    "tags": ("array", pa.list_(pa.string())),
    "names": ("array", pa.list_(pa.string())),
    "vector": ("array", pa.list_(pa.float64(), 3)),
    "amount": ("number", pa.int64()),
    "share": ("float", pa.float64()),
    "person": ("number", pa.int64()),
}
WORDS = (
    "anna Anna hanna annabel müller Müller mueller a ab ba o'neil 日本 日木 jonathan jonahtan johnathan johnson smith "
    "smyth x\\y élodie elodie katharina catherine kathrin jean-luc peter petra piotr"
).split()
POSTCODES = ["SW1A 1AA", "SW1A 2AA", "SW1P 1AA", "W1A 1AA", "not one", ""]
FIRST_DAY, FIRST_MOMENT = date(1980, 1, 1), datetime(2020, 1, 1)


def records(count: int, seed: int) -> list[Row]:
    """Records in which every column has nulls, and texts are empty, accented and of either case now and then."""
    chance = random.Random(seed)

    def maybe(value: Any) -> Any:
        return None if chance.random() < 0.12 else value

    def words(most: int) -> list[str]:
        return [chance.choice([*WORDS, ""]) for _ in range(chance.randint(0, most))]

    def record(number: int) -> Row:
        name, other = chance.choice([*WORDS, ""]), chance.choice([*WORDS, ""])
        born = FIRST_DAY + timedelta(days=chance.choice([0, 0, 1, 10, 30, 31, 365, 366, 4000]))
        seen = FIRST_MOMENT + timedelta(seconds=chance.choice([0, 0.4, 0.9, 1, 59, 61, 3600, 86400]))
        return {
            "unique_id": number,
            "name": maybe(name),
            "other": maybe(other),
            "Post Code": maybe(chance.choice(POSTCODES)),
            "email": maybe(f"{name.lower()}@{chance.choice('xyz')}.example"),
            "born": maybe(born),
            "born_text": maybe(chance.choice([born.isoformat(), born.isoformat(), "unknown", ""])),
            "born_german": maybe(born.strftime("%d.%m.%Y")),
            "seen": maybe(seen),
            "seen_text": maybe(seen.strftime("%Y-%m-%dT%H:%M:%SZ")),
            "lat": maybe(round(chance.uniform(50, 50.5), 4)),
            "lon": maybe(round(chance.uniform(0, 0.5), 4)),
            "tags": maybe([chance.choice("abcd") for _ in range(chance.randint(0, 3))]),
            "names": maybe(words(3)),
            "vector": maybe([round(chance.uniform(-1, 1), 3) for _ in range(3)]),
            "amount": maybe(chance.choice([0, 1, 2, 100, 109, 110, 111, -5])),
            "share": maybe(round(chance.uniform(0, 1), 3)),
            "person": number // 3,
        }

    return [record(number) for number in range(count)]


def arrow(rows: list[Row]) -> pa.Table:
    """The records as DuckDB reads them."""
    return pa.table({name: pa.array([row[name] for row in rows], type=kind) for name, (_, kind) in COLUMNS.items()})


def _literal(value: Any, kind: str) -> str:
    if kind == "array" and value is not None:
        return f"parse_json({sql_literal(json.dumps(value))})::array"
    return sql_literal(value)


def load(warehouse: Warehouse, table: str, rows: list[Row]) -> str:
    """Write the records into a table of the step schema; its name."""
    warehouse.execute(f"create schema if not exists {SCHEMA}")
    columns = ", ".join(f'"{name}" {kind}' if " " in name else f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
    warehouse.execute(f"create or replace table {SCHEMA}.{table} ({columns})")
    selects = ("select " + ", ".join(_literal(row[name], kind) for name, (kind, _) in COLUMNS.items()) for row in rows)
    warehouse.execute(f"insert into {SCHEMA}.{table} " + " union all ".join(selects))
    return f"{SCHEMA}.{table}"


def oracle() -> DuckDBAPI:
    """Splink's own DuckDB, which reads the arrows of Splink's pairwise levels only where it is told to."""
    connection = duckdb.connect(":memory:")
    connection.execute("set lambda_syntax = 'ENABLE_SINGLE_ARROW'")
    return DuckDBAPI(connection)


class Sides:
    """The same tables on both backends; what is asked of a linker on one is asked of a linker on the other."""

    def __init__(self, warehouse: Warehouse, **tables: list[Row]) -> None:
        self._warehouse, self._tables = warehouse, tables
        self._loaded = {name: load(warehouse, f"SIDES_{name}", rows) for name, rows in tables.items()}

    def ask(self, settings: Callable[[], Any], question: Callable[[Linker], Any]) -> tuple[Any, Any]:
        """What Splink's own backend answers, and what ours does."""
        answers = []
        for api in (oracle(), SnowflakeAPI(self._warehouse, SCHEMA, prefix="SIDES__")):
            inputs = [
                api.register(
                    self._loaded[name] if isinstance(api, SnowflakeAPI) else arrow(rows), dataset_display_name=name
                )
                for name, rows in self._tables.items()
            ]
            answers.append(question(Linker(inputs, settings(), log_level=None)))
            api.delete_tables_created_by_splink_from_db()
        return answers[0], answers[1]


def plain(rows: Iterable[Row], *keys: str) -> dict[tuple[Any, ...], Row]:
    """Splink's rows by key, numbers as floats, so that a decimal and a double compare."""
    found = {}
    for row in rows:
        values = {
            name: float(value) if hasattr(value, "__float__") and not isinstance(value, str) else value
            for name, value in row.items()
        }
        found[tuple(values[key] for key in keys)] = values
    return found


def weighted(comparison: Any, levels: int) -> Any:
    """The weights are given: what is compared is what is done with them. `levels` without the null level."""
    m = [0.6 / 3**n for n in range(levels - 1)]
    return comparison.configure(m_probabilities=[*m, 1 - sum(m)], u_probabilities=[*(one / 15 for one in m), 0.9])

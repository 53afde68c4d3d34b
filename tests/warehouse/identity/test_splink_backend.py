"""Splink on Snowflake weighs as Splink on DuckDB does."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from identity_people import people
from identity_tables import Row
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from c360_assets.identity.splink_backend import SnowflakeAPI
from c360_assets.identity.splink_backend.values import sql_literal
from c360_assets.warehouse import Warehouse

COLUMNS = {"unique_id": "number", "given": "varchar", "Family Name": "varchar", "email": "varchar", "born": "date"}


def weights(*levels: Any) -> list[Any]:
    """The same m and u on both sides; what they are does not matter here."""
    shares = [0.7, 0.2, 0.1] if len(levels) == 4 else [0.8, 0.2]
    null, *others = levels
    return [null, *(one.configure(m_probability=s, u_probability=s / 7) for one, s in zip(others, shares, strict=True))]


def given_settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.CustomComparison(
                output_column_name="given",
                comparison_levels=weights(
                    cll.NullLevel("given"),
                    cll.ExactMatchLevel("given", term_frequency_adjustments=True),
                    cll.LevenshteinLevel("given", 1),
                    cll.ElseLevel(),
                ),
            ),
            cl.CustomComparison(
                output_column_name="family",
                comparison_levels=weights(
                    cll.NullLevel("Family Name"),
                    cll.ExactMatchLevel("Family Name", term_frequency_adjustments=True),
                    cll.ElseLevel(),
                ),
            ),
            cl.CustomComparison(
                output_column_name="born",
                comparison_levels=weights(
                    cll.NullLevel("born"),
                    cll.ExactMatchLevel("born"),
                    cll.AbsoluteDateDifferenceLevel("born", input_is_string=False, threshold=400, metric="day"),
                    cll.ElseLevel(),
                ),
            ),
        ],
        blocking_rules_to_generate_predictions=[block_on("given"), block_on("substr(email, 1, 4)")],
        retain_intermediate_calculation_columns=True,
        probability_two_random_records_match=0.01,
    )


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    made, _ = people(220, seed=5)
    return [
        {
            "unique_id": number,
            "given": row["given_name_key"],
            "Family Name": row["family_name_key"] if number % 11 else None,
            "email": row["email"],
            "born": date(1950 + number % 40, 1 + number % 12, 1 + number % 28) if number % 3 else None,
        }
        for number, row in enumerate(made)
    ]


@pytest.fixture
def table(warehouse: Warehouse, rows: list[Row]) -> str:
    warehouse.execute("create schema if not exists MATCH_CLUSTER")
    columns = ", ".join(f'"{name}" {kind}' if " " in name else f"{name} {kind}" for name, kind in COLUMNS.items())
    warehouse.execute(f"create or replace table MATCH_CLUSTER.PARITY ({columns})")
    values = ", ".join("(" + ", ".join(sql_literal(row[name]) for name in COLUMNS) + ")" for row in rows)
    warehouse.execute(f"insert into MATCH_CLUSTER.PARITY values {values}")
    return "MATCH_CLUSTER.PARITY"


def scores(linker: Linker) -> dict[tuple[int, int], float]:
    found = linker.inference.predict(warning_mode="never").as_record_list()
    return {(int(r["unique_id_l"]), int(r["unique_id_r"])): float(r["match_weight"]) for r in found}


def test_the_same_settings_give_the_same_match_weights_as_on_duckdb(
    warehouse: Warehouse, rows: list[Row], table: str
) -> None:
    local = DuckDBAPI(duckdb.connect(":memory:"))
    expected = scores(Linker(local.register(pa.Table.from_pylist(rows)), given_settings(), log_level=None))
    api = SnowflakeAPI(warehouse, "MATCH_CLUSTER")
    found = scores(Linker(api.register(table), given_settings(), log_level=None))
    api.drop_tables()
    assert len(expected) > 300
    assert found.keys() == expected.keys()
    assert max(abs(found[pair] - expected[pair]) for pair in expected) < 1e-6


def test_training_learns_the_same_m_as_on_duckdb(warehouse: Warehouse, rows: list[Row], table: str) -> None:
    def learnt(api: Any, data: Any) -> dict[str, list[float]]:
        linker = Linker(api.register(data), given_settings(), log_level=None)
        linker.training.estimate_u_using_random_sampling(max_pairs=10**7, num_chunks=1)
        linker.training.estimate_parameters_using_expectation_maximisation(
            "l.email = r.email", estimate_without_term_frequencies=True
        )
        return {
            comparison["output_column_name"]: [
                level[share]
                for level in comparison["comparison_levels"]
                for share in ("m_probability", "u_probability")
                if share in level
            ]
            for comparison in linker.misc.save_model_to_json()["comparisons"]
        }

    api = SnowflakeAPI(warehouse, "MATCH_CLUSTER")
    found = learnt(api, table)
    api.drop_tables()
    expected = learnt(DuckDBAPI(duckdb.connect(":memory:")), pa.Table.from_pylist(rows))
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name] == pytest.approx(values, abs=1e-6), name


def test_splink_leaves_no_table_behind(warehouse: Warehouse, table: str) -> None:
    api = SnowflakeAPI(warehouse, "MATCH_CLUSTER", prefix="PARITY_SPLINK__")
    scores(Linker(api.register(table), given_settings(), log_level=None))
    made = "select count(*) from information_schema.tables where table_name like 'PARITY_SPLINK%'"
    assert warehouse.scalar(made) > 0
    api.drop_tables()
    assert warehouse.scalar(made) == 0


def test_small_tables_are_registered_by_value_with_any_text(warehouse: Warehouse) -> None:
    warehouse.execute("create schema if not exists MATCH_CLUSTER")
    rows = [{"unique_id": 1, "text": 'o\'neill \\ "x"', "share": 0.25}, {"unique_id": 2, "text": None, "share": 1e-9}]
    api = SnowflakeAPI(warehouse, "MATCH_CLUSTER")
    assert api.register(rows, table_name="given_by_value").as_record_list() == rows
    api.drop_tables()

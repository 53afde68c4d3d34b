"""Pairs that are left out before spellings are compared would not have been kept."""

from __future__ import annotations

import itertools
import json
from datetime import datetime
from typing import Any

import duckdb
import pytest
from identity_people import companies, people
from identity_runs import TRAINED
from identity_tables import create, put

from c360_assets.identity.models import MODELS
from c360_assets.identity.patterns import sample_random_pairs
from c360_assets.identity.promising import can_hold, most_weight, promising_pairs
from c360_assets.identity.records import prepare_records
from c360_assets.identity.scoring import register_term_frequencies
from c360_assets.identity.splink_backend import SnowflakeAPI
from c360_assets.identity.tables import STEP_SCHEMA, create_tables, step_schema
from c360_assets.identity.training import make_linker, train
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


@pytest.fixture(autouse=True)
def normalized(warehouse: Warehouse) -> None:
    create(warehouse)
    create_tables(warehouse)


@pytest.mark.parametrize("kind", ["person", "organization"])
def test_every_pair_that_splink_would_keep_is_promising(warehouse: Warehouse, kind: str) -> None:
    rows, _ = {"person": people, "organization": companies}[kind](120, seed=5)
    put(warehouse, kind, rows)
    model = MODELS[kind]
    with step_schema(warehouse):
        records = prepare_records(warehouse, model, TRAINED)
        trained = train(warehouse, model, TRAINED, Run("r1", datetime(2026, 1, 1)), records)
        pairs = sample_random_pairs(warehouse, model, records, 40_000)
        warehouse.execute(f"create or replace transient table {pairs}_KEYED as select *, '0' as match_key from {pairs}")
        api = SnowflakeAPI(warehouse, STEP_SCHEMA, prefix="TEST_")
        linker = make_linker(api, model.record_table, trained.settings)
        rarity = register_term_frequencies(warehouse, api, model, trained, linker)
        linker.table_management.register_blocked_pairs_for_predict(api.register(f"{pairs}_KEYED"))
        scored = linker.inference.predict(warning_mode="never").physical_name
        for threshold in (-15.0, -5.0, 0.0, 5.0, 20.0):
            kept = set(warehouse.rows(
                f"select record_no_l, record_no_r from {scored} where match_weight >= {threshold}"
            ))  # fmt: skip
            table = promising_pairs(warehouse, model, trained.settings, threshold, f"{pairs}_KEYED", rarity)
            promising = set(warehouse.rows(f"select join_key_l, join_key_r from {table}"))
            assert kept <= promising
        assert len(promising) < len(warehouse.rows(f"select * from {pairs}")) / 2, "few of the others are"


TEXTS = [*("".join(text) for size in range(5) for text in itertools.product("ab", repeat=size)), "abcabc", "bcabcb",
         "abxabc", "xbcabc", "abcab", "ü", "aü", "üb", "übü", None]  # fmt: skip


@pytest.mark.parametrize(
    "condition",
    [
        '"n_l" = "n_r"',
        'splink_levenshtein("n_l", "n_r") <= 1',
        'splink_levenshtein("n_l", "n_r") <= 2',
        'splink_levenshtein("n_l", "n_r") <= 3',
        '(splink_levenshtein("n_l", "n_r") <= 2) AND (left(n_l, 1) = left(n_r, 1))',
        '(splink_levenshtein("n_l", "n_r") <= 1) OR ("n_l" = "n_r")',
        '(splink_jaro_winkler("n_l", "n_r") >= 0.8) AND ("n_l" <> "n_r")',
        '(splink_jaro_winkler("n_l", "n_r") >= 0.8) OR ("n_l" <> "n_r")',
        'NOT (splink_levenshtein("n_l", "n_r") <= 1)',
        'splink_levenshtein("n_l", "n_r") > 1',
    ],
)
def test_what_can_hold_holds_wherever_the_condition_does(condition: str) -> None:
    weaker = can_hold(condition) or "true"
    assert "splink_" not in weaker
    with duckdb.connect() as local:
        local.execute("create macro splink_levenshtein(a, b) as levenshtein(a, b)")
        local.execute("create macro splink_jaro_winkler(a, b) as jaro_winkler_similarity(a, b)")
        local.execute("create macro octet_length(a) as strlen(a)")
        texts = ", ".join(f"({'null' if text is None else repr(text)})" for text in TEXTS)
        missed = local.execute(
            f"select l.n_l, r.n_r from (values {texts}) as l(n_l), (values {texts}) as r(n_r) "
            f"where ({condition}) and not coalesce({weaker}, false)"
        ).fetchall()
    assert missed == []


def test_nothing_bounds_a_rarity_that_depends_on_two_values() -> None:
    level: dict[str, Any] = {"m_probability": 0.9, "u_probability": 0.1, "tf_adjustment_column": "city"}
    rest = {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.9}
    settings: dict[str, Any] = {"probability_two_random_records_match": 0.01}
    alike = [{**level, "sql_condition": 'splink_jaro("city_l", "city_r") >= 0.9'}, rest]
    equal = [{**level, "sql_condition": '"city_l" = "city_r"'}, rest]
    assert most_weight(settings | {"comparisons": [{"comparison_levels": alike}]}) is None
    assert most_weight(json.loads(json.dumps(settings | {"comparisons": [{"comparison_levels": equal}]})))

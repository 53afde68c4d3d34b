"""What a declared weight says of records that lack a field."""

import itertools
from typing import Any

import duckdb
import pytest

from c360_assets.identity.models import MODELS
from c360_assets.identity.reachable import NEVER, is_reachable, without_unreachable


def place(kind: str, empty: set[str]) -> dict[str, float]:
    """Condition to m of the place of a kind's records whose columns of `empty` are null."""
    found = without_unreachable(MODELS[kind].settings(1000).create_settings_dict("snowflake"), empty)
    (comparison,) = [one for one in found["comparisons"] if one["output_column_name"] == "place"]
    levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
    return {level["sql_condition"]: level["m_probability"] for level in levels}


@pytest.mark.parametrize("kind", ["person", "organization"])
def test_records_that_have_all_fields_keep_the_declared_weights(kind: str) -> None:
    declared = MODELS[kind].settings(1000).create_settings_dict("snowflake")
    assert without_unreachable(declared, set()) == declared
    assert without_unreachable(declared, {"tax_id"}) == declared


@pytest.mark.parametrize("kind", ["person", "organization"])
def test_in_a_file_that_knows_towns_alone_one_town_speaks_for_a_match(kind: str) -> None:
    found = place(kind, {"street", "house_number", "postcode", "address"})
    assert found['"city_l" = "city_r"'] > 0.8
    assert sum(found.values()) == pytest.approx(sum(place(kind, set()).values()), abs=1e-4)


def test_in_a_file_without_towns_one_postcode_speaks_for_a_match() -> None:
    found = place("organization", {"street", "house_number", "address", "city"})
    assert found['"postcode_l" = "postcode_r"'] > 0.8
    assert found['"city_l" = "city_r"'] == pytest.approx(0.05), "no level but that of all others is left for it"


def test_levels_that_need_a_missing_field_are_never_trained() -> None:
    settings = MODELS["person"].settings(1000).create_settings_dict("snowflake")
    found = without_unreachable(settings, {"street", "address"})
    levels = [level for one in found["comparisons"] for level in one["comparison_levels"]]
    fixed = [level["sql_condition"] for level in levels if level.get("m_probability") == NEVER]
    assert fixed
    assert all(level["fix_m_probability"] for level in levels if level.get("m_probability") == NEVER)
    assert all("street" in condition or "address" in condition for condition in fixed)


CONDITIONS = (
    "a_l = a_r", "a_l = a_r and b_l = b_r", "a_l = a_r or b_l = b_r", "not (a_l = a_r)", "a_l is null or a_r is null",
    "not (a_l is null or a_r is null or a_l = a_r)", "b_l = b_r and not (a_l is null)",
    "coalesce(a_l, 'x') = coalesce(a_r, 'x')", "(a_l = a_r or b_l = b_r) and not (b_l is null)", "a_l <> a_r",
    "not (a_l is null) or (a_l = a_r and b_l = b_r)",
)  # fmt: skip


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("empty", [set(), {"a"}, {"b"}, {"a", "b"}], ids=["none", "a", "b", "both"])
def test_a_level_that_some_pair_of_records_reaches_is_never_called_unreachable(condition: str, empty: set[str]) -> None:
    values: dict[str, list[Any]] = {one: [None] if one in empty else [None, "x", "y"] for one in "ab"}
    pairs = itertools.product(values["a"], values["a"], values["b"], values["b"])
    with duckdb.connect() as database:
        held = [
            database.execute(
                f"select {condition} from (select ?::varchar as a_l, ?::varchar as a_r, ?::varchar as b_l, "
                "?::varchar as b_r)", list(pair),
            ).fetchall()[0][0]
            for pair in pairs
        ]  # fmt: skip
    assert is_reachable(condition, empty) == (True in held)

"""Every comparison level of Splink's library holds for the same pairs on Snowflake as on Splink's own DuckDB."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import ColumnExpression, DuckDBAPI, SettingsCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator
from splink_pairs import COLUMNS, SCHEMA, arrow, load, oracle, records

from c360_assets.identity.splink_backend import SnowflakeAPI
from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse

Made = Callable[[], ComparisonLevelCreator]


def column(name: str) -> ColumnExpression:
    return ColumnExpression(name)


def seconds(threshold: float, metric: str) -> ComparisonLevelCreator:
    return cll.AbsoluteTimeDifferenceLevel("seen", input_is_string=False, threshold=threshold, metric=metric)


def days(name: str, threshold: float, metric: str, text: bool = False, **options: Any) -> ComparisonLevelCreator:
    return cll.AbsoluteDateDifferenceLevel(name, input_is_string=text, threshold=threshold, metric=metric, **options)


# Made anew for each backend: Splink's levels change when their SQL is written.
LEVELS: dict[str, Made] = {
    "null": lambda: cll.NullLevel("name"),
    "null_of_a_pattern": lambda: cll.NullLevel("name", valid_string_pattern="^[a-z]+$"),
    "exact": lambda: cll.ExactMatchLevel("name"),
    "name_with_a_space": lambda: cll.ExactMatchLevel("Post Code"),
    "literal_text": lambda: cll.LiteralMatchLevel("name", "anna", "string", "left"),
    "literal_number": lambda: cll.LiteralMatchLevel("amount", "100", "int", "right"),
    "literal_float": lambda: cll.LiteralMatchLevel("amount", "1.0", "float", "left"),
    "literal_date": lambda: cll.LiteralMatchLevel("born", "1980-01-01", "date"),
    "columns_reversed": lambda: cll.ColumnsReversedLevel("name", "other"),
    "columns_reversed_both_ways": lambda: cll.ColumnsReversedLevel("name", "other", symmetrical=True),
    "levenshtein_1": lambda: cll.LevenshteinLevel("name", 1),
    "levenshtein_3": lambda: cll.LevenshteinLevel("name", 3),
    "damerau_levenshtein_1": lambda: cll.DamerauLevenshteinLevel("name", 1),
    "damerau_levenshtein_3": lambda: cll.DamerauLevenshteinLevel("name", 3),
    "jaro": lambda: cll.JaroLevel("name", 0.8),
    "jaro_winkler_half": lambda: cll.JaroWinklerLevel("name", 0.5),
    "jaro_winkler_88": lambda: cll.JaroWinklerLevel("name", 0.88),
    "jaro_winkler_92": lambda: cll.JaroWinklerLevel("name", 0.92),
    "jaro_winkler_thousandths": lambda: cll.JaroWinklerLevel("name", 0.9305),
    "jaro_winkler_1": lambda: cll.JaroWinklerLevel("name", 1),
    # DuckDB fails on an empty text.
    "jaccard": lambda: cll.JaccardLevel(column("name").nullif(""), 0.5),
    "pairwise_levenshtein": lambda: cll.PairwiseStringDistanceFunctionLevel("names", "levenshtein", 1),
    "pairwise_damerau": lambda: cll.PairwiseStringDistanceFunctionLevel("names", "damerau_levenshtein", 1),
    "pairwise_jaro": lambda: cll.PairwiseStringDistanceFunctionLevel("names", "jaro", 0.8),
    "pairwise_jaro_winkler": lambda: cll.PairwiseStringDistanceFunctionLevel("names", "jaro_winkler", 0.88),
    "time_1_second": lambda: seconds(1, "second"),
    "time_half_a_second": lambda: seconds(0.5, "second"),
    "time_1_minute": lambda: seconds(1, "minute"),
    "time_as_text": lambda: cll.AbsoluteTimeDifferenceLevel(
        "seen_text", input_is_string=True, threshold=1, metric="minute"
    ),
    "date_30_days": lambda: days("born", 30, "day"),
    "date_1_month": lambda: days("born", 1, "month"),
    "date_1_year_as_text": lambda: days("born_text", 1, "year", text=True),
    "date_in_a_format_of_its_own": lambda: days("born_german", 30, "day", text=True, datetime_format="%d.%m.%Y"),
    "distance_in_km": lambda: cll.DistanceInKMLevel("lat", "lon", 10),
    "distance_in_km_not_null": lambda: cll.DistanceInKMLevel("lat", "lon", 20, not_null=True),
    "cosine": lambda: cll.CosineSimilarityLevel("vector", 0.5),
    "array_intersect_1": lambda: cll.ArrayIntersectLevel("tags", 1),
    "array_intersect_2": lambda: cll.ArrayIntersectLevel("tags", 2),
    "array_subset": lambda: cll.ArraySubsetLevel("tags"),
    # What a null array holds is not asked: a null level always comes first.
    "array_subset_empty": lambda: cll.And(
        cll.Not(cll.NullLevel("tags")), cll.ArraySubsetLevel("tags", empty_is_subset=True)
    ),
    "percentage_of_whole_numbers": lambda: cll.PercentageDifferenceLevel("amount", 0.1),
    "percentage_of_floats": lambda: cll.PercentageDifferenceLevel("share", 0.05),
    "absolute_difference": lambda: cll.AbsoluteDifferenceLevel("amount", 10),
    "absolute_difference_of_floats": lambda: cll.AbsoluteDifferenceLevel("share", 0.05),
    "and": lambda: cll.And(cll.JaroWinklerLevel("name", 0.8), cll.LevenshteinLevel("other", 2)),
    "or": lambda: cll.Or(cll.JaroLevel("name", 0.8), cll.ExactMatchLevel("other")),
    "not": lambda: cll.Not(cll.DamerauLevenshteinLevel("name", 2)),
    "custom": lambda: cll.CustomLevel("substr(name_l, 1, 1) = substr(name_r, 1, 1)"),
    "custom_from_duckdb": lambda: cll.CustomLevel("len(name_l) = len(name_r) and name_l ilike 'a%'", None, "duckdb"),
    "lower": lambda: cll.ExactMatchLevel(column("name").lower()),
    "substr": lambda: cll.ExactMatchLevel(column("name").substr(2, 2)),
    "regex": lambda: cll.ExactMatchLevel(column("name").regex_extract("^[a-z]{1,3}")),
    "regex_group": lambda: cll.ExactMatchLevel(column("email").regex_extract(r"(\w+)@(\w+)", 2)),
    "regex_whole_match_of_groups": lambda: cll.ExactMatchLevel(column("email").regex_extract(r"(\w)@(\w+)")),
    "nullif": lambda: cll.ExactMatchLevel(column("name").nullif("")),
    "cast_to_text": lambda: cll.LevenshteinLevel(column("amount").cast_to_string(), 1),
    "parsed_date": lambda: cll.ExactMatchLevel(column("born_text").try_parse_date()),
    "parsed_timestamp": lambda: cll.ExactMatchLevel(column("seen_text").try_parse_timestamp()),
    "first_of_array": lambda: cll.JaroWinklerLevel(column("names").access_extreme_array_element("first"), 0.8),
    "last_of_array": lambda: cll.LevenshteinLevel(column("names").access_extreme_array_element("last"), 1),
    "expression": lambda: cll.JaroWinklerLevel(column("name || ' ' || other"), 0.88),
    "several_operations": lambda: cll.LevenshteinLevel(column("name").lower().nullif(""), 1),
}
# What these do is tested by their own tests below, or they say nothing.
ELSEWHERE = {"ElseLevel", "DistanceFunctionLevel"}


@pytest.fixture(scope="module")
def session(settings: Settings) -> Iterator[Warehouse]:
    with Warehouse(settings) as warehouse:
        yield warehouse


@pytest.fixture(scope="module")
def local() -> DuckDBAPI:
    api = oracle()
    api.duckdb_con.register("records", arrow(records(70, seed=5)))
    api.duckdb_con.execute(f"create table pairs as {pairs('records')}")
    return api


@pytest.fixture(scope="module")
def snowflake(session: Warehouse) -> SnowflakeAPI:
    table = load(session, "LEVELS", records(70, seed=5))
    session.execute(f"create or replace table {SCHEMA}.LEVEL_PAIRS as {pairs(table)}")
    return SnowflakeAPI(session, SCHEMA)


def pairs(table: str) -> str:
    def named(side: str) -> str:
        return ", ".join(
            f'{side}."{name}" as "{name}_{side}"' if " " in name else f"{side}.{name} as {name}_{side}"
            for name in COLUMNS
        )

    return f"select {named('l')}, {named('r')} from {table} as l cross join {table} as r"


def held(api: Any, table: str, condition: str) -> set[tuple[int, int]]:
    sql = f"select unique_id_l, unique_id_r from {table} where {condition}"
    return {(int(one), int(other)) for one, other in api._execute_sql_against_backend(sql).fetchall()}


@pytest.mark.parametrize("name", LEVELS)
def test_a_level_holds_for_the_same_pairs(name: str, local: DuckDBAPI, snowflake: SnowflakeAPI) -> None:
    expected = held(local, "pairs", LEVELS[name]().create_sql(local.sql_dialect))
    found = held(snowflake, f"{SCHEMA}.LEVEL_PAIRS", LEVELS[name]().create_sql(snowflake.sql_dialect))
    assert 0 < len(expected) < 70 * 70
    assert found == expected


def test_no_level_of_the_library_is_forgotten() -> None:
    library = {
        name
        for name, found in vars(cll).items()
        if inspect.isclass(found) and issubclass(found, ComparisonLevelCreator) and found is not ComparisonLevelCreator
    }
    used = {type(made()).__name__ for made in LEVELS.values()}
    assert library - used - ELSEWHERE == set()


COMPARISONS: dict[str, Callable[[], Any]] = {
    "ExactMatch": lambda: cl.ExactMatch("name"),
    "LevenshteinAtThresholds": lambda: cl.LevenshteinAtThresholds("name", [1, 2]),
    "DamerauLevenshteinAtThresholds": lambda: cl.DamerauLevenshteinAtThresholds("name", [1, 2]),
    "JaccardAtThresholds": lambda: cl.JaccardAtThresholds(column("name").nullif(""), [0.9, 0.5]),
    "JaroAtThresholds": lambda: cl.JaroAtThresholds("name", [0.9, 0.7]),
    "JaroWinklerAtThresholds": lambda: cl.JaroWinklerAtThresholds("name", [0.92, 0.8]),
    "PairwiseStringDistanceFunctionAtThresholds": lambda: cl.PairwiseStringDistanceFunctionAtThresholds(
        "names", "jaro_winkler", [0.9, 0.7]
    ),
    "AbsoluteTimeDifferenceAtThresholds": lambda: cl.AbsoluteTimeDifferenceAtThresholds(
        "seen", input_is_string=False, metrics=["second", "minute"], thresholds=[1, 1]
    ),
    "AbsoluteDateDifferenceAtThresholds": lambda: cl.AbsoluteDateDifferenceAtThresholds(
        "born_text", input_is_string=True, metrics=["day", "month"], thresholds=[1, 1]
    ),
    "ArrayIntersectAtSizes": lambda: cl.ArrayIntersectAtSizes("tags", [2, 1]),
    "DistanceInKMAtThresholds": lambda: cl.DistanceInKMAtThresholds("lat", "lon", [5, 20]),
    "DateOfBirthComparison": lambda: cl.DateOfBirthComparison("born_text", input_is_string=True),
    "PostcodeComparison": lambda: cl.PostcodeComparison(
        "Post Code", lat_col="lat", long_col="lon", km_thresholds=[5, 20]
    ),
    "EmailComparison": lambda: cl.EmailComparison("email"),
    "NameComparison": lambda: cl.NameComparison("name"),
    "ForenameSurnameComparison": lambda: cl.ForenameSurnameComparison("name", "other"),
    "CosineSimilarityAtThresholds": lambda: cl.CosineSimilarityAtThresholds("vector", [0.9, 0.5]),
}
OTHER_COMPARISONS = {"CustomComparison", "DistanceFunctionAtThresholds"}


@pytest.mark.parametrize("name", COMPARISONS)
def test_a_comparison_sorts_every_pair_into_the_same_level(
    name: str, local: DuckDBAPI, snowflake: SnowflakeAPI
) -> None:
    def sorted_by(api: Any, table: str) -> dict[tuple[int, int], int]:
        settings = SettingsCreator(link_type="dedupe_only", comparisons=[COMPARISONS[name]()])
        (comparison,) = settings.get_settings(api.sql_dialect.sql_dialect_str).comparisons
        sql = f"select unique_id_l, unique_id_r, {comparison._case_statement} from {table}"
        return {(int(row[0]), int(row[1])): int(row[2]) for row in api._execute_sql_against_backend(sql).fetchall()}

    expected = sorted_by(local, "pairs")
    assert len(set(expected.values())) > 2
    assert sorted_by(snowflake, f"{SCHEMA}.LEVEL_PAIRS") == expected


def test_no_comparison_of_the_library_is_forgotten() -> None:
    library = {name for name, found in vars(cl).items() if inspect.isclass(found) and found.__module__ == cl.__name__}
    library |= {
        name
        for name, found in vars(cl).items()
        if inspect.isclass(found) and name.endswith(("AtThresholds", "AtSizes", "Comparison"))
    }
    assert library - set(COMPARISONS) - OTHER_COMPARISONS == set()


def test_a_distance_function_of_ones_own_is_called_by_its_name(session: Warehouse, snowflake: SnowflakeAPI) -> None:
    session.execute(
        f"create or replace function {SCHEMA}.LENGTHS_APART(l varchar, r varchar) returns number "
        "as 'abs(length(l) - length(r))'"
    )
    level = cll.DistanceFunctionLevel("name", f"{SCHEMA}.LENGTHS_APART", 0, higher_is_more_similar=False)
    found = held(snowflake, f"{SCHEMA}.LEVEL_PAIRS", level.create_sql(snowflake.sql_dialect))
    names = {row["unique_id"]: row["name"] for row in records(70, seed=5) if row["name"] is not None}
    assert found == {(one, other) for one in names for other in names if len(names[one]) == len(names[other])}

"""The functions that Snowflake lacks answer bit for bit as DuckDB's do."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from c360_assets.identity.splink_backend import similarity
from c360_assets.identity.splink_backend.datetime_formats import snowflake_format
from c360_assets.identity.splink_backend.rewriting import rewrite

# Few letters, so that they meet often; a capital, accents, an emoji and letters of three bytes.
texts = st.text("abcA éèö日本😀 -'", max_size=14)
pairs = st.lists(st.tuples(texts, texts), min_size=50, max_size=200)
DUCKDB_NAMES = {
    "levenshtein": "levenshtein",
    "damerau_levenshtein": "damerau_levenshtein",
    "jaro": "jaro_similarity",
    "jaro_winkler": "jaro_winkler_similarity",
    "jaccard": "jaccard",
}


@pytest.mark.parametrize("name", DUCKDB_NAMES)
@settings(max_examples=25, deadline=None)
@given(given_pairs=pairs)
def test_it_answers_as_duckdb(name: str, given_pairs: list[tuple[str, str]]) -> None:
    if name == "jaccard":
        given_pairs = [(one, other) for one, other in given_pairs if one and other] or [("a", "b")]
    held = pa.table({"l": [one for one, _ in given_pairs], "r": [other for _, other in given_pairs]})
    connection = duckdb.connect()
    connection.register("held", held)
    expected = connection.execute(f"select {DUCKDB_NAMES[name]}(l, r) from held").fetchall()
    function = getattr(similarity, name)
    assert [function(one, other) for one, other in given_pairs] == [row[0] for row in expected]


def test_long_texts_are_compared_to_their_end() -> None:
    one, other = "katharina von hohenstein zu " * 5, "catharina von hohenstein zu " * 5
    row = duckdb.connect().execute("select jaro_winkler_similarity($1, $2), levenshtein($1, $2)", [one, other])
    assert row.fetchall() == [(similarity.jaro_winkler(one, other), similarity.levenshtein(one, other))]


def test_an_array_without_texts_is_near_nothing() -> None:
    assert similarity.pairwise_jaro([], ["a"]) is None
    assert similarity.pairwise_levenshtein([None], ["a"]) is None
    assert similarity.pairwise_levenshtein([None, "ab"], ["abc", "abcd"]) == 1


def test_a_null_vector_has_no_direction() -> None:
    assert similarity.cosine([0.0, 0.0], [1.0, 0.0]) is None
    assert similarity.cosine([1.0], [1.0, 0.0]) is None
    assert similarity.cosine([2.0, 0.0], [3.0, 0.0]) == 1.0


def test_strptime_formats_become_snowflakes() -> None:
    assert snowflake_format("%d.%m.%Y") == "DD.MM.YYYY"
    assert snowflake_format("%Y-%m-%d %H:%M:%S") == "YYYY-MM-DD HH24:MI:SS"
    assert snowflake_format("YYYY-MM-DD") == "YYYY-MM-DD"
    with pytest.raises(ValueError, match="%U"):
        snowflake_format("%Y week %U")


def test_only_statements_that_call_such_a_function_are_touched() -> None:
    sql = "select 'splink_jaro(a, b)' as text, \"splink_jaro (\" from __splink__df where editdistance(a, b) <= 1"
    assert rewrite(sql, lambda name: f"S.{name}") == sql


def test_arguments_are_found_whatever_they_hold() -> None:
    sql = "splink_jaro(nullif(lower(\"a,)(_l\"), ')'), splink_jaccard(b_l, 'it''s, (')) >= 0.5"
    assert rewrite(sql, lambda name: f"S.{name}") == (
        "S.splink_jaro(nullif(lower(\"a,)(_l\"), ')'), S.splink_jaccard(b_l, 'it''s, (')) >= 0.5"
    )

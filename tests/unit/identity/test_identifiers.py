"""Splink's names and literals, said in Snowflake SQL."""

from datetime import date, datetime, time

import pytest

from c360_assets.identity.splink_backend.identifiers import column_name, spellings, to_snowflake
from c360_assets.identity.splink_backend.values import sql_literal


@pytest.mark.parametrize(
    ("splink", "snowflake"),
    [
        ('select l."given_name" as "given_name_l"', 'select l."GIVEN_NAME" as "GIVEN_NAME_L"'),
        ('select "group" from t', 'select "GROUP" from t'),
        ('select "first name" from t', 'select "first name" from t'),
        ("select '\"given_name\"' from t", "select '\"given_name\"' from t"),
        ("where a = 'o''neill \"x\"' and \"b\" = 1", "where a = 'o''neill \"x\"' and \"B\" = 1"),
        ("select log2(x) - LOG2 (y)", "select log(2, x) - log(2, y)"),
        ("select 'log2(x)', my_log2(y)", "select 'log2(x)', my_log2(y)"),
    ],
)
def test_quoted_plain_names_are_folded_and_nothing_else_is_touched(splink: str, snowflake: str) -> None:
    assert to_snowflake(splink) == snowflake


def test_columns_come_back_as_splink_named_them() -> None:
    assert [column_name(name) for name in ("GIVEN_NAME", "first name", "Mixed")] == [
        "given_name",
        "first name",
        "Mixed",
    ]


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (None, "null"),
        (float("nan"), "null"),
        (True, "true"),
        (3, "3"),
        (1e-9, "1e-09::float"),
        ("o'neill \\", "'o''neill \\\\'"),
        (date(2026, 1, 2), "'2026-01-02'::date"),
        (datetime(2026, 1, 2, 3), "'2026-01-02T03:00:00'::timestamp_ntz"),
        (time(3, 4), "'03:04:00'::time"),
        (["a'b", None, 1], """parse_json('["a''b", null, 1]')::array"""),
    ],
)
def test_values_become_literals(value: object, literal: str) -> None:
    assert sql_literal(value) == literal


def test_other_values_are_refused() -> None:
    with pytest.raises(TypeError, match="dict"):
        sql_literal({"a": 1})


def test_names_of_both_cases_keep_splinks_spelling() -> None:
    spelled = spellings("select gamma_Given, \"GivenName_l\", 'Not_This' as x, CASE WHEN y THEN P_rate END from t")
    assert column_name("GAMMA_GIVEN", spelled) == "gamma_Given"
    assert column_name("GIVENNAME_L", spelled) == "GivenName_l"
    assert column_name("P_RATE", spelled) == "P_rate"
    assert column_name("NOT_THIS", spelled) == "not_this"
    assert column_name("X", spelled) == "x"
    assert column_name("Post Code", spelled) == "Post Code"

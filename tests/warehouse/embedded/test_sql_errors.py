"""Errors are ordinary SQL errors, at once, with Snowflake's numbers and without row values."""

import pytest


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("select * from t.nothing", "002003"),
        ("select nothing from (select 1 as a)", "000904"),
        ("select cast(v as number) from t.x", "100038"),
        ("insert into t.n select null", "100072"),
        ("select 1; select 2", "000008"),
        ("select from where", "001003"),
        ("select no_such_function(1)", "002140"),
        ("select $nothing", "002211"),
        ("create table t.x (a int)", "002002"),
    ],
)
def test_the_number_is_snowflakes(s, fails, statement, number):
    s.execute("create table t.x as select 'geheim' as v")
    s.execute("create table t.n (a number not null)")
    assert number in fails(statement)


def test_no_row_value_is_in_a_message(s, fails):
    s.execute("create table t.x as select 'geheim' as v, 123456789 as n")
    for statement in (
        "select v::number from t.x",
        "select v::date from t.x",
        "select to_timestamp_ntz(v) from t.x",
        "select parse_json(v) from t.x",
        "select n * 99999999999999::number from t.x, table(generator(rowcount => 2)) where n * 99999999999999999 > 1",
        "insert into t.x (n) select v from t.x",
    ):
        try:
            s.execute(statement)
        except Exception as error:
            assert "geheim" not in str(error) and "123456789" not in str(error)
            assert error.__cause__ is None


def test_a_conversion_error_names_the_column(s, fails):
    s.execute("create table t.x as select 'geheim' as v")
    assert "column V" in fails("select v::number from t.x")


def test_a_dollar_sign_in_a_literal_is_no_variable(s):
    s.execute("set answer = 42")
    assert s.rows("select $answer, 'see #/$defs/x', '$answer'") == [(42, "see #/$defs/x", "$answer")]

"""What an error says, and what it must not say."""

from types import SimpleNamespace

import duckdb
import pytest

from c360_assets.settings import load_settings
from c360_assets.warehouse.embedded.errors import as_sql_error, scrub
from c360_assets.warehouse.errors import connection_error, statement_error, without_values


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Could not convert string 'geheim' to DECIMAL(10,2)", "Could not convert string … to DECIMAL(10,2)"),
        ('Duplicate key "id: 4711" violates', "Duplicate key … violates"),
        ("Overflow in multiplication of INT32 (4711 * 99)!", "Overflow in multiplication of INT32 (… * …)!"),
        ("when casting from source column NAME_2", "when casting from source column NAME_2"),
        ("first\nLINE 1: select 'geheim'", "first"),
    ],
)
def test_a_message_loses_its_values_and_keeps_types_and_names(text, kept):
    assert scrub(text) == kept


def test_an_unexpected_error_has_a_number_and_no_text():
    error = as_sql_error(KeyError("geheim"))
    assert error.errno == 261000 and "geheim" not in str(error) and "KeyError" in str(error)


@pytest.mark.parametrize("kind", [duckdb.IOException, duckdb.TransactionException])
def test_a_full_disk_says_what_to_do(kind):
    error = as_sql_error(kind('Failed to commit: Could not write file "x": No space left on device'))
    assert "disk is full" in str(error) and "C360_HOME" in str(error)


@pytest.mark.parametrize(
    ("number", "message", "gone"),
    [
        (100038, "100038 (22018): Numeric value 'geheim' is not recognized", "geheim"),
        (100090, "100090 (42P18): Duplicate row detected during DML action\nRow Values: [geheim, 4711]", "4711"),
        (
            100357,
            "100357 (P0000): Python Interpreter Error:\nValueError: geheim in function F with handler f",
            "geheim",
        ),
        (1003, "001003 (42000): SQL compilation error: unexpected ''geheim''", "geheim"),
    ],
)
def test_snowflakes_own_messages_lose_their_values(number, message, gone):
    error = statement_error(SimpleNamespace(errno=number, msg=message), "select 'geheim', 4711471147")
    assert gone not in str(error) and "geheim" not in str(error) and "4711471147" not in str(error)
    assert f"{number:06d}" in str(error)


def test_names_in_snowflakes_messages_are_kept():
    message = "002003 (42S02): SQL compilation error:\nObject 'C360.T.X' does not exist or not authorized."
    assert "C360.T.X" in str(statement_error(SimpleNamespace(errno=2003, msg=message), "select 1"))


def test_sql_is_quoted_without_literals():
    assert without_values("select 'a''b', $$body$$, 1234567, 12") == "select '…', '…', …, 12"


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("250001 (08001): 390144: JWT token is invalid.", "SNOWFLAKE_PRIVATE_KEY_FILE"),
        ("Role 'X' specified in the connect string does not exist or not authorized.", "SNOWFLAKE_ROLE"),
        ("290404 (08001): 404 Not Found: post nope.snowflakecomputing.com", "SNOWFLAKE_ACCOUNT"),
        ("390318: OAuth access token expired", "SNOWFLAKE_OAUTH_TOKEN"),
        ("Unable to load PEM file.", "SNOWFLAKE_PRIVATE_KEY_FILE"),
        ("250001: Could not connect to Snowflake backend after 2 attempt(s).Aborting", "SNOWFLAKE_ACCOUNT"),
    ],
)
def test_a_failed_connection_names_the_variable_to_mend(text, variable, tmp_path):
    key = tmp_path / "key.p8"
    key.write_text("x")
    settings = load_settings(
        {
            "C360_ENV": "dev", "SNOWFLAKE_ACCOUNT": "org-acc", "SNOWFLAKE_USER": "u", "SNOWFLAKE_ROLE": "r",
            "SNOWFLAKE_WAREHOUSE": "w", "SNOWFLAKE_PRIVATE_KEY_FILE": str(key),
        }
    )  # fmt: skip
    assert variable in str(connection_error(ValueError(text), settings))

"""Settings: read once, validated with a message that says what to mend."""

from pathlib import Path

import pytest

from c360_assets.settings import SettingsError, load_settings

ACCOUNT = {
    "C360_ENV": "production",
    "SNOWFLAKE_ACCOUNT": "org-account",
    "SNOWFLAKE_USER": "C360",
    "SNOWFLAKE_ROLE": "C360_PIPELINE",
    "SNOWFLAKE_WAREHOUSE": "C360_WH",
}


def test_nothing_set_means_the_embedded_engine_in_the_repository():
    settings = load_settings({})
    assert settings.embedded
    assert settings.database == "C360"
    assert settings.home.name == ".c360"


def test_an_oauth_token_is_enough_for_an_account_and_never_shows_in_the_repr():
    settings = load_settings(ACCOUNT | {"SNOWFLAKE_OAUTH_TOKEN": "very-secret"})
    assert not settings.embedded
    assert settings.authentication == "oauth"
    assert "very-secret" not in repr(settings)


def test_a_key_file_is_enough_for_an_account(tmp_path: Path):
    key = tmp_path / "key.p8"
    key.write_text("key")
    assert load_settings(ACCOUNT | {"SNOWFLAKE_PRIVATE_KEY_FILE": str(key)}).authentication == "key_pair"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"C360_ENV": "prod"}, "C360_ENV"),
        ({"C360_ENV": "production"}, "SNOWFLAKE_ACCOUNT"),
        ({"SNOWFLAKE_ACCOUNT": "org-account"}, "C360_ENV"),
        ({"SNOWFLAKE_DATABASE": "a b; drop"}, "SNOWFLAKE_DATABASE"),
        (ACCOUNT, "SNOWFLAKE_PRIVATE_KEY_FILE"),
        (ACCOUNT | {"SNOWFLAKE_ROLE": ""}, "SNOWFLAKE_ROLE"),
        (ACCOUNT | {"SNOWFLAKE_PRIVATE_KEY_FILE": "missing.p8"}, "SNOWFLAKE_PRIVATE_KEY_FILE"),
        (ACCOUNT | {"SNOWFLAKE_PRIVATE_KEY_FILE": "k", "SNOWFLAKE_OAUTH_TOKEN": "t"}, "one of"),
    ],
)
def test_what_is_wrong_is_named(environ: dict[str, str], named: str):
    with pytest.raises(SettingsError, match=named):
        load_settings(environ)

"""Settings fail early and say what is wrong."""

from pathlib import Path

import pytest

from c360_assets.identity.models import MODELS
from c360_assets.identity.rules import RULES
from c360_assets.identity.settings import IDENTIFIER_TYPES, MatchSettingsError, load_match_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "settings.yaml"
    path.write_text(text)
    return path


def test_the_shipped_settings_name_every_rule() -> None:
    settings = load_match_settings()
    assert set(settings.rules) == {rule.name for rule in RULES}
    assert settings.given_thresholds("person") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("person: {match: 0.4, review: 0.6}", "review <= match"),
        ("rules: {same_tax_id: always}", "same_tax_id says 'always'"),
        ("treshold: 1", "unknown setting treshold"),
    ],
)
def test_unusable_settings_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(MatchSettingsError, match=message):
        load_match_settings(write(tmp_path, text))


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("dialect", ["snowflake", "duckdb"])
def test_a_models_levels_can_be_said_in_both_dialects(kind: str, dialect: str) -> None:
    declared = MODELS[kind].settings(1000).create_settings_dict(dialect)
    levels = [one for c in declared["comparisons"] for one in c["comparison_levels"] if not one.get("is_null_level")]
    assert all(0 < one["m_probability"] < 1 and 0 < one["u_probability"] < 1 for one in levels)


@pytest.mark.parametrize("kind", MODELS)
def test_blocking_and_training_use_columns_of_the_comparison_table(kind: str) -> None:
    model = MODELS[kind]
    used = {column for columns in model.blocking.values() for column in columns} | set(model.keys)
    assert used <= set(model.columns)


def test_limits_may_be_given_for_each_identifier_that_a_rule_links_by(tmp_path: Path) -> None:
    assert set(IDENTIFIER_TYPES) == {rule.identifier_type for rule in RULES}
    settings = load_match_settings(write(tmp_path, "max_identifier_records: {email: 3, other: 9}"))
    assert settings.identifier_limit("t") == "case t when 'email' then 3 else 9 end"
    with pytest.raises(MatchSettingsError, match="max_values names fax"):
        load_match_settings(write(tmp_path, "max_values: {fax: 3}"))

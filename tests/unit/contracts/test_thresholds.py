"""How many rows may break a rule of publication: limits in the file, and what they allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from c360_assets.contracts.publication import for_consent, for_organizations, for_profiles
from c360_assets.contracts.thresholds import FEW, RULES, STRICT, Limit, ThresholdError, load_thresholds


def written(tmp_path: Path, thresholds: str) -> Path:
    path = tmp_path / "validation.yaml"
    path.write_text(f"customer_360_validation: {{thresholds: {thresholds}}}")
    return path


@pytest.mark.parametrize(
    "thresholds",
    [
        "{duplicates: 5}",
        "{duplicates: 0.5}",
        "{duplicates: {above: 5}}",
        "{duplicates: {above: true}}",
        "{duplicates: {over: 0.5}}",
        "{duplicates: {}}",
    ],
)
def test_a_limit_of_another_form_is_refused_with_file_and_form(tmp_path: Path, thresholds: str) -> None:
    path = written(tmp_path, thresholds)
    with pytest.raises(ThresholdError, match=r"validation.yaml.*duplicates=.*above: SHARE"):
        load_thresholds(path)


def test_a_rule_that_nobody_checks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ThresholdError, match="invalid_mails"):
        load_thresholds(written(tmp_path, "{invalid_mails: {above: 0.5}}"))


def test_a_rule_that_is_not_listed_tolerates_a_few_rows_and_no_share(tmp_path: Path) -> None:
    limits = load_thresholds(written(tmp_path, "{duplicates: {above: 0.5}}"))
    assert limits["duplicates"] == Limit(above=0.5)
    assert limits["invalid_emails"] == STRICT
    assert STRICT.allowed(1_000_000, None) == FEW


def test_the_rules_that_have_limits_are_those_that_contracts_check() -> None:
    checks = [*for_profiles("person"), *for_organizations(), *for_consent()]
    assert {check.name for check in checks} == set(RULES)


@pytest.mark.parametrize(
    ("accepted", "allowed"),
    [
        (None, 100),  # the first run knows the ceiling only
        (0.0, 20),  # from nothing, up to the floor
        (0.005, 20),  # twice is below the floor
        (0.03, 60),  # twice the accepted share
        (0.08, 100),  # twice would pass the ceiling
    ],
)
def test_a_share_may_double_above_its_floor_and_never_passes_its_ceiling(accepted: float | None, allowed: int) -> None:
    assert Limit(above=0.10, doubled_above=0.02).allowed(1000, accepted) == allowed


def test_without_a_ceiling_only_a_jump_stops() -> None:
    limit = Limit(doubled_above=0.05)
    assert limit.allowed(1000, None) == 1000
    assert limit.allowed(1000, 0.01) == 50
    assert limit.allowed(1000, 0.93) == 1000


def test_a_few_rows_stop_no_small_company() -> None:
    assert Limit(above=0.10).allowed(20, 0.0) == FEW

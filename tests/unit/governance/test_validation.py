"""The rules of publication: what is read, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from c360_assets.governance.validation import BlockedCondition, ValidationRulesError, load_validation


def test_the_shipped_rules_block_deleted_customers_everywhere() -> None:
    rules = load_validation()
    assert BlockedCondition({"customer_status": ("deleted",)}, ("*",)) in rules.blocked_conditions
    assert rules.required_fields[:2] == ("unified_customer_id", "source_systems")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", "not YAML"),
        ("other: {}", "must have one mapping, customer_360_validation"),
        ("customer_360_validation: {requird_fields: []}", "unknown section 'requird_fields'"),
        ("customer_360_validation: {required_fields: [shoe_size]}", "names 'shoe_size'"),
        ("customer_360_validation: {review_required_when: {match_confidence_below: 85}}", "a number from 0 to 1"),
        ("customer_360_validation: {review_required_when: {conflicting_legal_names: 1}}", "must be true or false"),
        ("customer_360_validation: {blocked_conditions: [{customer_status: deleted}]}", "blocks nothing"),
        ("customer_360_validation: {blocked_conditions: [{publish: false}]}", "names no field"),
        ("customer_360_validation: {blocked_conditions: [{country: DE, publish: true}]}", "can only be false"),
    ],
)
def test_a_wrong_rule_says_what_would_be_right(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "validation.yaml"
    file.write_text(text)
    with pytest.raises(ValidationRulesError, match=re.escape(says)):
        load_validation(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValidationRulesError, match=r"absent\.yaml: cannot be read"):
        load_validation(tmp_path / "absent.yaml")

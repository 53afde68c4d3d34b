"""Evidence as a waterfall: it starts from the prior, adds up to the pair's weight and speaks plainly."""

from __future__ import annotations

import math

import pytest

from c360_assets.identity.stewardship.evidence import odds, spoken_number, waterfall

MODEL = {
    "probability_two_random_records_match": 1 / 1025,
    "comparisons": [
        {
            "output_column_name": "name",
            "comparison_levels": [
                {"is_null_level": True, "label_for_charts": "name is NULL"},
                {"label_for_charts": "Exact match on name"},
                {"label_for_charts": "Names are alike"},
                {"label_for_charts": "All other comparisons"},
            ],
        },
        {
            "output_column_name": "phone",
            "comparison_levels": [
                {"is_null_level": True, "label_for_charts": "phone is NULL"},
                {"label_for_charts": "Exact match on phone"},
                {"label_for_charts": "All other comparisons"},
            ],
        },
    ],
}


def test_the_waterfall_runs_from_the_prior_to_the_weight_with_the_strongest_finding_first() -> None:
    steps = waterfall({"phone": {"level": 0, "weight": -3.0}, "name": {"level": 2, "weight": 12.0}}, MODEL)
    assert [step.compared for step in steps] == ["before comparing", "name", "phone"]
    assert [step.found for step in steps] == ["one pair in 1,000 is one customer", "the same name", "different"]
    assert steps[-1].total == pytest.approx(math.log2(1 / 1024) + 12 - 3)
    assert [step.words for step in steps[1:]] == ["for: 4,100 times likelier", "against: 8.0 times less likely"]


def test_a_missing_value_and_a_lower_level_are_told_as_what_they_are() -> None:
    steps = waterfall({"phone": {"level": -1, "weight": 0.0}, "name": {"level": 1, "weight": 4.0}}, MODEL)
    assert [(step.found, step.words) for step in steps[1:]] == [
        ("Names are alike", "for: 16 times likelier"),
        ("missing in one of them", "says little"),
    ]


def test_a_rule_without_scores_has_no_waterfall() -> None:
    assert waterfall({"identifier_type": "email"}, MODEL) == []
    assert waterfall(None, None) == []


def test_odds_are_told_for_both_sides() -> None:
    assert odds(4) == "16 to 1 that they are one customer"
    assert odds(-1) == "2.0 to 1 that they are two customers"
    assert spoken_number(2.0**40) == "10^12"

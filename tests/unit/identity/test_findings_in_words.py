"""What a comparison found is told without the vocabulary of statistics or SQL."""

from __future__ import annotations

import re

import pytest

from c360_assets.identity.models import MODELS
from c360_assets.identity.stewardship.findings import spoken_finding


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Exact match on name", "the same name"),
        ("Levenshtein distance of phone <= 1", "phone but for one character"),
        ("Jaro-Winkler distance of family >= 0.8", "family name alike"),
        ("(Exact match on mailbox) AND (Levenshtein distance of mail_host <= 2)",
         "the same name before the @ and mail host but for 2 characters"),
        ("(Levenshtein distance of name <= 2) AND (abs(length(name_l) - length(name_r)) <= 1)",
         "name but for 2 characters"),
        ("(Exact match on city) AND (NOT ((postcode is NULL) OR (Exact match on postcode)))",
         "the same city and another postcode"),
        ("((Levenshtein distance of street <= 2) OR (Jaro-Winkler distance of street >= 0.92)) "
         "AND (Exact match on house_number)",
         "street but for 2 characters or street very alike and the same house number"),
        ("One is the other's previous name", "One is the other's previous name"),
    ],
)  # fmt: skip
def test_a_level_is_said_as_a_person_would_say_it(label: str, words: str) -> None:
    assert spoken_finding(label) == words


def test_every_level_of_every_model_has_words_without_sql_or_statistics() -> None:
    for model in MODELS.values():
        settings = model.with_attributes(("score",)).settings(1000).create_settings_dict("snowflake")
        for comparison in settings["comparisons"]:
            for level in comparison["comparison_levels"]:
                words = spoken_finding(level["label_for_charts"])
                assert words, level["label_for_charts"]
                assert not re.search(r"Levenshtein|Jaro|NULL|AND|_[lr]\b|[()=<>]", words), words

"""Weights that make no sense are mended, and it is said which."""

from typing import Any

import numpy as np
import pytest

from c360_assets.identity.expectation import Learned
from c360_assets.identity.model_checks import check_alone, check_model

M, U = (0.7, 0.2, 0.1), (0.01, 0.05, 0.94)


def settings(names: tuple[str, ...] = ("name",)) -> dict[str, Any]:
    levels = [{"is_null_level": True}, *({"m_probability": m, "u_probability": u} for m, u in zip(M, U, strict=True))]
    return {"comparisons": [{"output_column_name": name, "comparison_levels": levels} for name in names]}


def trained(m: list[float], u: list[float], matches: float, strangers: float, prior: float = 0.001) -> Learned:
    ms, us = np.array(m), np.array(u)
    return Learned([ms], [us], prior, [ms * matches], [us * strangers])


def worth(learned: Learned) -> list[float]:
    return np.log2(learned.m[0] / learned.u[0]).tolist()


def test_weights_that_make_sense_are_left_alone() -> None:
    given = trained([0.8, 0.15, 0.05], [0.02, 0.08, 0.9], 500, 10_000)
    found, told = check_model(settings(), given, 1000, 200)
    assert not told
    assert found.m[0].tolist() == given.m[0].tolist()


def test_a_closer_level_never_weighs_less_where_few_pairs_say_so() -> None:
    given = trained([0.1, 0.8, 0.1], [0.02, 0.02, 0.96], 8, 300)
    found, (told,) = check_model(settings(), given, 1000, 200)
    assert worth(found)[0] == pytest.approx(worth(found)[1])
    assert found.m[0].sum() == pytest.approx(1)
    assert "pooled" in told.sentence()


def test_a_closer_level_may_weigh_less_where_many_pairs_say_so() -> None:
    given = trained([0.2, 0.7, 0.1], [0.02, 0.02, 0.96], 50_000, 1_000_000)
    found, (told,) = check_model(settings(), given, 1000, 200)
    assert found.m[0].tolist() == given.m[0].tolist()
    assert "kept" in told.done


def test_equality_that_came_out_as_evidence_against_falls_back_to_the_declared_weights() -> None:
    given = trained([0.01, 0.1, 0.89], [0.2, 0.2, 0.6], 5_000, 100_000)
    found, (told,) = check_model(settings(), given, 1000, 200)
    assert found.m[0].tolist() == list(M)
    assert "declared" in told.done


def test_equality_among_strangers_counts_for_nothing_when_it_came_out_against() -> None:
    given = trained([0.5, 0.1, 0.4], [0.9, 0.05, 0.05], 5_000, 100_000)
    found, (told,) = check_model(settings(), given, 1000, 200)
    assert worth(found) == pytest.approx([0, 0, 0])
    assert "nothing" in told.done


def test_a_column_of_no_known_meaning_may_speak_against() -> None:
    given = trained([0.01, 0.1, 0.89], [0.5, 0.2, 0.3], 50_000, 1_000_000)
    found, _ = check_model(settings(("system",)), given, 1000, 200, unknown=("system",))
    assert worth(found)[0] < 0


def test_training_that_makes_everybody_one_customer_is_not_believed() -> None:
    given = trained([0.4, 0.3, 0.3], [0.3, 0.3, 0.4], 5_000, 100_000, prior=0.3)
    found, (told,) = check_model(settings(), given, 5000, 200)
    assert found.m[0].tolist() == list(M)
    assert found.prior <= 1 / 5000
    assert told.subject == "model"


def test_records_with_one_thing_to_compare_teach_nothing_and_the_declared_weights_hold() -> None:
    given = trained([0.5, 0.1, 0.4], [0.2, 0.1, 0.7], 20, 10_000, prior=0.00001)
    silent = np.zeros(3)
    alone = Learned(
        [*given.m, silent], [*given.u, silent], given.prior, [*given.matched, silent], [*given.drawn, silent]
    )
    found, (told,) = check_alone(settings(("name", "city")), alone, 500) or (given, [])
    assert found.m[0].tolist() == list(M)
    assert found.prior == 1 / 500
    assert "one comparison alone" in told.sentence()


def test_records_with_two_things_to_compare_teach() -> None:
    given = trained([0.5, 0.1, 0.4], [0.2, 0.1, 0.7], 20, 10_000)
    both = Learned(given.m * 2, given.u * 2, given.prior, given.matched * 2, given.drawn * 2)
    assert check_alone(settings(("name", "city")), both, 500) is None

"""The threshold is the one with the best expected F1; the oracle tries every cut."""

import numpy as np
import pytest

from c360_assets.identity.expectation import Learned, posterior
from c360_assets.identity.patterns import Patterns
from c360_assets.identity.settings import FIXED, MatchSettings, Thresholds
from c360_assets.identity.threshold import LEAST_MATCHES, LOWEST, choose
from c360_assets.identity.training import TrainedModel

WORTH = np.array([2.0**n for n in range(-8, 16)])


def learned(prior: float) -> Learned:
    """One comparison whose levels are worth from a 256th to 32,768 times."""
    u = np.full(len(WORTH), 0.001)
    return Learned([WORTH * u], [u], prior, [], [])


def pairs(counts: np.ndarray) -> Patterns:
    levels = np.arange(len(WORTH)).reshape(-1, 1)
    return Patterns(levels, counts.astype(float), np.zeros((len(WORTH), 0), dtype=bool))


def expected_f1(chances: np.ndarray, counts: np.ndarray, cut: float) -> float:
    heard, total = chances >= cut, (chances * counts).sum()
    return float(2 * (chances * counts)[heard].sum() / (counts[heard].sum() + total))


@pytest.mark.parametrize("seed", range(5))
def test_no_other_threshold_has_a_better_expected_f1(seed: int) -> None:
    counts = np.random.default_rng(seed).integers(0, 400, len(WORTH))
    found, weights = pairs(counts), learned(0.01)
    chances = posterior(found, weights)
    choice = choose(found, weights)
    best = max(expected_f1(chances, counts, cut) for cut in chances)
    assert choice.basis == "scores"
    if choice.match > LOWEST:
        assert expected_f1(chances, counts, choice.match) == pytest.approx(best, abs=1e-3)
    assert LOWEST <= choice.match <= FIXED.match


def test_scores_that_separate_cleanly_keep_as_likely_as_not() -> None:
    counts = np.zeros(len(WORTH))
    counts[0], counts[-1] = 10_000, 1_000
    choice = choose(pairs(counts), learned(0.01))
    assert choice.match == pytest.approx(0.5, abs=0.01)
    assert choice.expected_precision == pytest.approx(1, abs=0.01)


def test_few_matches_choose_nothing() -> None:
    counts = np.zeros(len(WORTH))
    counts[-1] = LEAST_MATCHES / 2
    choice = choose(pairs(counts), learned(0.01))
    assert (choice.basis, choice.thresholds) == ("fixed", FIXED)
    assert "too few" in choice.reason


def test_what_a_person_set_wins() -> None:
    model = TrainedModel("person", "v", {}, {}, (), choose(pairs(np.full(len(WORTH), 100)), learned(0.01)))
    given = MatchSettings(person=Thresholds(0.97, 0.6))
    assert model.thresholds(given) == Thresholds(0.97, 0.6)
    assert model.choice(given).basis == "settings"
    assert model.thresholds(MatchSettings()).match < 0.5

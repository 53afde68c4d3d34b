"""The intervals of the labelled evaluation hold the truth as often as they say, on populations made up here."""

from __future__ import annotations

import math
import random
from functools import cache

import pytest

from c360_assets.identity.labelled.estimate import Measure, Stratum, estimate, wilson

# (pairs, matches, labels, claimed) per stratum.
Population = list[tuple[int, int, int, bool]]
ROUGH: Population = [
    (4000, 3900, 60, True),
    (1500, 1200, 60, True),
    (600, 300, 60, True),
    (800, 240, 60, False),
    (5000, 250, 80, False),
]
GOOD: Population = [(6000, 5990, 60, True), (900, 860, 40, True), (300, 60, 40, False), (2500, 5, 60, False)]
SMALL: Population = [(120, 118, 40, True), (30, 22, 15, True), (25, 6, 15, False), (200, 2, 40, False)]
# A match that is rare in its stratum: whoever draws it sees too many, whoever does not sees none.
RARE: Population = [(301, 301, 70, True), (4, 4, 4, False), (13, 1, 10, False), (59, 1, 13, False)]
POPULATIONS = pytest.mark.parametrize("population", [ROUGH, GOOD, SMALL, RARE], ids=["rough", "good", "small", "rare"])
SEEDS = 300


def truth(population: Population) -> dict[str, float]:
    claimed = sum(pairs for pairs, _, _, is_claimed in population if is_claimed)
    found = sum(matches for _, matches, _, is_claimed in population if is_claimed)
    wanted = sum(matches for _, matches, _, _ in population)
    return {"precision": found / claimed, "recall": found / wanted, "f1": 2 * found / (claimed + wanted)}


def draw(population: Population, rng: random.Random) -> list[Stratum]:
    drawn = []
    for pairs, matches, labels, is_claimed in population:
        seen = sum(number < matches for number in rng.sample(range(pairs), labels))
        drawn.append(Stratum(pairs, labels, seen, is_claimed))
    return drawn


@cache
def estimated(population: tuple[tuple[int, int, int, bool], ...]) -> list[dict[str, Measure]]:
    return [estimate(draw(list(population), random.Random(seed))) for seed in range(SEEDS)]


def coverage(population: Population) -> dict[str, float]:
    known, hits = truth(population), dict.fromkeys(("precision", "recall", "f1"), 0)
    for measures in estimated(tuple(population)):
        for name, measure in measures.items():
            hits[name] += measure.low - 1e-9 <= known[name] <= measure.high + 1e-9
    return {name: count / SEEDS for name, count in hits.items()}


@POPULATIONS
def test_the_95_percent_interval_holds_the_truth_in_at_least_about_95_of_100_draws(population: Population) -> None:
    # Of 300 draws, one interval in three thousand that truly covers 95 % covers less than this.
    least = 0.95 - 3.4 * math.sqrt(0.95 * 0.05 / SEEDS)
    assert min(coverage(population).values()) >= least, coverage(population)


def test_where_labels_are_mixed_the_interval_is_hardly_wider_than_it_must_be() -> None:
    # Meant are 95 to 97 of 100; one that truly covers 97 % seldom covers more than this.
    most = 0.97 + 2 * math.sqrt(0.97 * 0.03 / SEEDS)
    assert max(coverage(ROUGH).values()) <= most, coverage(ROUGH)


@POPULATIONS
def test_over_many_draws_the_estimates_gather_round_the_truth(population: Population) -> None:
    known = truth(population)
    drawn = estimated(tuple(population))
    for name, value in known.items():
        points = [measures[name].estimate for measures in drawn]
        mean = sum(points) / SEEDS
        spread = math.sqrt(sum((point - mean) ** 2 for point in points) / SEEDS)
        # A ratio of totals is biased, but by less than its spread.
        assert abs(mean - value) <= max(0.35 * spread, 1e-9), (name, mean, value, spread)


def test_with_every_pair_labelled_there_is_nothing_left_to_estimate() -> None:
    everything = [(pairs, matches, pairs, claimed) for pairs, matches, _, claimed in SMALL]
    known = truth(everything)
    for name, measure in estimate(draw(everything, random.Random(0))).items():
        assert measure.low == pytest.approx(known[name], abs=1e-9)
        assert measure.high == pytest.approx(known[name], abs=1e-9)
        assert measure.estimate == pytest.approx(known[name], abs=1e-9)


def test_labels_that_all_agree_still_leave_doubt() -> None:
    found = estimate([Stratum(1000, 20, 20, True), Stratum(1000, 20, 0, False)])
    assert (found["precision"].estimate, found["recall"].estimate) == pytest.approx((1.0, 1.0))
    assert 0.8 < found["precision"].low < 0.9 and found["precision"].high == 1.0
    assert 0.8 < found["recall"].low < 0.9


def test_a_stratum_without_labels_leaves_the_estimate_open_but_bounded() -> None:
    found = estimate([Stratum(100, 50, 50, True), Stratum(40, 0, 0, False)])
    assert found["recall"].estimate is None
    assert found["recall"].low < 100 / 140 + 0.05 and found["recall"].high == pytest.approx(1.0)


def test_the_wilson_interval_is_the_published_one_for_an_endless_stratum() -> None:
    # Newcombe, 1998, table I: 81 of 263 and 0 of 20.
    assert wilson(81, 263, 10**12) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20, 10**12) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_nothing_claimed_and_nothing_there_is_no_error() -> None:
    assert estimate([])["precision"].estimate == 1.0

"""How many pairs are drawn from each stratum."""

from __future__ import annotations

import random

from c360_assets.identity.labelled.strata import LAYERS, LEAST_DRAWN, allocate


def test_as_many_are_drawn_as_asked_for_and_never_more_than_there_are() -> None:
    rng = random.Random(4)
    for _ in range(300):
        sizes = {layer.name: rng.choice([0, 1, 5, 40, 3000, 10**6]) for layer in LAYERS}
        total = rng.choice([60, 100, 333, 5000])
        drawn = allocate(sizes, total)
        assert all(drawn[name] <= sizes[name] for name in drawn)
        assert sum(drawn.values()) == min(total, sum(sizes.values()))
        assert all(number >= min(sizes[name], LEAST_DRAWN) for name, number in drawn.items())


def test_a_stratum_that_is_larger_and_less_certain_gives_more() -> None:
    drawn = allocate({"one profile, some evidence": 1000, "one profile, strong evidence": 1000,
                      "two profiles, little in common": 50}, 200)  # fmt: skip
    assert drawn["one profile, some evidence"] > drawn["one profile, strong evidence"]
    assert drawn["two profiles, little in common"] >= LEAST_DRAWN

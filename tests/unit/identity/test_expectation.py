"""Learning without labels, on patterns drawn from known shares."""

import numpy as np
import pytest

from c360_assets.identity.expectation import learn, posterior
from c360_assets.identity.patterns import NULL, Patterns

M = [np.array([0.7, 0.2, 0.1]), np.array([0.8, 0.2]), np.array([0.6, 0.4])]
U = [np.array([0.01, 0.04, 0.95]), np.array([0.05, 0.95]), np.array([0.02, 0.98])]
RECORDS, MATCHES = 2000, 3000


def declared() -> dict[str, object]:
    """Weights that are wrong, but on the right side."""
    levels = {3: [(0.5, 0.1), (0.3, 0.2), (0.2, 0.7)], 2: [(0.6, 0.2), (0.4, 0.8)]}
    return {
        "comparisons": [
            {
                "comparison_levels": [
                    {"is_null_level": True},
                    *({"m_probability": m, "u_probability": u} for m, u in levels[len(shares)]),
                ]
            }
            for shares in M
        ]
    }


def drawn(rng: np.random.Generator, pairs: int, shares: list[np.ndarray]) -> np.ndarray:
    return np.stack([rng.choice(len(s), size=pairs, p=s) for s in shares], axis=1)


def counted(levels: np.ndarray) -> Patterns:
    patterns, counts = np.unique(levels, axis=0, return_counts=True)
    return Patterns(patterns, counts.astype(float), np.zeros((len(patterns), 0), dtype=bool))


def test_the_shares_that_pairs_were_drawn_from_are_found() -> None:
    rng = np.random.default_rng(1)
    strangers = RECORDS * (RECORDS - 1) // 2 - MATCHES
    every = np.concatenate([drawn(rng, MATCHES, M), drawn(rng, strangers, U)])
    patterns = counted(every)
    learned = learn(declared(), patterns, 1.0, patterns, RECORDS)
    for found, true in zip(learned.m + learned.u, M + U, strict=True):
        assert found == pytest.approx(true, abs=0.03)
    assert learned.prior == pytest.approx(MATCHES / len(every), rel=0.15)


def test_a_level_that_nobody_reached_keeps_what_was_declared() -> None:
    empty = Patterns(np.zeros((0, 3), dtype=np.int64), np.zeros(0), np.zeros((0, 0), dtype=bool))
    learned = learn(declared(), empty, 1.0, empty, 1)
    assert learned.m[0] == pytest.approx([0.5, 0.3, 0.2])
    assert learned.u[0] == pytest.approx([0.1, 0.2, 0.7])


def test_a_column_with_one_value_in_every_row_decides_nothing() -> None:
    rng = np.random.default_rng(2)
    strangers = RECORDS * (RECORDS - 1) // 2 - MATCHES
    every = np.concatenate([drawn(rng, MATCHES, M), drawn(rng, strangers, U)])
    every[:, 2] = 0
    patterns = counted(every)
    learned = learn(declared(), patterns, 1.0, patterns, RECORDS)
    assert np.log2(learned.m[2][0] / learned.u[2][0]) == pytest.approx(0, abs=0.1)


def test_what_cannot_be_compared_is_no_evidence() -> None:
    rng = np.random.default_rng(3)
    patterns = counted(drawn(rng, 1000, U))
    learned = learn(declared(), patterns, 1.0, patterns, RECORDS)
    nothing = Patterns(np.full((1, 3), NULL), np.ones(1), np.zeros((1, 0), dtype=bool))
    assert posterior(nothing, learned)[0] == pytest.approx(learned.prior)

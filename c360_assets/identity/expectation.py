"""Learn from counted patterns what agreement is worth: expectation maximisation without labels.

The model is that of Fellegi and Sunter (1969), its parameters are estimated as by Winkler (1988) and Jaro (1989): a
pair is a match with a prior probability, and given that, its comparisons are independent. What differs here:

- u comes from random pairs, less the matches among them (in a file of a thousand records with ten of each customer
  one random pair in a hundred is a match, and would make every exact agreement look common).
- m comes from the blocked pairs of all rules at once. The posterior probability of a pair holds wherever it was
  found, because prior and u speak of all pairs and not of blocked ones; no comparison has to be left out in turn.
- m has a Dirichlet prior at the declared weights (MacKay, 1992, on such smoothing): what few pairs say does not
  overrule what is known of people and companies in general, and a level nobody reached keeps what was declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from c360_assets.identity.patterns import NULL, Patterns

Shares = npt.NDArray[np.float64]

# As many pairs as the declared m of a comparison counts for.
PRIOR_PAIRS = 50.0
# Of the random pairs that reach a level at least so many are strangers, whatever the matches explain.
LEAST_STRANGERS = 0.05
# No weight rests on less than a quarter of a pair.
LEAST_PAIRS = 0.25
ROUNDS = 200
SETTLED = 1e-5


@dataclass
class Learned:
    """m and u per comparison and level, and the probability that two random records are one customer.

    `matched` and `drawn` are the pairs that each level's m and u rest on.
    """

    m: list[Shares]
    u: list[Shares]
    prior: float
    matched: list[Shares]
    drawn: list[Shares]


def _declared(settings: dict[str, Any], what: str) -> list[Shares]:
    return [
        np.array([level[what] for level in comparison["comparison_levels"] if not level.get("is_null_level")])
        for comparison in settings["comparisons"]
    ]


def _is_fixed(settings: dict[str, Any], what: str) -> list[npt.NDArray[np.bool_]]:
    return [
        np.array([
            bool(level.get(what)) for level in comparison["comparison_levels"] if not level.get("is_null_level")
        ])
        for comparison in settings["comparisons"]
    ]  # fmt: skip


def _counts(patterns: Patterns, weights: Shares, sizes: list[int]) -> list[Shares]:
    """Weighted pairs per comparison and level."""
    found = []
    for column, size in enumerate(sizes):
        levels = patterns.levels[:, column]
        present = levels != NULL
        found.append(np.bincount(levels[present], weights=weights[present], minlength=size).astype(np.float64))
    return found


def weights_of(patterns: Patterns, learned: Learned) -> Shares:
    """log2 of the evidence of each pattern, prior left out."""
    total = np.zeros(len(patterns.counts))
    for column, (m, u) in enumerate(zip(learned.m, learned.u, strict=True)):
        worth = np.append(np.log2(m / u), 0.0)
        total += worth[patterns.levels[:, column]]
    return total


def posterior(patterns: Patterns, learned: Learned) -> Shares:
    """The probability of each pattern to be a match."""
    odds = np.log2(learned.prior / (1 - learned.prior)) + weights_of(patterns, learned)
    return 1 / (1 + np.exp2(-np.clip(odds, -60, 60)))


def learn(settings: dict[str, Any], blocked: Patterns, share: float, random: Patterns, records: int) -> Learned:
    """Estimate m, u and the prior.

    `blocked` is a sample of the blocked pairs, `share` of all of them; what blocking does not find counts as no match.
    """
    m0, u0 = _declared(settings, "m_probability"), _declared(settings, "u_probability")
    fixed_m, fixed_u = _is_fixed(settings, "fix_m_probability"), _is_fixed(settings, "fix_u_probability")
    sizes = [len(m) for m in m0]
    possible = max(records * (records - 1) / 2, 1.0)
    least, most = 0.05 / max(records, 1), 0.3
    drawn = _counts(random, random.counts, sizes)
    prior = min(max(1.0 / max(records, 1), least), most)
    learned = Learned([m.copy() for m in m0], [u.copy() for u in u0], prior, [np.zeros_like(m) for m in m0], drawn)
    for _ in range(ROUNDS):
        before = learned.m
        learned.u = [_u(learned.prior, *one) for one in zip(drawn, learned.m, u0, fixed_u, strict=True)]
        chances = posterior(blocked, learned) * blocked.counts
        matched = _counts(blocked, chances, sizes)
        learned.matched = matched
        learned.m = [_m(*one) for one in zip(matched, m0, fixed_m, strict=True)]
        learned.prior = min(max(float(chances.sum()) / max(share, 1e-9) / possible, least), most)
        if max(float(np.abs(a - b).max()) for a, b in zip(before, learned.m, strict=True)) < SETTLED:
            break
    return learned


def _u(prior: float, drawn: Shares, m: Shares, declared: Shares, fixed: npt.NDArray[np.bool_]) -> Shares:
    pairs = drawn.sum()
    if not pairs:
        return declared
    strangers = np.maximum(drawn - prior * pairs * m, LEAST_STRANGERS * drawn)
    found = np.maximum(strangers, LEAST_PAIRS) / max(strangers.sum(), LEAST_PAIRS)
    return np.where(fixed, declared, np.minimum(found, 1.0))


def _m(matched: Shares, declared: Shares, fixed: npt.NDArray[np.bool_]) -> Shares:
    smoothed = (matched + PRIOR_PAIRS * declared) / (matched.sum() + PRIOR_PAIRS)
    free = ~fixed
    if fixed.any() and smoothed[free].sum():
        smoothed = np.where(fixed, declared, smoothed * (1 - declared[fixed].sum()) / smoothed[free].sum())
    return smoothed

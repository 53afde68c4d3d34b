"""Precision, recall and F1 from labelled strata, with confidence intervals.

Pairs are drawn at random within strata, so a stratum's share of matches estimates its own, and totals are sums over
strata (Cochran, 1977, chapters 5 and 6; on evaluation of record linkage from stratified pairs: Druck and McCallum,
2011). Precision is a total over a known number; recall and F1 are ratios of totals, solved for the value at which a
sum over strata is zero (Fieller, 1954).

A stratum's share has a Wilson interval (1927) at the sample size that takes the finite stratum into account. Sums
take their intervals from those of the strata (MOVER; Zou and Donner, 2008): unlike the variance of a share, these do
not vanish where every label in a stratum is the same, which is the usual case here. Where by luck the one match of a
large stratum was drawn, they are too short on the other side; the likelihood (likely.py) is right there, so an end is
the wider of the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from c360_assets.identity.labelled.likely import Line, Share, endless, likely_ends

CONFIDENCE = 0.95
_HALVINGS = 40


@dataclass(frozen=True)
class Stratum:
    """A stratum: its pairs, how many of them have a label, and how many of those are matches.

    `is_claimed` tells whether its pairs are in one profile each.
    """

    pairs: int
    labelled: int
    matches: int
    is_claimed: bool


@dataclass(frozen=True)
class Measure:
    """A share with its interval; `estimate` is None where a stratum has no label yet."""

    estimate: float | None
    low: float
    high: float


def wilson(matches: int, labelled: int, pairs: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The Wilson interval of a share of `pairs`, of which `labelled` were drawn at random."""
    if not labelled:
        return 0.0, 1.0
    share = matches / labelled
    if labelled >= pairs:
        return share, share
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    n = endless(labelled, pairs)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # What was seen is certain: a match and a stranger among the labels bound the share for good.
    return max(0.0, middle - half, matches / pairs), min(1.0, middle + half, 1 - (labelled - matches) / pairs)


def estimate(strata: Sequence[Stratum], confidence: float = CONFIDENCE) -> dict[str, Measure]:
    """Precision, recall and F1 of the claimed pairs among all pairs of the strata.

    Without claimed pairs nothing can be wrong, so precision is 1; without any match nothing can be missed.
    """
    shares = [
        Share(
            each.pairs,
            each.matches / each.labelled if each.labelled else 0.5,
            *wilson(each.matches, each.labelled, each.pairs, confidence),
            each.is_claimed,
            endless(each.labelled, each.pairs),
            each.matches / each.pairs,
            1 - (each.labelled - each.matches) / each.pairs,
        )
        for each in strata
        if each.pairs
    ]
    claimed = sum(each.pairs for each in shares if each.is_claimed)
    known = all(each.labelled for each in strata if each.pairs)

    def precision(value: float) -> tuple[float, float, float]:
        return 1.0, 0.0, -value * claimed

    def recall(value: float) -> tuple[float, float, float]:
        return 1.0 - value, -value, 0.0

    def f1(value: float) -> tuple[float, float, float]:
        return 2.0 - value, -value, -value * claimed

    measures = {"precision": precision, "recall": recall, "f1": f1}
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return {name: _solve(shares, line, known, z) for name, line in measures.items()}


def _solve(shares: Sequence[Share], line: Line, known: bool, z: float) -> Measure:
    point = _zero(lambda value: _sum(shares, *line(value))[1])
    low = _zero(lambda value: _sum(shares, *line(value))[0])
    high = _zero(lambda value: _sum(shares, *line(value))[2])
    likely_low, likely_high = likely_ends(shares, line, point, z)
    return Measure(point if known else None, min(low, likely_low), max(high, likely_high))


def _sum(shares: Sequence[Share], of_claimed: float, of_others: float, more: float) -> tuple[float, float, float]:
    """A weighted sum of the strata's matches: its lower end, its value, its upper end."""
    total, below, above = more, 0.0, 0.0
    for each in shares:
        weight = each.pairs * (of_claimed if each.is_claimed else of_others)
        total += weight * each.share
        down, up = weight * (each.share - each.low), weight * (each.high - each.share)
        if weight < 0:
            down, up = -up, -down
        below += down * down
        above += up * up
    return total - math.sqrt(below), total, total + math.sqrt(above)


def _zero(falling: Callable[[float], float]) -> float:
    """Where a falling function of 0 to 1 crosses zero; an end of the range where it does not."""
    low, high = 0.0, 1.0
    if falling(high) >= 0:
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if falling(middle) >= 0:
            low = middle
        else:
            high = middle
    return low

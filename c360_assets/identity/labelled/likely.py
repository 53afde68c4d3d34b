"""The likelihood's interval of a ratio of totals over strata: the values that some likely shares of the strata give.

Each stratum's labels are binomial, at the number of draws that takes the finite stratum into account. The ends are the
least and the greatest value at shares whose likelihood, all strata together, is within z*z/2 of the greatest (the
profile likelihood; Owen, 1988, for its use with strata).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Line = Callable[[float], tuple[float, float, float]]
"""For a value of a measure: the weights of a claimed stratum's matches and of another's, and what is added.

The sum is zero at the measure's own value and falls, in a straight line, as the value grows.
"""

_ROUNDS = 4
_HALVINGS = 32
_STEEPEST = 40.0


@dataclass(frozen=True)
class Share:
    """A stratum: its pairs, the share of matches that was seen, and the Wilson interval of it."""

    pairs: int
    share: float
    low: float
    high: float
    is_claimed: bool
    drawn: float
    """As many draws from an endless stratum would say as much."""
    least: float
    most: float
    """What the labels themselves leave possible."""


def endless(labelled: int, pairs: int) -> float:
    """As many draws from an endless stratum as say as much as these from a finite one."""
    return math.inf if labelled >= pairs else labelled * (pairs - 1) / (pairs - labelled)


def likely_ends(shares: Sequence[Share], line: Line, point: float, z: float) -> tuple[float, float]:
    """The least and the greatest likely value of the measure that `line` is zero at."""
    return _end(shares, line, point, z, -1.0), _end(shares, line, point, z, 1.0)


def _end(shares: Sequence[Share], line: Line, point: float, z: float, direction: float) -> float:
    """Go from the estimate towards one end; which strata move it most depends on where it is, hence the rounds."""
    value = point
    for _ in range(_ROUNDS):
        weights = [_weight(share, line(value)) * direction for share in shares]
        value = _value(shares, line, _farthest(shares, weights, z))
    return value


def _weight(share: Share, line: tuple[float, float, float]) -> float:
    return share.pairs * (line[0] if share.is_claimed else line[1])


def _value(shares: Sequence[Share], line: Line, at: Sequence[float]) -> float:
    """The measure where the strata's shares are these."""

    def total(value: float) -> float:
        return sum(_weight(share, line(value)) * here for share, here in zip(shares, at, strict=True)) + line(value)[2]

    start, end = total(0.0), total(1.0)
    return min(1.0, max(0.0, start / (start - end))) if start != end else 1.0


def _farthest(shares: Sequence[Share], weights: Sequence[float], z: float) -> list[float]:
    """The shares, still likely, at which their weighted sum is greatest."""
    low, high = -_STEEPEST, _STEEPEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if 2 * _surprise(shares, _moved(shares, weights, math.exp(middle))) > z * z:
            high = middle
        else:
            low = middle
    return _moved(shares, weights, math.exp(low))


def _moved(shares: Sequence[Share], weights: Sequence[float], pull: float) -> list[float]:
    """The likeliest shares whose weighted sum is as great as this pull makes it."""
    moved = []
    for share, weight in zip(shares, weights, strict=True):
        here = share.share
        if share.drawn and not math.isinf(share.drawn) and weight:
            steep = pull * weight / share.drawn
            # The stationary point of the likelihood with the pull: steep p^2 + (1 - steep) p = share.
            root = math.sqrt((1 - steep) ** 2 + 4 * steep * here)
            here = 2 * here / (1 - steep + root) if steep < 1 else (steep - 1 + root) / (2 * steep)
        elif not share.drawn:
            here = share.most if weight > 0 else share.least
        moved.append(min(max(here, share.least), share.most))
    return moved


def _surprise(shares: Sequence[Share], at: Sequence[float]) -> float:
    """How much less likely these shares make the labels than the likeliest do, as a logarithm."""
    return sum(
        share.drawn * (_term(share.share, here) + _term(1 - share.share, 1 - here))
        for share, here in zip(shares, at, strict=True)
        if share.drawn and not math.isinf(share.drawn)
    )


def _term(seen: float, assumed: float) -> float:
    if seen <= 0:
        return 0.0
    return seen * math.log(seen / assumed) if assumed > 0 else math.inf

"""The match threshold, chosen from the file's own scores: no truth is read.

The posterior of a pair is the chance that it is a match, so the pairs above any threshold have an expected precision
and recall. The threshold with the best expected F1 is half of that F1 (Lipton, Elkan and Naryanaswamy, 2014, theorem
1), so never above one half: in a clean file it is nearly that, in a noisy one weaker pairs are worth hearing too. It
only says which pairs are heard: two clusters are joined where the mean of all evidence speaks for it
(average_linkage.py), whatever the threshold is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from c360_assets.identity.expectation import Learned, posterior
from c360_assets.identity.patterns import Patterns
from c360_assets.identity.settings import FIXED, Thresholds

# Below this a file's scores separate so badly that their own estimate is not to be trusted with less.
LOWEST = 0.3
# Fewer expected matches than this estimate nothing.
LEAST_MATCHES = 50
# A steward is asked about pairs that are somewhat below, as with the fixed thresholds.
REVIEW_SHARE = FIXED.review / FIXED.match


@dataclass(frozen=True)
class Choice:
    """A threshold with what it is expected to give; the shares are of the pairs that blocking finds."""

    match: float
    review: float
    basis: str
    """`scores`, `fixed`, or `settings` where a person set it."""
    reason: str
    expected_precision: float | None = None
    expected_recall: float | None = None

    @property
    def thresholds(self) -> Thresholds:
        """Both thresholds."""
        return Thresholds(self.match, self.review)

    def as_dict(self) -> dict[str, Any]:
        """As plain values, to be stored with the model."""
        return asdict(self)


def fixed(reason: str) -> Choice:
    """The fixed threshold, with the reason why nothing better is known."""
    return Choice(FIXED.match, FIXED.review, "fixed", reason)


def choose(found: Patterns, learned: Learned) -> Choice:
    """The threshold for the blocked pairs `found` under the weights that were learned from them."""
    chances = posterior(found, learned)
    order = np.argsort(-chances, kind="stable")
    matches = np.cumsum(found.counts[order] * chances[order])
    expected = float(matches[-1]) if len(matches) else 0.0
    if expected < LEAST_MATCHES:
        return fixed(f"{expected:.0f} expected matches are too few to estimate from")
    claimed = np.cumsum(found.counts[order])
    f1 = 2 * matches / (claimed + expected)
    best = int(f1.argmax())
    match = round(min(max(float(f1[best]) / 2, LOWEST), FIXED.match), 4)
    heard = chances >= match
    agreed, kept = float((found.counts * chances)[heard].sum()), float(found.counts[heard].sum())
    precision, recall = agreed / kept if kept else 1.0, agreed / expected
    return Choice(
        match,
        round(match * REVIEW_SHARE, 4),
        "scores",
        f"half of the best expected F1, {f1[best]:.3f}, of {expected:.0f} expected matches in the sample",
        round(precision, 4),
        round(recall, 4),
    )

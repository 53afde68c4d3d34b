"""A steward who knows the truth and answers what the review queue asks, in its order."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from benchmarks.linkage.project import RECORD_PREFIX
from c360_assets.identity.stewardship.decisions import decide
from c360_assets.identity.stewardship.queue import questions
from c360_assets.identity.stewardship.settings import StewardSettings
from c360_assets.warehouse import Warehouse

SITTINGS = 3
"""Between two sittings the stage runs, so that no question is asked whose answer follows from another."""
# One person answers here; nobody is at hand to approve.
_ALONE = StewardSettings(second_person_above_records=1_000_000)


def answer(warehouse: Warehouse, kind: str, truth: pd.Series, wanted: int) -> int:
    """Decide up to `wanted` pairs of the queue by the truth; returns how many. It is read for these pairs alone."""
    known: Mapping[str, object] = truth.dropna().to_dict()
    answered = 0
    for left, right in questions(warehouse, kind, wanted):
        one, other = (known.get(key.removeprefix(RECORD_PREFIX)) for key in (left, right))
        if one is None or other is None:
            continue
        decide(warehouse, left, right, "same" if one == other else "different", "benchmark", settings=_ALONE)
        answered += 1
    return answered

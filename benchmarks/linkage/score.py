"""Clusters against the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd


def _pairs(counts: Mapping[object, int]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score(found: Mapping[str, str], truth: pd.Series) -> dict[str, float]:
    """Pairwise and B-cubed (Bagga and Baldwin, 1998) scores. A record without a truth is an entity of its own."""
    alone = pd.Series([("alone", record) for record in truth.index], index=truth.index)
    known = truth.where(truth.notna(), alone)
    both = Counter((found[record], entity) for record, entity in known.items())
    profiles = Counter(found[record] for record in known.index)
    entities = Counter(known.tolist())
    agreed, claimed, wanted = _pairs(both), _pairs(profiles), _pairs(entities)
    precision = agreed / claimed if claimed else 1.0
    recall = agreed / wanted if wanted else 1.0
    total = max(len(known), 1)
    b3_precision = sum(n * n / profiles[profile] for (profile, _), n in both.items()) / total
    b3_recall = sum(n * n / entities[entity] for (_, entity), n in both.items()) / total
    return {
        "precision": precision,
        "recall": recall,
        "f1": _f1(precision, recall),
        "b3_precision": b3_precision,
        "b3_recall": b3_recall,
        "b3_f1": _f1(b3_precision, b3_recall),
    }

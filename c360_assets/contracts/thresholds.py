"""How many rows may break a rule of publication before the check fails and nothing is published.

Declared in `customer_360_validation.thresholds` of governance/validation.yaml.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

VALIDATION_FILE = Path(__file__).resolve().parent.parent / "governance" / "validation.yaml"
RULES = (
    "duplicates",
    "missing_identifiers",
    "invalid_emails",
    "incomplete_billing_fields",
    "inconsistent_hierarchy",
    "consent_conflicts",
    "mismatched_regions",
)
FEW = 5
"""So many rows are single customers at fault and no sign of a broken pipeline, however small the table is."""
GROWTH = 2.0
_FORM = "{above: SHARE}, {doubled_above: SHARE} or both, with shares from 0 to 1"


class ThresholdError(ValueError):
    """A threshold cannot be used; the message names the file, the rule and what would be right."""


@dataclass(frozen=True)
class Limit:
    """The check fails above the share `above`, and above `doubled_above` where the share has also more than doubled
    since the last run that passed. A share that is not given stops nothing."""

    above: float = 1.0
    doubled_above: float = 1.0

    def allowed(self, rows: int, accepted: float | None) -> int:
        """How many of `rows` may break the rule; `accepted` is the share of the last run that passed, if any did."""
        share = self.above
        if accepted is not None:
            share = min(share, max(self.doubled_above, GROWTH * accepted))
        return max(FEW, math.floor(share * rows))


STRICT = Limit(above=0.0)
"""Of a rule that the file does not mention: more than a few rows stop the run."""


def load_thresholds(path: Path = VALIDATION_FILE) -> dict[str, Limit]:
    """Rule -> limit, for every rule.

    Raises:
        ThresholdError: a rule is unknown, or its limit has not the right form.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    declared = content.get("customer_360_validation", {}).get("thresholds") or {}
    if unknown := sorted(set(declared) - set(RULES)):
        raise ThresholdError(f"{path}: threshold of unknown rule {unknown[0]!r}; use {', '.join(RULES)}.")
    return {rule: _limit(path, rule, declared[rule]) if rule in declared else STRICT for rule in RULES}


def _limit(path: Path, rule: str, given: Any) -> Limit:
    if not isinstance(given, Mapping) or not given or set(given) - {"above", "doubled_above"}:
        raise ThresholdError(f"{path}: threshold {rule}={given!r} is not {_FORM}.")
    for share in given.values():
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise ThresholdError(f"{path}: threshold {rule}={given!r} is not {_FORM}.")
    return Limit(**given)

"""Which share of the rows may break a rule of publication before the check fails.

The values come from `customer_360_validation.thresholds` in governance/validation.yaml, else from here.
"""

from __future__ import annotations

from pathlib import Path

import yaml

VALIDATION_FILE = Path(__file__).resolve().parent.parent / "governance" / "validation.yaml"

DEFAULTS = {
    "duplicates": 0.01,
    "missing_identifiers": 0.10,
    "invalid_emails": 0.02,
    "incomplete_billing_fields": 0.10,
    "inconsistent_hierarchy": 0.01,
    "consent_conflicts": 0.05,
    "mismatched_regions": 0.10,
}


class ThresholdError(ValueError):
    """A threshold is not a share; the message names the file, the rule and what would be right."""


def load_thresholds(path: Path = VALIDATION_FILE) -> dict[str, float]:
    """Rule -> share of rows, 0 to 1.

    Raises:
        ThresholdError: a value is not a number from 0 to 1.
    """
    declared = {}
    if path.exists():
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        declared = content.get("customer_360_validation", {}).get("thresholds") or {}
    for rule, share in declared.items():
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise ThresholdError(f"{path}: threshold {rule}={share!r} is not a share from 0 to 1.")
    return DEFAULTS | declared

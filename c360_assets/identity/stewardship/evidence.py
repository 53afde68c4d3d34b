"""A pair's evidence as a waterfall of match weights, in words that need no statistics.

A match weight is the base-2 logarithm of how much likelier a finding is where two records are one customer (Fellegi
and Sunter, 1969); weights add up. It starts from how rarely two random records are one customer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from c360_assets.identity.stewardship.findings import spoken_finding, spoken_name

SAYS_LITTLE = 0.1
"""Bits; less than this moves the odds by less than a tenth."""


@dataclass(frozen=True)
class Step:
    """One finding: what was compared, what was found, its bits, and the bits so far."""

    compared: str
    found: str
    bits: float
    total: float

    @property
    def words(self) -> str:
        """The finding's force in words."""
        if abs(self.bits) < SAYS_LITTLE:
            return "says little"
        times = f"{spoken_number(2 ** abs(self.bits))} times"
        return f"for: {times} likelier" if self.bits > 0 else f"against: {times} less likely"


def spoken_number(number: float) -> str:
    """As few digits as say enough."""
    if number < 10:
        return f"{number:.1f}"
    if number < 1e6:
        return f"{float(f'{number:.2g}'):,.0f}"
    return f"10^{math.floor(math.log10(number))}"


def odds(bits: float) -> str:
    """Bits as odds: `18 to 1`."""
    times = spoken_number(2 ** abs(bits))
    return f"{times} to 1 that they are one customer" if bits >= 0 else f"{times} to 1 that they are two customers"


def waterfall(evidence: Mapping[str, Any] | None, model: Mapping[str, Any] | None) -> list[Step]:
    """The steps from the prior to the pair's weight, the strongest finding first; empty without scored evidence.

    `evidence` is MATCH_EDGE's: per comparison its level and weight. `model` is Splink's settings.
    """
    scored = {name: item for name, item in (evidence or {}).items() if isinstance(item, Mapping) and "weight" in item}
    if not scored:
        return []
    steps: list[Step] = []
    total = 0.0
    prior = (model or {}).get("probability_two_random_records_match")
    if prior:
        total = math.log2(prior / (1 - prior))
        steps.append(Step("before comparing", f"one pair in {spoken_number(1 / prior)} is one customer", total, total))
    labels = _labels(model)
    for name, item in sorted(scored.items(), key=lambda each: (-abs(_number(each[1]["weight"])), each[0])):
        bits = _number(item["weight"])
        total += bits
        steps.append(Step(spoken_name(name), _found(labels.get(name, {}), item.get("level")), bits, total))
    return steps


def _number(value: Any) -> float:
    return float(value) if value is not None else 0.0


def _labels(model: Mapping[str, Any] | None) -> dict[str, dict[int, str]]:
    """Per comparison: level to label. Splink counts levels down to 0 for `else`; -1 is a missing value."""
    found: dict[str, dict[int, str]] = {}
    for comparison in (model or {}).get("comparisons", ()):
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        found[comparison["output_column_name"]] = {
            len(levels) - 1 - place: str(level.get("label_for_charts") or level.get("sql_condition") or "")
            for place, level in enumerate(levels)
        }
    return found


def _found(labels: Mapping[int, str], level: Any) -> str:
    if level is None:
        return ""
    if int(level) == -1:
        return "missing in one of them"
    if int(level) == 0:
        return "different"
    return spoken_finding(labels.get(int(level), f"level {level}"))

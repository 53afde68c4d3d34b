"""Survivorship once more, in plain Python over one profile's records: what should have won, what lost, and why.

Shares nothing with the pipeline's SQL: it reads what a record says of a field, and the recorded rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lineage.tracing.ledger import Rule
from lineage.verification.replay_values import ADDRESS, is_live, is_valid, says

Record = Mapping[str, Any]
_UNRANKED = 999


@dataclass(frozen=True)
class Replayed:
    """What one field should be."""

    value: str
    record_key: str
    lost: tuple[tuple[str, str], ...]
    """(record key, reason) in the order of the keys."""


@dataclass(frozen=True)
class _Rival:
    record: Record
    value: str
    valid: bool
    live: bool
    measure: int
    rank: int

    @property
    def standing(self) -> int:
        return (0 if self.valid else 2) + (0 if self.live else 1)

    @property
    def order(self) -> tuple[Any, ...]:
        updated = self.record["source_updated_at"]
        age = (1, 0.0) if updated is None else (0, -(updated - datetime(1970, 1, 1)).total_seconds())
        return (self.standing, -self.measure, self.rank, *age, self.record["record_key"])


def replay(kind: str, rules: Sequence[Rule], records: Sequence[Record]) -> dict[str, Replayed]:
    """Field -> what it should be, of the records of one profile."""
    found = {}
    for rule in rules:
        rivals = _rivals(kind, rule, rules, records)
        if not rivals:
            continue
        best, *rest = sorted(rivals, key=lambda rival: rival.order)
        value = best.value
        if rule.rule == "union" and len(records) > 1:
            value = " | ".join(sorted({r.value for r in rivals if not r.standing})) or value
        if value:
            lost = ((r.record["record_key"], _reason(rule.rule, best, r)) for r in rest)
            found[rule.field] = Replayed(value, best.record["record_key"], tuple(sorted(lost)))
    return found


def _rivals(kind: str, rule: Rule, rules: Sequence[Rule], records: Sequence[Record]) -> list[_Rival]:
    given = [(record, value) for record in records if (value := says(kind, rule.field, record)) is not None]
    good = Counter(v for record, v in given if is_valid(kind, rule.field, record) and is_live(record))
    rivals = []
    for record, value in given:
        if rule.rule == "most_complete" and rule.field in ADDRESS:
            measure = sum(record[column] is not None for column in ADDRESS.values())
        elif rule.rule == "most_complete":
            single = (each.field for each in rules if each.field not in ADDRESS)
            measure = sum(says(kind, name, record) is not None for name in single)
        elif rule.rule == "most_frequent":
            measure = good[value]
        else:
            measure = len(value) if rule.rule == "longest" else 0
        ranked, source = rule.ranked_sources, record["source_system"]
        rank = ranked.index(source) + 1 if source in ranked else _UNRANKED
        rivals.append(
            _Rival(record, value, is_valid(kind, rule.field, record), is_live(record), measure,
                   0 if rule.rule == "most_recent" else rank)
        )  # fmt: skip
    return rivals


def _reason(rule: str, best: _Rival, lost: _Rival) -> str:
    if best.valid and not lost.valid:
        return "invalid"
    if not lost.live and lost.standing > best.standing:
        return "deleted"
    if lost.value == best.value:
        return "same_value"
    if rule == "union":
        return "united"
    if (lost.standing, -lost.measure) > (best.standing, -best.measure):
        return {"most_complete": "less_complete", "most_frequent": "less_frequent"}.get(rule, "shorter")
    if lost.rank > best.rank:
        return "lower_ranked_source"
    return "tie" if lost.record["source_updated_at"] == best.record["source_updated_at"] else "older"

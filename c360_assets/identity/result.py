"""What a matching run did, in numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class KindResult:
    """One entity kind's numbers."""

    records: int = 0
    changed: int = 0
    gone: int = 0
    pairs_compared: int = 0
    oversized_blocks: int = 0
    edges_by_rule: dict[str, int] = field(default_factory=dict)
    matches: int = 0
    review: int = 0
    clusters: int = 0
    duplicates_removed: int = 0
    suspicious: int = 0
    model_version: str = ""
    threshold: float = 0.0
    threshold_basis: str = ""
    """`scores` (chosen from them), `fixed` (nothing better is known) or `settings` (a person set it)."""
    threshold_reason: str = ""
    expected_precision: float | None = None
    expected_recall: float | None = None
    """Of the blocked pairs, under the model; no truth is read."""
    findings: list[str] = field(default_factory=list)


@dataclass
class MatchResult:
    """A run's numbers per entity kind and its seconds by phase."""

    kinds: dict[str, KindResult] = field(default_factory=dict)
    contradicting_pairs: int = 0
    relations: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return asdict(self)

    def metadata(self) -> dict[str, Any]:
        """Flat numbers without any value of a customer, for an orchestrator to show."""
        flat: dict[str, Any] = {"contradicting_pairs": self.contradicting_pairs, "relations": self.relations}
        for kind, result in self.kinds.items():
            for name, value in asdict(result).items():
                if isinstance(value, dict):
                    flat |= {f"{kind}_edges_{rule}": count for rule, count in value.items()}
                elif isinstance(value, list):
                    flat |= {f"{kind}_{name}": " ".join(value)} if value else {}
                elif value is not None:
                    flat[f"{kind}_{name}"] = value
        return flat | {f"seconds_{phase}": round(seconds, 2) for phase, seconds in self.seconds.items()}

"""What matching may be configured with, from one YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

import yaml

SETTINGS_FILE = Path(__file__).with_name("settings.yaml")
Decision = Literal["match", "review", "no_match"]


class MatchSettingsError(ValueError):
    """A setting is not usable; the message says which, what is wrong and what would be right."""


@dataclass(frozen=True)
class Thresholds:
    """Match probabilities: at or above `match` two records are one customer, at or above `review` a person decides."""

    match: float
    review: float

    def __post_init__(self) -> None:
        if not 0 < self.review <= self.match < 1:
            raise MatchSettingsError(
                f"Thresholds match={self.match}, review={self.review}: 0 < review <= match < 1 is needed."
            )


# Where nothing better is known: as likely a match as not.
FIXED = Thresholds(0.5, 0.4)


@dataclass(frozen=True)
class MatchSettings:
    """All that decides about a match and is not learnt from the data.

    The thresholds of a kind are chosen from its scores (threshold.py) unless they are given here.
    """

    person: Thresholds | None = None
    organization: Thresholds | None = None
    rules: Mapping[str, Decision] = field(default_factory=dict)
    max_block_records: int = 200
    max_identifier_records: int = 200
    max_cluster_size: int = 200
    train_records: int = 200
    train_pairs: int = 1_000_000
    sample_pairs: int = 1_000_000
    pairs_per_record: int = 15
    least_pair_budget: int = 2_000_000
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def given_thresholds(self, kind: str) -> Thresholds | None:
        """The thresholds that a person set for an entity kind; they win over what the data say."""
        return self.person if kind == "person" else self.organization


def load_match_settings(path: Path = SETTINGS_FILE) -> MatchSettings:
    """Read the settings.

    Raises:
        MatchSettingsError: an unknown or unusable setting.
    """
    given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    known = {item.name for item in fields(MatchSettings)}
    if unknown := sorted(set(given) - known):
        raise MatchSettingsError(f"{path}: unknown setting {', '.join(unknown)}; known are {', '.join(sorted(known))}.")
    for kind in ("person", "organization"):
        if kind in given:
            given[kind] = Thresholds(**given[kind])
    for rule, decision in given.get("rules", {}).items():
        if decision not in ("match", "review", "no_match"):
            raise MatchSettingsError(f"{path}: rule {rule} says {decision!r}; match, review or no_match is needed.")
    return MatchSettings(**given)

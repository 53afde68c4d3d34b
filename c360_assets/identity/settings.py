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


# Those that rules link by.
IDENTIFIER_TYPES = ("billing_id", "crm_id", "email", "registration_id", "tax_id", "user_id", "workspace_id")

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
    max_identifier_records: int | Mapping[str, int] = 200
    max_cluster_size: int = 200
    max_diameter: int = 6
    bridge_part_records: int = 4
    max_source_records: int = 60
    max_values: Mapping[str, int] = field(default_factory=dict)
    train_records: int = 200
    train_pairs: int = 1_000_000
    sample_pairs: int = 1_000_000
    pairs_per_record: int = 15
    least_pair_budget: int = 2_000_000
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def given_thresholds(self, kind: str) -> Thresholds | None:
        """The thresholds that a person set for an entity kind; they win over what the data say."""
        return self.person if kind == "person" else self.organization

    def identifier_limit(self, identifier_type: str = "identifier_type") -> str:
        """The SQL of how many records may share a value of the type that a column names."""
        given = self.max_identifier_records
        if isinstance(given, int):
            return str(given)
        cases = " ".join(f"when '{name}' then {most}" for name, most in sorted(given.items()) if name != "other")
        other = given.get("other", MatchSettings.max_cluster_size)
        return f"case {identifier_type} {cases} else {other} end" if cases else str(other)


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
    for name in ("max_identifier_records", "max_values"):
        limits = given.get(name, {})
        known = {*IDENTIFIER_TYPES, "other"}
        if isinstance(limits, Mapping) and (unknown := sorted(set(limits) - known)):
            raise MatchSettingsError(
                f"{path}: {name} names {', '.join(unknown)}; known are {', '.join(sorted(known))}."
            )
    return MatchSettings(**given)

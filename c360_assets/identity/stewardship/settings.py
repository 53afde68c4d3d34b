"""What stewardship may be configured with, from one YAML file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, get_args

import yaml

SETTINGS_FILE = Path(__file__).with_name("settings.yaml")
Verdict = Literal["same", "different", "unsure"]
"""Two records are one customer, are two customers, or a person could not tell (which changes no match)."""
VERDICTS: tuple[str, ...] = get_args(Verdict)


class StewardError(ValueError):
    """A decision or a setting that cannot be; the message says which, what is wrong and what would be right."""


@dataclass(frozen=True)
class StewardSettings:
    """Which decisions need a second person, how much may change at once, and how right the clusters must be."""

    second_person_for: tuple[str, ...] = ()
    second_person_above_records: int = 50
    churn_budget: float = 0.05
    churn_profiles: int = 20
    precision_target: float = 0.95
    recall_target: float = 0.9

    def needs_approval(self, verdict: str, records: int) -> bool:
        """Whether a verdict on two profiles of together `records` records waits for a second person."""
        if verdict == "unsure":
            return False
        merges_many = verdict == "same" and records > self.second_person_above_records
        return verdict in self.second_person_for or merges_many


def load_steward_settings(path: Path = SETTINGS_FILE) -> StewardSettings:
    """Read the settings.

    Raises:
        StewardError: an unknown or unusable setting.
    """
    given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    known = {item.name for item in fields(StewardSettings)}
    if unknown := sorted(set(given) - known):
        raise StewardError(f"{path}: unknown setting {', '.join(unknown)}; known are {', '.join(sorted(known))}.")
    verdicts = tuple(given.get("second_person_for") or ())
    if unknown := sorted(set(verdicts) - {"same", "different"}):
        raise StewardError(f"{path}: second_person_for says {', '.join(unknown)}; same or different is needed.")
    for name in ("second_person_above_records", "churn_profiles"):
        value = given.get(name, 1)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise StewardError(f"{path}: {name} says {value!r}; a whole number is needed.")
    for name in ("churn_budget", "precision_target", "recall_target"):
        share = given.get(name, 0.0)
        if not isinstance(share, (int, float)) or isinstance(share, bool) or not 0 <= share <= 1:
            raise StewardError(f"{path}: {name} says {share!r}; a share from 0 to 1 is needed.")
    return StewardSettings(**(given | {"second_person_for": verdicts}))

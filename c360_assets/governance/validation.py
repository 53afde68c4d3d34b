"""The rules of 'Validation before publication': read from YAML, checked once, passed to dbt."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

VALIDATION_FILE = Path(__file__).resolve().parent / "validation.yaml"
ROOT_KEY = "customer_360_validation"

PROFILE_FIELDS = frozenset(
    [
        "profile_id",
        "unified_customer_id",
        "entity_kind",
        "customer_status",
        "lifecycle_stage",
        "account_owner",
        "display_name",
        "email",
        "email_is_valid",
        "phone",
        "country",
        "region",
        "plan",
        "payment_status",
        "review_required",
        "source_systems",
        "match_confidence",
        "member_count",
        "record_last_updated",
    ]
)
"""Columns that both golden tables have and that rules may name; feed_audience.sql selects them."""
ALIASES = {"source_system": "source_systems"}
REVIEW_RULES = {
    "match_confidence_below": (int, float),
    "conflicting_legal_names": (bool,),
    "consent_status_changed": (bool,),
    "inconsistent_hierarchy": (bool,),
}
_SECTIONS = {"required_fields", "uniqueness_checks", "review_required_when", "blocked_conditions", "thresholds"}
ALL_DESTINATIONS = "*"


class ValidationRulesError(ValueError):
    """The rules cannot be used; the message names the file, the place and what would be right."""


@dataclass(frozen=True)
class BlockedCondition:
    """Profiles whose fields all have one of the values are kept out of the destinations."""

    when: dict[str, tuple[str, ...]]
    destinations: tuple[str, ...]


@dataclass(frozen=True)
class ValidationRules:
    """What a profile must be before it is published."""

    required_fields: tuple[str, ...] = ()
    uniqueness_checks: tuple[str, ...] = ()
    review_required_when: dict[str, Any] = field(default_factory=dict)
    blocked_conditions: tuple[BlockedCondition, ...] = ()

    def dbt_vars(self) -> dict[str, Any]:
        """The rules as the dbt variable that macros/golden_validation.sql reads."""
        return {
            ROOT_KEY: {
                "required_fields": list(self.required_fields),
                "uniqueness_checks": list(self.uniqueness_checks),
                "review_required_when": dict(self.review_required_when),
                "blocked_conditions": [
                    {"when": {k: list(v) for k, v in c.when.items()}, "destinations": list(c.destinations)}
                    for c in self.blocked_conditions
                ],
            }
        }


def load_validation(path: Path = VALIDATION_FILE) -> ValidationRules:
    """Read and check the rules.

    Raises:
        ValidationRulesError: the file is missing, is not YAML, or says something that no rule understands.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValidationRulesError(f"{path}: cannot be read ({error.strerror}).") from error
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f" at line {place.line + 1}" if place else ""
        raise ValidationRulesError(f"{path}: not YAML{line}.") from error
    if not isinstance(content, dict) or not isinstance(content.get(ROOT_KEY), dict):
        raise ValidationRulesError(f"{path}: must have one mapping, {ROOT_KEY}.")
    rules = content[ROOT_KEY]
    if unknown := sorted(set(rules) - _SECTIONS):
        raise ValidationRulesError(
            f"{path}: unknown section {unknown[0]!r}; use one of {', '.join(sorted(_SECTIONS))}."
        )
    return ValidationRules(
        required_fields=_fields(path, rules, "required_fields"),
        uniqueness_checks=_fields(path, rules, "uniqueness_checks"),
        review_required_when=_review(path, rules.get("review_required_when") or {}),
        blocked_conditions=_conditions(path, rules.get("blocked_conditions") or []),
    )


def _fields(path: Path, rules: dict[str, Any], section: str) -> tuple[str, ...]:
    names = rules.get(section) or []
    if not isinstance(names, list):
        raise ValidationRulesError(f"{path}: {section} must be a list of fields.")
    return tuple(_known(path, section, name) for name in names)


def _known(path: Path, section: str, name: Any) -> str:
    column = ALIASES.get(name, name) if isinstance(name, str) else name
    if column not in PROFILE_FIELDS:
        raise ValidationRulesError(
            f"{path}: {section} names {name!r}, which is not a field of both kinds of profile; "
            f"use one of {', '.join(sorted(PROFILE_FIELDS))}."
        )
    return str(column)


def _review(path: Path, rules: Any) -> dict[str, Any]:
    if not isinstance(rules, dict):
        raise ValidationRulesError(f"{path}: review_required_when must be a mapping.")
    for name, value in rules.items():
        if name not in REVIEW_RULES:
            raise ValidationRulesError(
                f"{path}: review_required_when has no rule {name!r}; use one of {', '.join(REVIEW_RULES)}."
            )
        kinds = REVIEW_RULES[name]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            right = "true or false" if bool in kinds else "a number from 0 to 1"
            raise ValidationRulesError(f"{path}: {name} must be {right}, not {value!r}.")
        if bool not in kinds and not 0 <= value <= 1:
            raise ValidationRulesError(f"{path}: {name} must be a number from 0 to 1, not {value!r}.")
    return dict(rules)


def _conditions(path: Path, conditions: Any) -> tuple[BlockedCondition, ...]:
    if not isinstance(conditions, list) or not all(isinstance(c, dict) for c in conditions):
        raise ValidationRulesError(f"{path}: blocked_conditions must be a list of mappings.")
    return tuple(_condition(path, condition) for condition in conditions)


def _condition(path: Path, condition: dict[str, Any]) -> BlockedCondition:
    when: dict[str, tuple[str, ...]] = {}
    destinations = []
    for name, value in condition.items():
        if name == "publish" or str(name).startswith("publish_to_"):
            if value is not False:
                raise ValidationRulesError(f"{path}: {name} can only be false; a condition blocks, it never allows.")
            destinations.append(ALL_DESTINATIONS if name == "publish" else str(name).removeprefix("publish_to_"))
            continue
        values = value if isinstance(value, list) else [value]
        if not values or any(v is None or isinstance(v, dict | list) for v in values):
            raise ValidationRulesError(f"{path}: {name} in blocked_conditions needs a value or a list of values.")
        when[_known(path, "blocked_conditions", name)] = tuple(
            str(v).lower() if isinstance(v, bool) else str(v) for v in values
        )
    if not when:
        raise ValidationRulesError(f"{path}: a blocked condition names no field, so it would block everybody.")
    if not destinations:
        raise ValidationRulesError(
            f"{path}: the condition on {', '.join(when)} blocks nothing; "
            "add publish: false or publish_to_<destination>: false."
        )
    return BlockedCondition(when, tuple(destinations))

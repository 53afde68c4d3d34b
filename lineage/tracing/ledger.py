"""The provenance ledger as Python sees it: what a version's grounds say, per field.

GOLDEN_PROFILE.PROFILE_VERSION holds them as short text, such as `2r1s3ACF1BD`: of fields A, C and F member 2 won,
member 1 lost as a lower-ranked source and member 3 said the same; of B and D member 1 won, alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lineage.outbox import Session
from lineage.tracing.gather import Part, Row, gather
from lineage.tracing.known import Known

REASONS = {
    "i": "invalid", "d": "deleted", "s": "same_value", "u": "united", "c": "less_complete", "f": "less_frequent",
    "h": "shorter", "r": "lower_ranked_source", "t": "tie", "o": "older",
}  # fmt: skip
_GROUP = re.compile(r"(\d+)((?:[a-z]\d+)*)([^a-z\d]+)")
_LOSER = re.compile(r"([a-z])(\d+)")


class LedgerError(ValueError):
    """A ledger row cannot be read; the message says which."""


@dataclass(frozen=True)
class Rule:
    """What a rule set says of one field."""

    field: str
    code: str
    number: int
    rule: str
    ranked_sources: tuple[str, ...]
    expression: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the normalised record that the field is made of, upper case."""
        return tuple(dict.fromkeys(name.upper() for name in re.findall(r"\br\.(\w+)", self.expression)))


RuleSet = Mapping[str, Rule]
"""Field code -> rule."""


@dataclass(frozen=True)
class Decided:
    """One field of one version: the value, the record that it is from, and what lost."""

    field: str
    value: str
    record_key: str
    rule: Rule
    lost: tuple[tuple[str, str], ...]
    """(record key, reason)."""


@dataclass(frozen=True)
class Version:
    """A row of the ledger."""

    profile_id: str
    entity_kind: str
    version: int
    valid_from: datetime
    valid_to: datetime | None
    row_hash: str
    members: tuple[str, ...]
    grounds: str | None
    field_values: tuple[str, ...]
    rule_set_version: str | None
    validation_set: str | None
    consent_hash: str | None
    run_id: str

    def decided(self, rules: RuleSet) -> list[Decided]:
        """The version's fields in the rule set's order; none of a version from before there was a ledger.

        Raises:
            LedgerError: the grounds name a member or field that is not there.
        """
        found: dict[int, tuple[Rule, str, tuple[tuple[str, str], ...]]] = {}
        for winner, losers, codes in _groups(self):
            lost = tuple((self._member(number), REASONS[letter]) for letter, number in losers)
            for code in codes:
                if code not in rules:
                    raise LedgerError(f"{self.profile_id} version {self.version}: no field has the code {code!r}.")
                found[rules[code].number] = (rules[code], self._member(winner), lost)
        if len(found) != len(self.field_values):
            raise LedgerError(
                f"{self.profile_id} version {self.version}: {len(found)} fields have grounds and"
                f" {len(self.field_values)} have values."
            )
        return [
            Decided(rule.field, value, winner, rule, lost)
            for (_, (rule, winner, lost)), value in zip(sorted(found.items()), self.field_values, strict=True)
        ]

    def _member(self, number: int) -> str:
        if not 1 <= number <= len(self.members):
            raise LedgerError(f"{self.profile_id} version {self.version}: there is no member {number}.")
        return self.members[number - 1]


def _groups(version: Version) -> list[tuple[int, list[tuple[str, int]], str]]:
    text, groups, end = version.grounds or "", [], 0
    for match in _GROUP.finditer(text):
        if match.start() != end:
            break
        end = match.end()
        losers = [(letter, int(number)) for letter, number in _LOSER.findall(match[2])]
        if any(letter not in REASONS for letter, _ in losers):
            break
        groups.append((int(match[1]), losers, match[3]))
    else:
        if end == len(text):
            return groups
    raise LedgerError(f"{version.profile_id} version {version.version}: its grounds cannot be read.")


def is_begun(session: Session) -> bool:
    """True where a run has published profiles, so that there is something to ask about."""
    found = session.rows(
        "select count(*) from information_schema.tables where table_schema = 'GOLDEN_PROFILE'"
        " and table_name in ('PROFILE_VERSION', 'RULE_SET', 'CONSENT_HISTORY', 'MATCH_EVIDENCE')"
    )
    return int(found[0][0]) == 4


def versions_part(where: str, params: Sequence[Any]) -> Part:
    """Versions of the ledger that meet the condition, by profile and number."""
    return Part(
        "version",
        f"""
select profile_id, entity_kind, version, valid_from, valid_to, row_hash, to_json(members) as members_text, grounds,
  to_json(field_values) as values_text, rule_set_version, validation_set, consent_hash, run_id
from GOLDEN_PROFILE.PROFILE_VERSION
where {where}
""",
        params,
        texts=(
            "profile_id", "entity_kind", "row_hash", "members_text", "grounds", "values_text", "rule_set_version",
            "validation_set", "consent_hash", "run_id",
        ),
        numbers=("version",),
        times=("valid_from", "valid_to"),
        order=lambda row: (row["profile_id"], row["version"]),
    )  # fmt: skip


def version_of(row: Row) -> Version:
    """A row of `versions_part`."""
    told = dict(row)
    members, values, number = told.pop("members_text"), told.pop("values_text"), told.pop("version")
    return Version(members=_texts(members), field_values=_texts(values), version=int(number), **told)


def read_versions(session: Session, where: str, params: Sequence[Any]) -> list[Version]:
    """The versions of `versions_part`, by a statement of their own."""
    part = versions_part(where, params)
    return [version_of(row) for row in gather(session, [part])[part.name]]


def _texts(value: str | None) -> tuple[str, ...]:
    return tuple(json.loads(value)) if value else ()


def read_rule_sets(session: Session) -> dict[tuple[str, str], RuleSet]:
    """(rule set version, entity kind) -> its rules."""
    found: dict[tuple[str, str], dict[str, Rule]] = {}
    for version, kind, field, code, number, rule, sources, expression in session.rows(
        "select rule_set_version, entity_kind, field, field_code, field_no, rule, ranked_sources, expression"
        " from GOLDEN_PROFILE.RULE_SET"
    ):
        ranked = tuple(source for source in (sources or "").split(",") if source)
        found.setdefault((version, kind), {})[code] = Rule(field, code, int(number), rule, ranked, expression)
    return dict(found)


def rule_sets_then(session: Session, known: Known) -> dict[tuple[str, str], RuleSet]:
    """The same, read once."""
    return known.get("rule sets", lambda: read_rule_sets(session))

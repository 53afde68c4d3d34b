"""Contracts of the provenance ledger: versions with their grounds, and what they refer to."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir
import pandera.ibis as pa
from pandera.api.checks import Check

from c360_assets.contracts import patterns
from c360_assets.contracts.model import Contract, Variant, exists_in, other, violations

RULES = ["owner", "most_recent", "most_complete", "most_frequent", "longest", "union"]


class ProfileVersion(Contract, table="golden_profile.profile_version"):
    """One row per version of a profile, every version kept."""

    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    version: int = pa.Field(ge=1)
    valid_from: datetime
    valid_to: datetime = pa.Field(nullable=True)
    row_hash: str
    profile: Variant
    members: Variant = pa.Field(nullable=True)
    grounds: str = pa.Field(nullable=True, str_matches=r"^(\d+([a-z]\d+)*[^a-z\d]+)*$")
    field_values: Variant = pa.Field(nullable=True)
    rule_set_version: str = pa.Field(nullable=True)
    validation_set: str = pa.Field(nullable=True)
    consent_hash: str = pa.Field(nullable=True)
    run_id: str

    class Config:
        """The grain."""

        unique = ("profile_id", "version")

    @pa.dataframe_check(name="valid_from_before_valid_to")
    def valid_from_before_valid_to(cls, data):
        """A version ends after it begins."""
        return data.table.valid_from <= data.table.valid_to

    @classmethod
    def across(cls) -> list[Check]:
        """At most one version is in force, and versions follow each other without a gap in numbers."""

        def two_current(t: ir.Table) -> ir.Table:
            current = t.filter(t.valid_to.isnull()).group_by("profile_id").aggregate(n=lambda x: x.count())
            return current.filter(current.n > 1)

        def gaps(t: ir.Table) -> ir.Table:
            numbers = t.group_by("profile_id").aggregate(n=t.count(), last=t.version.max())
            return numbers.filter(numbers.n != numbers.last)

        def groundless(t: ir.Table) -> ir.Table:
            return t.filter(t.valid_to.isnull() & t.grounds.isnull())

        return [
            violations("version_in_force_has_grounds", "The version in force says what it stands on.", groundless),
            exists_in("rule_set_version", "golden_profile.rule_set"),
            exists_in("validation_set", "golden_profile.validation_set"),
            violations("one_version_in_force", "At most one version of a profile is current.", two_current),
            violations("versions_without_gaps", "Version numbers run from 1 without gaps.", gaps),
        ]


class RuleSet(Contract, table="golden_profile.rule_set"):
    """One row per rule set and field."""

    rule_key: str = pa.Field(unique=True)
    rule_set_version: str
    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    field: str
    field_no: int = pa.Field(ge=1)
    field_code: str
    expression: str
    rule: str = pa.Field(isin=RULES)
    ranked_sources: str
    changed_at: datetime

    class Config:
        """No two fields of a set share a code."""

        unique = ("rule_set_version", "entity_kind", "field_code")


class ValidationSet(Contract, table="golden_profile.validation_set"):
    """One row per content of the validation file."""

    validation_set: str = pa.Field(unique=True)
    rules: Variant
    changed_at: datetime


class ConsentHistory(Contract, table="golden_profile.consent_history"):
    """One row per change of a consent."""

    change_key: str = pa.Field(unique=True)
    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    purpose: str
    channel: str
    region: str
    state: str = pa.Field(isin=[*patterns.CONSENT_STATES, "none"])
    since: datetime = pa.Field(nullable=True)
    expires_at: datetime = pa.Field(nullable=True)
    fact_key: str = pa.Field(nullable=True)
    is_conflict: bool
    run_id: str
    changed_at: datetime

    @classmethod
    def across(cls) -> list[Check]:
        """What was written last is what is in force."""

        def not_last(t: ir.Table) -> ir.Table:
            consent = other("golden_profile.consent", profile_id="string", purpose="string", channel="string",
                            region="string", state="string")  # fmt: skip
            keys = ["profile_id", "purpose", "channel", "region"]
            latest = t.group_by(keys).aggregate(state=t.state.argmax(t.changed_at))
            return consent.anti_join(latest, [*keys, "state"])

        return [
            violations("consent_in_force_is_on_record", "Every consent in force is the last one written.", not_last)
        ]


class MatchEvidence(Contract, table="golden_profile.match_evidence"):
    """One row per change of a match that holds two records of a profile together."""

    change_key: str = pa.Field(unique=True)
    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    record_key_l: str = pa.Field(str_matches=patterns.RECORD_KEY)
    record_key_r: str = pa.Field(str_matches=patterns.RECORD_KEY)
    rule: str
    match_weight: float = pa.Field(nullable=True)
    evidence: Variant = pa.Field(nullable=True)
    model_version: str = pa.Field(nullable=True)
    holds: bool
    run_id: str
    changed_at: datetime


LEDGER: tuple[type[Contract], ...] = (ProfileVersion, RuleSet, ValidationSet, ConsentHistory, MatchEvidence)

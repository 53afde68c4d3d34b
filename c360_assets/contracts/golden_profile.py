"""Contracts of stage golden_profile: one row per customer, and the origin of every field."""

from __future__ import annotations

from datetime import date, datetime

import ibis
import ibis.expr.types as ir
import pandera.ibis as pa
from pandera.api.checks import Check

from c360_assets.contracts import patterns, publication
from c360_assets.contracts.golden_ledger import LEDGER
from c360_assets.contracts.golden_part import PARTS
from c360_assets.contracts.model import Contract, Variant, exists_in, other, violations

CUSTOMER_STATUSES = ["prospect", "active", "inactive", "churned", "deleted"]
PAYMENT_STATUSES = ["current", "overdue", "delinquent", "none"]
UNIT = {"min_value": 0, "max_value": 1}
PROFILES = ("golden_profile.organization", "golden_profile.person")


class Profile(Contract):
    """One row per customer."""

    profile_id: str = pa.Field(unique=True, str_matches=patterns.PROFILE_ID)
    unified_customer_id: str = pa.Field(unique=True)
    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    customer_status: str = pa.Field(isin=CUSTOMER_STATUSES)
    lifecycle_stage: str = pa.Field(nullable=True)
    account_owner: str = pa.Field(nullable=True)
    display_name: str = pa.Field(nullable=True)
    email: str = pa.Field(nullable=True)
    phone: str = pa.Field(nullable=True)
    phone_is_valid: bool
    country: str = pa.Field(nullable=True, str_matches=patterns.COUNTRY)
    region: str = pa.Field(nullable=True)
    consent: Variant = pa.Field(nullable=True)
    health_score: float = pa.Field(nullable=True, in_range={"min_value": 0, "max_value": 100})
    match_confidence: float = pa.Field(in_range=UNIT)
    source_systems: Variant
    member_count: int = pa.Field(ge=1)
    review_required: bool
    review_reasons: Variant = pa.Field(nullable=True)
    record_last_updated: datetime
    changed_at: datetime
    row_hash: str

    @pa.dataframe_check(name="id_names_its_kind")
    def id_names_its_kind(cls, data):
        """People's ids start with per_, organizations' with org_."""
        return data.table.profile_id.startswith("per_") == (data.table.entity_kind == "person")

    @pa.dataframe_check(name="one_id_two_names")
    def one_id_two_names(cls, data):
        """unified_customer_id is the profile id under its public name."""
        return data.table.unified_customer_id == data.table.profile_id

    @pa.dataframe_check(name="valid_phone_is_e164")
    def valid_phone_is_e164(cls, data):
        """What is called a valid phone number is in E.164 form."""
        return ~data.table.phone_is_valid | data.table.phone.re_search(patterns.E164)

    @pa.dataframe_check(name="not_updated_after_it_changed", raise_warning=True)
    def not_updated_after_it_changed(cls, data):
        """No source row is newer than the run that read it by more than a day."""
        return data.table.record_last_updated.date() <= data.table.changed_at.date() + ibis.interval(days=1)


def _registered(t: ir.Table) -> ir.Table:
    registry = other("match_cluster.profile_registry", profile_id="string", status="string")
    return t.anti_join(registry.filter(registry.status == "active"), "profile_id")


REGISTERED = violations("profile_is_active", "The profile is registered and active.", _registered)


def _left_out(kind: str) -> Check:
    def rows(t: ir.Table) -> ir.Table:
        cluster = other("match_cluster.cluster", profile_id="string", entity_kind="string")
        return cluster.filter(cluster.entity_kind == kind).anti_join(t, "profile_id")

    return violations("every_cluster_has_a_profile", f"Every {kind} cluster has its golden profile.", rows)


class Organization(Profile, table="golden_profile.organization", tolerances=publication.TOLERANCES):
    """One row per customer that is a company."""

    customer_segment: str = pa.Field(nullable=True)
    legal_name: str = pa.Field(nullable=True)
    tax_id: str = pa.Field(nullable=True)
    registration_id: str = pa.Field(nullable=True)
    domain: str = pa.Field(nullable=True)
    industry: str = pa.Field(nullable=True)
    employee_count: float = pa.Field(nullable=True, ge=0, raise_warning=True)
    annual_revenue: float = pa.Field(nullable=True)
    parent_profile_id: str = pa.Field(nullable=True, str_matches=patterns.PROFILE_ID)
    ultimate_parent_profile_id: str = pa.Field(nullable=True, str_matches=patterns.PROFILE_ID)
    open_opportunities: int = pa.Field(nullable=True, ge=0)
    open_pipeline_amount: float = pa.Field(nullable=True)
    revenue_12m: float = pa.Field(nullable=True)
    revenue_total: float = pa.Field(nullable=True)
    invoices_open: int = pa.Field(nullable=True, ge=0)
    amount_open: float = pa.Field(nullable=True)
    amount_overdue: float = pa.Field(nullable=True)
    payment_status: str = pa.Field(nullable=True, isin=PAYMENT_STATUSES)
    payment_terms: str = pa.Field(nullable=True)
    subscriptions_active: int = pa.Field(nullable=True, ge=0)
    mrr: float = pa.Field(nullable=True)
    plan: str = pa.Field(nullable=True)
    renewal_date: date = pa.Field(nullable=True)
    tickets_open: int = pa.Field(nullable=True, ge=0)
    satisfaction_score: float = pa.Field(nullable=True)

    @classmethod
    def across(cls) -> list[Check]:
        """Registered, complete, and fit for publication."""
        return [
            REGISTERED,
            _left_out("organization"),
            exists_in("parent_profile_id", "golden_profile.organization", "profile_id", warn=True),
            *publication.for_profiles("organization"),
            *publication.for_organizations(),
        ]


class Person(Profile, table="golden_profile.person", tolerances=publication.TOLERANCES):
    """One row per customer, or contact of one, that is a natural person."""

    given_name: str = pa.Field(nullable=True)
    family_name: str = pa.Field(nullable=True)
    full_name: str = pa.Field(nullable=True)
    date_of_birth: date = pa.Field(nullable=True)
    job_title: str = pa.Field(nullable=True)
    language: str = pa.Field(nullable=True)
    organization_profile_id: str = pa.Field(nullable=True, str_matches=patterns.PROFILE_ID)

    @classmethod
    def across(cls) -> list[Check]:
        """Registered, complete, and fit for publication."""
        return [
            REGISTERED,
            _left_out("person"),
            exists_in("organization_profile_id", "golden_profile.organization", "profile_id", warn=True),
            *publication.for_profiles("person"),
        ]


class ProfileField(Contract, table="golden_profile.profile_field"):
    """One row per profile and field: the value that won, and what lost."""

    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    field: str
    value: str = pa.Field(nullable=True)
    winner_record_key: str = pa.Field(str_matches=patterns.RECORD_KEY)
    winner_source: str
    rule: str
    rule_set_version: str
    losers: Variant = pa.Field(nullable=True)
    candidates: int = pa.Field(ge=1)
    distinct_values: int = pa.Field(ge=1)
    observed_at: datetime = pa.Field(nullable=True)
    changed_at: datetime

    class Config:
        """The grain."""

        unique = ("profile_id", "field")

    @pa.dataframe_check(name="values_not_above_candidates")
    def values_not_above_candidates(cls, data):
        """There are no more distinct values than candidates."""
        return data.table.distinct_values <= data.table.candidates

    @classmethod
    def across(cls) -> list[Check]:
        """The winner is a member of the profile that it speaks for."""

        def strangers(t: ir.Table) -> ir.Table:
            cluster = other("match_cluster.cluster", record_key="string", profile_id="string")
            return t.anti_join(cluster, [t.winner_record_key == cluster.record_key, t.profile_id == cluster.profile_id])

        return [violations("winner_is_a_member", "The winning record belongs to the profile.", strangers)]


class Consent(Contract, table="golden_profile.consent", tolerances=publication.TOLERANCES):
    """One row per profile, purpose, channel and region: the consent in force."""

    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    purpose: str
    channel: str
    region: str = pa.Field(nullable=True)
    state: str = pa.Field(isin=patterns.CONSENT_STATES)
    legal_basis: str = pa.Field(nullable=True)
    since: datetime = pa.Field(nullable=True)
    expires_at: datetime = pa.Field(nullable=True)
    is_conflict: bool

    class Config:
        """The grain."""

        unique = ("profile_id", "purpose", "channel", "region")

    @classmethod
    def across(cls) -> list[Check]:
        """Consent belongs to a registered profile, and conflicts are few enough to look at."""
        known = exists_in("profile_id", "match_cluster.profile_registry", "profile_id")
        return [known, *publication.for_consent()]


MODELS: tuple[type[Contract], ...] = (Organization, Person, ProfileField, Consent, *LEDGER, *PARTS)

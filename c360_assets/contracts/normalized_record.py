"""Contracts of stage normalized_record: one common shape per source record."""

from __future__ import annotations

from datetime import date, datetime

import pandera.ibis as pa
from pandera.api.checks import Check

from c360_assets.contracts import patterns
from c360_assets.contracts.model import Contract, other, violations
from c360_assets.contracts.normalized_fact import (
    ConsentEvent,
    Device,
    Engagement,
    FeatureAdoption,
    Opportunity,
    Subscription,
    Ticket,
    Transaction,
    Usage,
)
from c360_assets.contracts.normalized_value import VALUES
from c360_assets.identity.relation_types import NAMES, NODE_KINDS


class Record(Contract):
    """One row per source record."""

    record_key: str = pa.Field(unique=True, str_matches=patterns.RECORD_KEY)
    source_system: str
    source_object: str
    source_record_id: str
    snapshot_id: str = pa.Field(str_matches=patterns.SNAPSHOT_ID)
    row_hash: str = pa.Field(str_matches=patterns.MD5)
    observed_at: datetime
    source_updated_at: datetime
    is_deleted: bool
    is_active: bool
    email: str = pa.Field(nullable=True)
    email_is_valid: bool = pa.Field(nullable=True)
    email_is_shared: bool = pa.Field(nullable=True)
    email_domain: str = pa.Field(nullable=True)
    phone: str = pa.Field(nullable=True)
    phone_is_valid: bool = pa.Field(nullable=True)
    phone_is_shared: bool = pa.Field(nullable=True)
    street: str = pa.Field(nullable=True)
    street_key: str = pa.Field(nullable=True)
    city: str = pa.Field(nullable=True)
    city_key: str = pa.Field(nullable=True)
    region: str = pa.Field(nullable=True)
    postcode: str = pa.Field(nullable=True)
    postcode_key: str = pa.Field(nullable=True)
    country: str = pa.Field(nullable=True, str_matches=patterns.COUNTRY)
    tax_id: str = pa.Field(nullable=True)
    brand: str = pa.Field(nullable=True)
    sales_region: str = pa.Field(nullable=True)
    lifecycle_stage: str = pa.Field(nullable=True)
    account_owner: str = pa.Field(nullable=True)
    created_at: datetime = pa.Field(nullable=True)
    changed_at: datetime

    @pa.dataframe_check(name="key_names_its_source")
    def key_names_its_source(cls, data):
        """The record key starts with the system and object it came from."""
        t = data.table
        return t.record_key.startswith(t.source_system + ":" + t.source_object + ":")

    @pa.dataframe_check(name="deleted_is_not_active")
    def deleted_is_not_active(cls, data):
        """A deleted record is not active."""
        return ~(data.table.is_deleted & data.table.is_active)

    @pa.dataframe_check(name="valid_email_has_form")
    def valid_email_has_form(cls, data):
        """What is called a valid e-mail is lower case and has the form of one."""
        t = data.table
        return ~t.email_is_valid | (t.email.re_search(patterns.EMAIL) & (t.email == t.email.lower()))

    @pa.dataframe_check(name="valid_phone_is_e164")
    def valid_phone_is_e164(cls, data):
        """What is called a valid phone number is in E.164 form."""
        return ~data.table.phone_is_valid | data.table.phone.re_search(patterns.E164)


class Person(Record, table="normalized_record.person", tolerances={"person_has_a_name": 0.05}):
    """One row per source record that describes a person."""

    full_name: str = pa.Field(nullable=True)
    given_name: str = pa.Field(nullable=True)
    middle_name: str = pa.Field(nullable=True)
    family_name: str = pa.Field(nullable=True)
    given_name_key: str = pa.Field(nullable=True, str_matches=patterns.NAME_KEY)
    family_name_key: str = pa.Field(nullable=True, str_matches=patterns.NAME_KEY)
    full_name_key: str = pa.Field(nullable=True)
    date_of_birth: date = pa.Field(nullable=True)
    gender: str = pa.Field(nullable=True)
    language: str = pa.Field(nullable=True)
    job_title: str = pa.Field(nullable=True)
    organization_record_key: str = pa.Field(nullable=True, str_matches=patterns.RECORD_KEY)
    organization_name: str = pa.Field(nullable=True)

    @pa.dataframe_check(name="born_in_the_past", raise_warning=True)
    def born_in_the_past(cls, data):
        """A date of birth lies between 1900 and the time it was observed."""
        t = data.table
        return (t.date_of_birth.year() >= 1900) & (t.date_of_birth <= t.observed_at.date())

    @pa.dataframe_check(name="person_has_a_name", raise_warning=True)
    def person_has_a_name(cls, data):
        """A person has a name or an e-mail to be known by."""
        return data.table.full_name.notnull() | data.table.email.notnull()


class Organization(Record, table="normalized_record.organization", tolerances={"organization_has_a_name": 0.05}):
    """One row per source record that describes a company."""

    name: str = pa.Field(nullable=True)
    name_key: str = pa.Field(nullable=True)
    legal_name: str = pa.Field(nullable=True)
    legal_form: str = pa.Field(nullable=True)
    domain: str = pa.Field(nullable=True, str_matches=patterns.DOMAIN)
    domain_is_shared: bool = pa.Field(nullable=True)
    website: str = pa.Field(nullable=True)
    tax_id_is_valid: bool = pa.Field(nullable=True)
    registration_id: str = pa.Field(nullable=True)
    industry: str = pa.Field(nullable=True)
    employee_count: float = pa.Field(nullable=True, ge=0, raise_warning=True)
    annual_revenue: float = pa.Field(nullable=True)
    parent_record_key: str = pa.Field(nullable=True, str_matches=patterns.RECORD_KEY)
    customer_segment: str = pa.Field(nullable=True)
    account_owner_id: str = pa.Field(nullable=True)
    payment_terms: str = pa.Field(nullable=True)
    currency: str = pa.Field(nullable=True, str_matches=patterns.CURRENCY, raise_warning=True)
    plan: str = pa.Field(nullable=True)

    @pa.dataframe_check(name="organization_has_a_name", raise_warning=True)
    def organization_has_a_name(cls, data):
        """A company has a name or a domain to be known by."""
        return data.table.name.notnull() | data.table.domain.notnull()

    @pa.dataframe_check(name="not_its_own_parent", raise_warning=True)
    def not_its_own_parent(cls, data):
        """No source calls a record its own parent."""
        return data.table.parent_record_key != data.table.record_key


class Identifier(Contract, table="normalized_record.identifier"):
    """One row per source record, identifier type and canonical value."""

    identifier_key: str = pa.Field(unique=True, str_matches=patterns.MD5)
    record_key: str = pa.Field(str_matches=patterns.RECORD_KEY)
    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    source_system: str
    identifier_type: str = pa.Field(isin=patterns.IDENTIFIER_TYPES)
    value: str = pa.Field(nullable=True)
    value_canonical: str
    is_valid: bool
    is_shared: bool
    source_column: str = pa.Field(nullable=True)
    observed_at: datetime
    changed_at: datetime

    @classmethod
    def across(cls) -> list[Check]:
        """Every identifier belongs to a record that is there."""

        def orphans(t):
            people = other("normalized_record.person", record_key="string")
            companies = other("normalized_record.organization", record_key="string")
            return t.anti_join(people, "record_key").anti_join(companies, "record_key")

        return [violations("record_exists", "The identified record is a person or an organization.", orphans)]


class Relation(Contract, table="normalized_record.relation"):
    """One row per typed edge and period in which it held, from a source record to another one or to a node."""

    relation_key: str = pa.Field(unique=True)
    from_record_key: str = pa.Field(str_matches=patterns.RECORD_KEY)
    relation_type: str = pa.Field(isin=list(NAMES))
    to_kind: str = pa.Field(isin=["record", *(kind for kind in NODE_KINDS if kind != "profile")])
    to_key: str
    evidence: str
    source_system: str
    valid_from: datetime = pa.Field(nullable=True)
    valid_to: datetime = pa.Field(nullable=True)
    changed_at: datetime

    @pa.dataframe_check(name="valid_from_before_valid_to")
    def valid_from_before_valid_to(cls, data):
        """An edge ends after it begins."""
        return data.table.valid_from <= data.table.valid_to


MODELS: tuple[type[Contract], ...] = (
    Person,
    Organization,
    Identifier,
    Relation,
    Opportunity,
    Transaction,
    Subscription,
    Ticket,
    Usage,
    FeatureAdoption,
    Engagement,
    ConsentEvent,
    Device,
    *VALUES,
)

"""Contracts of what normalisation keeps between runs: raw values with their canonical forms, and its inputs."""

from __future__ import annotations

from datetime import datetime

import pandera.ibis as pa

from c360_assets.contracts import patterns
from c360_assets.contracts.model import Contract


class Value(Contract):
    """One row per value as written."""

    raw: str = pa.Field(unique=True)


class AsciiValue(Value, table="normalized_record.ascii_value"):
    """One row per name, street or city as written that is not ASCII."""


class CompanyNameValue(Value, table="normalized_record.company_name_value"):
    """One row per company name as written."""


class DomainValue(Value, table="normalized_record.domain_value"):
    """One row per host name or web address as written."""


class EmailValue(Value, table="normalized_record.email_value"):
    """One row per e-mail address as written."""


class PersonNameValue(Value, table="normalized_record.person_name_value"):
    """One row per full name as written that is not one or two plain words."""


class NationalValue(Contract):
    """One row per value as written and country whose rules it follows."""

    raw: str
    country: str

    class Config:
        """The grain."""

        unique = ("raw", "country")


class PhoneValue(NationalValue, table="normalized_record.phone_value"):
    """One row per phone number as written and country."""


class TaxIdValue(NationalValue, table="normalized_record.tax_id_value"):
    """One row per tax number as written and country."""


class RecordInput(Contract):
    """One row per source record that changed since the last run, as given."""

    record_key: str = pa.Field(unique=True, str_matches=patterns.RECORD_KEY)


class PersonInput(RecordInput, table="normalized_record.person_input"):
    """One row per changed source record of an object that describes people."""


class OrganizationInput(RecordInput, table="normalized_record.organization_input"):
    """One row per changed source record of an object that describes companies."""


class Household(Contract, table="normalized_record.household"):
    """One row per person record and household that it belongs to, or did."""

    membership_key: str = pa.Field(unique=True, str_matches=patterns.MD5)
    record_key: str = pa.Field(str_matches=patterns.RECORD_KEY)
    household_key: str = pa.Field(str_matches=patterns.MD5)
    valid_from: datetime
    valid_to: datetime = pa.Field(nullable=True)
    changed_at: datetime


class SharedValue(Contract, table="normalized_record.shared_value"):
    """One row per kind and value that many unrelated customers share (a seed)."""

    kind: str
    value: str
    reason: str

    class Config:
        """The grain."""

        unique = ("kind", "value")


class Department(Contract, table="normalized_record.department"):
    """One row per last word of a workspace's name that says of which business unit it is (a seed)."""

    word: str = pa.Field(unique=True)
    department: str


class Synonym(Contract, table="normalized_record.synonym"):
    """One row per kind and spelling (a seed)."""

    kind: str
    value: str
    canonical: str

    class Config:
        """The grain."""

        unique = ("kind", "value")


VALUES: tuple[type[Contract], ...] = (
    AsciiValue,
    CompanyNameValue,
    DomainValue,
    EmailValue,
    PersonNameValue,
    PhoneValue,
    TaxIdValue,
    PersonInput,
    OrganizationInput,
    Household,
    SharedValue,
    Synonym,
    Department,
)

"""Contracts of the facts beside the normalised records."""

from __future__ import annotations

from datetime import date, datetime

import pandera.ibis as pa

from c360_assets.contracts import patterns
from c360_assets.contracts.model import Contract


class Fact(Contract):
    """One row per source row that states a fact about a customer record."""

    fact_key: str = pa.Field(unique=True)
    record_key: str = pa.Field(nullable=True, str_matches=patterns.RECORD_KEY)
    entity_kind: str = pa.Field(nullable=True, isin=patterns.ENTITY_KINDS)
    source_system: str
    occurred_at: datetime = pa.Field(nullable=True)
    changed_at: datetime


class Opportunity(Fact, table="normalized_record.opportunity"):
    """One row per sales opportunity."""

    name: str = pa.Field(nullable=True)
    stage: str = pa.Field(nullable=True)
    amount: float = pa.Field(nullable=True)
    currency: str = pa.Field(nullable=True, str_matches=patterns.CURRENCY, raise_warning=True)
    probability: float = pa.Field(nullable=True, in_range={"min_value": 0, "max_value": 100}, raise_warning=True)
    close_date: date = pa.Field(nullable=True)
    is_closed: bool = pa.Field(nullable=True)
    is_won: bool = pa.Field(nullable=True)
    is_deleted: bool

    @pa.dataframe_check(name="won_is_closed", raise_warning=True)
    def won_is_closed(cls, data):
        """What is won is closed."""
        return ~data.table.is_won | data.table.is_closed


class Transaction(Fact, table="normalized_record.transaction"):
    """One row per invoice or order."""

    kind: str = pa.Field(isin=["invoice", "order"])
    number: str = pa.Field(nullable=True)
    amount: float = pa.Field(nullable=True)
    amount_open: float = pa.Field(nullable=True)
    currency: str = pa.Field(nullable=True, str_matches=patterns.CURRENCY, raise_warning=True)
    status: str = pa.Field(isin=["paid", "open", "overdue", "void", "refunded"])
    due_date: date = pa.Field(nullable=True)

    @pa.dataframe_check(name="paid_leaves_nothing_open", raise_warning=True)
    def paid_leaves_nothing_open(cls, data):
        """A paid invoice has no open amount."""
        return (data.table.status != "paid") | (data.table.amount_open <= 0)


class Subscription(Fact, table="normalized_record.subscription"):
    """One row per subscription."""

    plan: str = pa.Field(nullable=True)
    status: str = pa.Field(nullable=True)
    quantity: float = pa.Field(nullable=True, ge=0, raise_warning=True)
    monthly_amount: float = pa.Field(nullable=True, ge=0, raise_warning=True)
    currency: str = pa.Field(nullable=True, str_matches=patterns.CURRENCY, raise_warning=True)
    current_period_end: datetime = pa.Field(nullable=True)
    cancel_at_period_end: bool = pa.Field(nullable=True)
    is_active: bool


class Ticket(Fact, table="normalized_record.ticket"):
    """One row per support ticket."""

    person_record_key: str = pa.Field(nullable=True, str_matches=patterns.RECORD_KEY)
    organization_record_key: str = pa.Field(nullable=True, str_matches=patterns.RECORD_KEY)
    status: str = pa.Field(nullable=True)
    priority: str = pa.Field(nullable=True)
    satisfaction: str = pa.Field(nullable=True, isin=["good", "bad"])
    solved_at: datetime = pa.Field(nullable=True)

    @pa.dataframe_check(name="solved_after_opened", raise_warning=True)
    def solved_after_opened(cls, data):
        """A ticket is solved after it was opened."""
        return data.table.solved_at >= data.table.occurred_at


class Usage(Contract, table="normalized_record.usage"):
    """One row per user or workspace record and day."""

    fact_key: str = pa.Field(unique=True)
    record_key: str = pa.Field(nullable=True, str_matches=patterns.RECORD_KEY)
    entity_kind: str = pa.Field(nullable=True, isin=patterns.ENTITY_KINDS)
    source_system: str
    occurred_at: datetime = pa.Field(nullable=True)
    events: float = pa.Field(nullable=True, ge=0)
    active_users: float = pa.Field(nullable=True, ge=0)
    changed_at: datetime


class FeatureAdoption(Fact, table="normalized_record.feature_adoption"):
    """One row per workspace record and feature."""

    feature: str
    active_users: float = pa.Field(nullable=True, ge=0)
    adoption_rate: float = pa.Field(nullable=True, in_range={"min_value": 0, "max_value": 1}, raise_warning=True)


class Engagement(Fact, table="normalized_record.engagement"):
    """One row per e-mail event of marketing automation."""

    kind: str = pa.Field(isin=["sent", "delivered", "open", "click", "bounce", "unsubscribed"], raise_warning=True)
    campaign: str = pa.Field(nullable=True)


class ConsentEvent(Contract, table="normalized_record.consent_event"):
    """One row per decision of a subject about a purpose and channel."""

    fact_key: str = pa.Field(unique=True)
    record_key: str = pa.Field(nullable=True, str_matches=patterns.RECORD_KEY)
    source_system: str
    subject_type: str
    subject_value_canonical: str = pa.Field(nullable=True)
    purpose: str
    channel: str
    status: str = pa.Field(isin=["granted", "withdrawn", "denied"])
    legal_basis: str = pa.Field(nullable=True)
    region: str = pa.Field(nullable=True)
    brand: str = pa.Field(nullable=True)
    occurred_at: datetime
    expires_at: datetime = pa.Field(nullable=True)
    recorded_at: datetime = pa.Field(nullable=True)
    changed_at: datetime

    @pa.dataframe_check(name="subject_can_be_found", raise_warning=True)
    def subject_can_be_found(cls, data):
        """A decision names an address or number that can be read, or hangs on a record."""
        return data.table.subject_value_canonical.notnull() | data.table.record_key.notnull()

    @pa.dataframe_check(name="expires_after_it_was_given", raise_warning=True)
    def expires_after_it_was_given(cls, data):
        """A consent expires after it was given."""
        return data.table.expires_at >= data.table.occurred_at


class Device(Contract, table="normalized_record.device"):
    """One row per device of a user record."""

    device_id: str
    record_key: str = pa.Field(nullable=True, str_matches=patterns.RECORD_KEY)
    platform: str = pa.Field(nullable=True)
    changed_at: datetime

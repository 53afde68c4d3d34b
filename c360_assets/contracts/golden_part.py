"""Contracts of what golden profiles are put together from."""

from __future__ import annotations

from datetime import datetime

import pandera.ibis as pa

from c360_assets.contracts import patterns
from c360_assets.contracts.model import Contract


class TouchedProfile(Contract, table="golden_profile.touched_profile"):
    """One row per profile that the last run built anew."""

    profile_id: str = pa.Field(unique=True, str_matches=patterns.PROFILE_ID)


class ProfileMember(Contract, table="golden_profile.profile_member"):
    """One row per source record with the profile that holds it, as published."""

    record_key: str = pa.Field(unique=True, str_matches=patterns.RECORD_KEY)
    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    changed_at: datetime


class ProfileRelationship(Contract, table="golden_profile.profile_relationship"):
    """One row per profile: its parents, its employer, its household, its contacts."""

    profile_id: str = pa.Field(unique=True, str_matches=patterns.PROFILE_ID)
    parent_profile_id: str = pa.Field(nullable=True, str_matches=patterns.PROFILE_ID)
    ultimate_parent_profile_id: str = pa.Field(nullable=True, str_matches=patterns.PROFILE_ID)
    hierarchy_level: int = pa.Field(ge=0)
    hierarchy_is_cyclic: bool
    hierarchy_conflict: str = pa.Field(nullable=True, isin=["cycle", "two_parents"])
    changed_at: datetime

    @pa.dataframe_check(name="not_its_own_parent")
    def not_its_own_parent(cls, data):
        """No profile is its own parent."""
        return data.table.parent_profile_id != data.table.profile_id


class HierarchyRollup(Contract, table="golden_profile.hierarchy_rollup"):
    """One row per company that is above or below another one: the figures of itself and all below it."""

    profile_id: str = pa.Field(unique=True, str_matches=patterns.PROFILE_ID)
    ultimate_parent_profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    is_top: bool
    companies: int = pa.Field(ge=1)
    levels: int = pa.Field(ge=0)
    people: int = pa.Field(ge=0)
    open_opportunities: int = pa.Field(ge=0)
    open_pipeline_amount: float
    won_amount: float
    revenue_12m: float
    revenue_total: float
    amount_open: float
    amount_overdue: float
    subscriptions_active: int = pa.Field(ge=0)
    mrr: float
    tickets_open: int = pa.Field(ge=0)
    tickets_90d: int = pa.Field(ge=0)
    changed_at: datetime

    @pa.dataframe_check(name="levels_take_companies")
    def levels_take_companies(cls, data):
        """A company at each level down."""
        return data.table.levels < data.table.companies


class ProfileActivity(Contract, table="golden_profile.profile_activity"):
    """One row per profile: what it buys, uses, asks and answers."""

    profile_id: str = pa.Field(unique=True, str_matches=patterns.PROFILE_ID)
    changed_at: datetime


class FieldCandidate(Contract, table="golden_profile.field_candidate"):
    """One row per profile, field and member record that has a value for it."""

    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    field: str


class Perspective(Contract):
    """One row per customer, as one department sees it."""

    profile_id: str = pa.Field(unique=True, str_matches=patterns.PROFILE_ID)


class SalesPerspective(Perspective, table="golden_profile.sales_perspective"):
    """One row per customer, as sales sees it."""


class FinancePerspective(Perspective, table="golden_profile.finance_perspective"):
    """One row per customer, as finance sees it."""


class SupportPerspective(Perspective, table="golden_profile.support_perspective"):
    """One row per customer, as support sees it."""


class MarketingPerspective(Perspective, table="golden_profile.marketing_perspective"):
    """One row per customer, as marketing sees it."""


class FieldOwnership(Contract, table="golden_profile.field_ownership"):
    """One row per kind of customer, field and source (a seed)."""

    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    field: str
    rank: int = pa.Field(ge=1)
    source_system: str
    rule: str

    class Config:
        """The grain."""

        unique = ("entity_kind", "field", "source_system")


PARTS: tuple[type[Contract], ...] = (
    FieldOwnership,
    TouchedProfile,
    ProfileMember,
    ProfileRelationship,
    HierarchyRollup,
    ProfileActivity,
    FieldCandidate,
    SalesPerspective,
    FinancePerspective,
    SupportPerspective,
    MarketingPerspective,
)

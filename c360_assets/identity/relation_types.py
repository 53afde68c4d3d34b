"""The kinds of relations: from what to what, in words both ways, and which of them carry a group's figures upwards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RelationType:
    """One type of edge. `to` is `profile` or the kind of a node that is no customer."""

    name: str
    to: str
    says: str
    """The edge read from its start: "X <says> Y"."""
    back: str
    """The same read from its end."""
    rolls_up: bool = False
    """What is below counts in the figures of what is above."""


RELATION_TYPES = (
    RelationType("subsidiary_of", "profile", "is a subsidiary of", "is the parent of", True),
    RelationType("business_unit_of", "profile", "is a business unit of", "has the business unit", True),
    RelationType("regional_office_of", "profile", "is a regional office of", "has the regional office", True),
    RelationType("brand_of", "profile", "is a brand of", "owns the brand", True),
    RelationType("billing_entity_of", "profile", "is billed for", "is billed through", True),
    RelationType("workspace_of", "profile", "works in a workspace of", "has the workspace of", True),
    RelationType("employee_of", "profile", "works for", "employs"),
    RelationType("has_billing_entity", "billing_entity", "is billed as", "bills"),
    RelationType("has_workspace", "workspace", "has the workspace", "is the workspace of"),
    RelationType("has_business_unit", "business_unit", "has the business unit", "is a business unit of"),
    RelationType("has_regional_office", "regional_office", "has the regional office", "is a regional office of"),
    RelationType("customer_of_brand", "brand", "is a customer of the brand", "has the customer"),
    RelationType("uses_workspace", "workspace", "uses the workspace", "is used by"),
    RelationType("uses_device", "device", "uses the device", "is used by"),
    RelationType("household_member_of", "household", "lives in the household", "is the home of"),
)

NAMES = tuple(each.name for each in RELATION_TYPES)
PARENT_RELATIONS = ("subsidiary_of", "business_unit_of", "regional_office_of", "brand_of")
"""What a source may call the record that it names as a parent (`parent_relation` of its normalisation model)."""
HIERARCHY = tuple(each.name for each in RELATION_TYPES if each.rolls_up)
NODE_KINDS = tuple(dict.fromkeys(each.to for each in RELATION_TYPES))

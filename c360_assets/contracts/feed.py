"""The contract of a destination's feed, made from the destination's declaration."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pandera.ibis as pa
from pandera.api.checks import Check

from c360_assets.contracts import patterns
from c360_assets.contracts.golden_profile import Organization, Person
from c360_assets.contracts.model import Contract, other, violations
from c360_assets.governance.validation import BlockedCondition, load_validation

REFUSALS = ["withdrawn", "denied", "unknown", "expired"]


class Feed(Contract):
    """One row per profile that a destination may hold."""

    profile_id: str = pa.Field(unique=True, str_matches=patterns.PROFILE_ID)
    destination_key: str = pa.Field(unique=True)
    payload_hash: str
    profile_row_hash: str
    consent_basis: str
    changed_at: datetime

    _declared: dict[str, Any]

    @classmethod
    def across(cls) -> list[Check]:
        """Nothing goes out that its destination must not hold: errors at the first row."""
        rules = [
            violations("profile_exists", "The profile is a golden profile.", _unknown),
            violations("profile_is_current", "The feed shows the profile as it is now.", _stale),
            violations("suppressed_stays_out", "What is suppressed is not in the feed.", cls._suppressed),
            violations("declared_entities_only", "The destination holds these kinds of customer.", cls._misplaced),
        ]
        rules += [cls._blocked(condition) for condition in _conditions(cls._declared["destination"])]
        if cls._declared.get("channel"):
            rules += [
                violations("consent_granted", "Consent is granted for purpose and channel.", cls._ungranted),
                violations("consent_refused_nowhere", "No region or brand has it refused.", cls._refused),
            ]
        if "phone" in cls._declared.get("fields", ()):
            rules.append(violations("valid_phones_only", "A number that is not valid is not passed on.", _unreachable))
        if cls._declared.get("regions"):
            rules.append(violations("mismatched_regions", "The customer is in a region served.", cls._elsewhere))
        return rules

    @classmethod
    def _blocked(cls, condition: BlockedCondition) -> Check:
        fields = {"profile_id": "string"} | {name: _type(name) for name in condition.when}

        def rows(t: ir.Table) -> ir.Table:
            kinds = [other(f"golden_profile.{kind}", **fields) for kind in patterns.ENTITY_KINDS]
            profiles = ibis.union(*kinds)
            met = [profiles[name].cast("string").isin(list(values)) for name, values in condition.when.items()]
            return t.semi_join(profiles.filter(ibis.and_(*met)), "profile_id")

        described = " and ".join(f"{name} {'/'.join(values)}" for name, values in condition.when.items())
        status = list(condition.when) == ["customer_status"]
        name = f"inactive_customers_{'_'.join(condition.when['customer_status'])}" if status else ""
        name = name or f"blocked_{'_and_'.join(condition.when)}"
        return violations(name, f"No customer with {described} is in the feed.", rows)

    @classmethod
    def _suppressed(cls, t: ir.Table) -> ir.Table:
        held = other("activation_feed.suppressed", profile_id="string", destination="string")
        return t.semi_join(held.filter(held.destination == cls._declared["destination"]), "profile_id")

    @classmethod
    def _misplaced(cls, t: ir.Table) -> ir.Table:
        prefixes = [f"{entity[:3]}_" for entity in cls._declared["entities"]]
        return t.filter(~t.profile_id.substr(0, 4).isin(prefixes))

    @classmethod
    def _consent(cls, states: list[str]) -> ir.Table:
        names = ("profile_id", "purpose", "channel", "state")
        consent = other("golden_profile.consent", **dict.fromkeys(names, "string"))
        purpose, channel = cls._declared["purpose"], cls._declared["channel"]
        return consent.filter((consent.purpose == purpose) & (consent.channel == channel) & consent.state.isin(states))

    @classmethod
    def _ungranted(cls, t: ir.Table) -> ir.Table:
        return t.anti_join(cls._consent(["granted"]), "profile_id")

    @classmethod
    def _refused(cls, t: ir.Table) -> ir.Table:
        return t.semi_join(cls._consent(REFUSALS), "profile_id")

    @classmethod
    def _elsewhere(cls, t: ir.Table) -> ir.Table:
        profiles = _profiles("profile_id", "region", "country")
        served = cls._declared["regions"]
        there = profiles.filter(profiles.region.isin(served) | profiles.country.isin(served))
        return t.anti_join(there, "profile_id")


def _type(field: str) -> str:
    column = Organization.to_schema().columns.get(field) or Person.to_schema().columns.get(field)
    return str(column.dtype.type) if column is not None else "string"


def _profiles(*columns: str) -> ir.Table:
    kinds = (other(f"golden_profile.{kind}", **dict.fromkeys(columns, "string")) for kind in patterns.ENTITY_KINDS)
    return ibis.union(*kinds)


def _unknown(t: ir.Table) -> ir.Table:
    return t.anti_join(_profiles("profile_id"), "profile_id")


def _unreachable(t: ir.Table) -> ir.Table:
    kinds = [
        other(f"golden_profile.{kind}", profile_id="string", phone_is_valid="boolean") for kind in patterns.ENTITY_KINDS
    ]
    profiles = ibis.union(*kinds)
    return t.filter(t.phone.notnull()).semi_join(profiles.filter(~profiles.phone_is_valid), "profile_id")


def _conditions(destination: str) -> list[BlockedCondition]:
    conditions = load_validation().blocked_conditions
    return [c for c in conditions if "*" in c.destinations or destination in c.destinations]


def _stale(t: ir.Table) -> ir.Table:
    current = _profiles("profile_id", "row_hash").rename(profile_row_hash="row_hash")
    return t.anti_join(current, ["profile_id", "profile_row_hash"])


def feed_model(declared: dict[str, Any]) -> type[Contract]:
    """The contract of one destination's feed. `declared` is the `attributes` of its defs.yaml."""
    name = declared["destination"]
    title = f"{name.title().replace('_', '')}Feed"
    namespace = {
        "__doc__": f"One row per profile that {name} may hold.",
        "__module__": __name__,
        "_declared": declared,
    }
    if "phone" in declared.get("fields", ()):
        namespace |= {"__annotations__": {"phone": str}, "phone": pa.Field(nullable=True)}
    return type(Contract)(title, (Feed,), namespace, table=declared["feed"].lower())

"""What the design's 'Validation before publication' asks of golden profiles, as rules for their contracts.

Within the limits of governance/validation.yaml they hold, so that one bad customer never stops the others. Beyond
them it is not customers that are at fault but a source or the pipeline: the check fails.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from pandera.api.checks import Check

from c360_assets.contracts import patterns
from c360_assets.contracts.model import other, violations
from c360_assets.contracts.thresholds import load_thresholds

TOLERANCES = load_thresholds()


def for_profiles(kind: str) -> list[Check]:
    """Rules for people and organizations alike."""
    identifiers = {
        "organization": ("email", "domain", "tax_id", "registration_id"),
        "person": ("email",),
    }[kind]

    def nameless(t: ir.Table) -> ir.Table:
        # A number that is not valid is known, and identifies nobody.
        return t.filter(~t.phone_is_valid & ibis.and_(*(t[column].isnull() for column in identifiers)))

    def malformed(t: ir.Table) -> ir.Table:
        return t.filter(t.email.notnull() & ~t.email.re_search(patterns.EMAIL))

    def elsewhere(t: ir.Table) -> ir.Table:
        located = t.filter(t.country.notnull() & t.region.notnull())
        sizes = located.group_by("country", "region").aggregate(n=located.count())
        usual = sizes.group_by("country").aggregate(usual=sizes.region.argmax(sizes.n))
        joined = located.inner_join(usual, "country")
        return joined.filter(joined.region != joined.usual)

    return [
        violations("missing_identifiers", "No e-mail, phone or other identifier is known.", nameless),
        violations("invalid_emails", "The e-mail has not the form of one.", malformed),
        violations("mismatched_regions", "The region is not the usual one of the country.", elsewhere, warn=True),
    ]


def for_organizations() -> list[Check]:
    """Duplicates, billing and hierarchy."""

    def same_tax_id(t: ir.Table) -> ir.Table:
        live = t.filter(t.tax_id.notnull() & (t.customer_status != "deleted"))
        return live.filter(live.count().over(ibis.window(group_by=live.tax_id)) > 1)

    def unbilled(t: ir.Table) -> ir.Table:
        billed = (t.invoices_open > 0) | (t.subscriptions_active > 0)
        return t.filter(billed & (t.legal_name.isnull() | t.country.isnull()))

    def contradicts(t: ir.Table) -> ir.Table:
        parent = other("golden_profile.organization", profile_id="string", ultimate_parent_profile_id="string").rename(
            parent="profile_id", top="ultimate_parent_profile_id"
        )
        child = t.filter(t.parent_profile_id.notnull())
        joined = child.left_join(parent, child.parent_profile_id == parent.parent)
        top = ibis.coalesce(joined.top, joined.parent)
        return joined.filter(
            (joined.parent_profile_id == joined.profile_id) | (joined.ultimate_parent_profile_id != top)
        )

    return [
        violations("duplicates", "Two live organizations have one tax id.", same_tax_id),
        violations("incomplete_billing_fields", "A billed organization lacks legal name or country.", unbilled),
        violations("inconsistent_hierarchy", "A parent is the profile itself or has another top.", contradicts),
    ]


def for_consent() -> list[Check]:
    """Sources that contradict each other about consent; the strictest is in force meanwhile."""

    def conflicts(t: ir.Table) -> ir.Table:
        return t.filter(t.is_conflict)

    return [violations("consent_conflicts", "Sources contradict each other about a consent.", conflicts)]

"""What of a profile may be seen without a purpose: what says nothing about who it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

# Named one by one, so that a new field is hidden until somebody has thought about it.
OPEN = frozenset(
    """
profile_id unified_customer_id entity_kind customer_status customer_segment lifecycle_stage industry payment_terms
currency plan region country language payment_status brands consent source_systems parent_profile_id
ultimate_parent_profile_id organization_profile_id household_profile_id primary_contact_profile_id review_required
review_reasons row_hash adoption_rate
""".split()
)
_PERSONAL_NUMBERS = frozenset({"date_of_birth", "tax_id", "phone", "registration_id"})
HIDDEN = "•••••"


def may_show(field: str, value: Any) -> bool:
    """Whether a field's value is no personal datum: a plain number, time or flag, or a field that is open."""
    if value is None or field in OPEN:
        return True
    if field in _PERSONAL_NUMBERS:
        return False
    return isinstance(value, (bool, int, float, date, datetime)) or type(value).__name__ == "Decimal"


def masked(field: str, value: Any, unmask: bool) -> str:
    """A value as text, or its mask."""
    if value is None or value == "":
        return ""
    if not unmask and not may_show(field, value):
        return HIDDEN
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)

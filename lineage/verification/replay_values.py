"""What a normalised record says of a profile's field, as text, and whether it may win."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

ADDRESS = {"street": "street", "city": "city", "address_region": "region", "postcode": "postcode", "country": "country"}
_RENAMED = {"brands": "brand", "region": "sales_region", "display_name": "name"}
_SHARES_ITS_COLUMN = {"email": "email", "phone": "phone"}


def says(kind: str, field: str, record: Mapping[str, Any]) -> str | None:
    """The record's value of the field, None where it has none. A part of an address that has others is ''."""
    if field in ADDRESS:
        if all(record[column] is None for column in ADDRESS.values()):
            return None
        return record[ADDRESS[field]] or ""
    if field == "addresses":
        parts = (record[column] for column in ("street", "postcode", "city", "country"))
        text = ", ".join(part for part in parts if part is not None)
        return text or None
    return _text(field, record[_RENAMED.get(field, field)]) or None


def _text(field: str, value: Any) -> str | None:
    if value is None:
        return None
    if field == "annual_revenue":
        return f"{Decimal(repr(value)):.2f}" if isinstance(value, float) else f"{Decimal(value):.2f}"
    if field == "employee_count":
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else str(value)


def is_valid(kind: str, field: str, record: Mapping[str, Any]) -> bool:
    """Whether the record's value may win over a valid one."""
    if field in _SHARES_ITS_COLUMN:
        return bool(record[f"{field}_is_valid"]) and record[f"{field}_is_shared"] is False
    if kind == "organization" and field == "tax_id":
        return bool(record["tax_id_is_valid"])
    if kind == "organization" and field == "domain":
        return record["domain_is_shared"] is False
    return True


def is_live(record: Mapping[str, Any]) -> bool:
    """Whether its source still has the record."""
    return not record["is_deleted"]

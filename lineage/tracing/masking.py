"""Personal data are shown to who says what for; to everybody else, that there is a value and how it begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What says something about a group rather than a person.
_OF_PERSONS = {"country", "language", "lifecycle_stage", "region", "brands", "created_at"}
_NEVER_OF_ORGANIZATIONS = {"email", "phone", "tax_id", "street", "postcode", "addresses", "account_owner"}


def is_personal(entity_kind: str, field: str) -> bool:
    """True for fields whose value may be about one natural person."""
    return field not in _OF_PERSONS if entity_kind == "person" else field in _NEVER_OF_ORGANIZATIONS


def masked(value: Any) -> Any:
    """The value's first character and its length."""
    text = str(value)
    return None if value is None else f"{text[:1]}… ({len(text)} characters)"


def masked_trace(trace: Mapping[str, Any]) -> dict[str, Any]:
    """A trace without what its fields say about a person: values, raw values and keys at destinations."""
    kind = trace["entity_kind"]
    fields = [
        each | {"value": masked(each["value"]), "raw": {name: masked(value) for name, value in each["raw"].items()}}
        if is_personal(kind, each["field"])
        else each
        for each in trace["fields"]
    ]
    deliveries = [each | {"destination_key": masked(each["destination_key"])} for each in trace["deliveries"]]
    hidden = {**trace, "fields": fields, "deliveries": deliveries, "is_masked": True}
    if delivery := trace.get("delivery"):
        hidden["delivery"] = delivery | {"destination_key": masked(delivery["destination_key"])}
    return hidden


def masked_record(trace: Mapping[str, Any]) -> dict[str, Any]:
    """A record's trace: it names records, profiles and fields, and says no value."""
    return {**trace, "is_masked": True}

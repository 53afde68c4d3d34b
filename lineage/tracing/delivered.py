"""Which deliveries carried a field's value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lineage.tracing.column_paths import ColumnEdges
from lineage.tracing.ledger import Decided

GIVES = ("create", "update")
"""Operations that carry values; the others take back."""
# Columns of golden profiles that show a field under another name, or instead of one that is missing.
_SHOWN_AS = {
    "created_at": ("customer_since",),
    "full_name": ("display_name",),
    "legal_name": ("display_name",),
}


def carried_by(
    edges: ColumnEdges,
    entity_kind: str,
    field: Decided,
    deliveries: Sequence[Mapping[str, Any]],
    decided: Mapping[int, Sequence[Decided]],
) -> list[dict[str, Any]]:
    """The deliveries that took the field to a destination with the value that it has now."""
    takes = destinations_of(edges, entity_kind, field.field)
    had = {
        version: any(each.field == field.field and each.value == field.value for each in fields)
        for version, fields in decided.items()
    }
    return [
        {"destination": each["destination"], "batch_id": each["batch_id"], "delivered_at": each["delivered_at"],
         "columns": sorted(takes[each["destination"]])}
        for each in deliveries
        if each["destination"] in takes and each["operation"] in GIVES and had.get(each["version"], False)
    ]  # fmt: skip


def destinations_of(edges: ColumnEdges, entity_kind: str, field: str) -> dict[str, set[str]]:
    """Destination -> columns of its feed that are made of the field."""
    found: dict[str, set[str]] = {}
    for name in (field, *_SHOWN_AS.get(field, ())):
        for table, column in edges.made_of.get((f"GOLDEN_PROFILE.{entity_kind.upper()}", name.upper()), ()):
            if table.endswith("_FEED") and not table.endswith(".TOUCHED_FEED"):
                destination = table.split(".")[1].removesuffix("_FEED").lower()
                found.setdefault(destination, set()).add(column.lower())
    return found

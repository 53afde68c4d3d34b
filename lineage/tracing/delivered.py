"""Which deliveries carried a field's value: by what the plan wrote down of each row that it told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from lineage.tracing.column_paths import ColumnEdges
from lineage.tracing.ledger import Decided

GIVES = ("create", "update")
"""Operations that carry values; the others take back."""
_NOTHING = "-"
# Columns of golden profiles that show a field under another name, or instead of one that is missing.
_SHOWN_AS = {
    "created_at": ("customer_since",),
    "full_name": ("display_name",),
    "legal_name": ("display_name",),
}


def told_of(row: Mapping[str, Any]) -> dict[str, str] | None:
    """Column -> hash of what a delivery told; None where it was not written down.

    A file tells whole rows, an interface the fields that changed.
    """
    if row["field_hashes"] is None:
        return None
    hashes: dict[str, str] = json.loads(row["field_hashes"])
    changed = (row["changed_fields"] or "").split(",")
    return {name: value for name, value in hashes.items() if row["file_name"] or name in changed}


def carried_by(
    edges: ColumnEdges,
    entity_kind: str,
    field: Decided,
    deliveries: Sequence[Mapping[str, Any]],
    decided: Mapping[int, Sequence[Decided]],
    told: Sequence[Mapping[str, str] | None],
) -> list[dict[str, Any]]:
    """The deliveries that took the field to a destination with the value that it has now.

    `told` is what each of them told, from `told_of`.
    """
    had = {
        version: any(each.field == field.field and each.value == field.value for each in fields)
        for version, fields in decided.items()
    }
    found = []
    for each, says in zip(deliveries, told, strict=True):
        columns = carried_columns(edges, entity_kind, field, each, says, had.get(each["version"], False))
        if columns:
            found.append({"destination": each["destination"], "batch_id": each["batch_id"],
                          "delivered_at": each["delivered_at"], "columns": columns})  # fmt: skip
    return found


def carried_columns(
    edges: ColumnEdges,
    entity_kind: str,
    field: Decided,
    delivery: Mapping[str, Any],
    told: Mapping[str, str] | None,
    had: bool,
) -> list[str]:
    """The columns in which a delivery carried the field's value; `had`: the profile had that value then."""
    if delivery["operation"] not in GIVES:
        return []
    takes = _columns_of(edges, entity_kind, field.field).get(delivery["destination"], {})
    if told is None:
        return sorted(takes) if had else []
    value = hashlib.md5(field.value.encode(), usedforsecurity=False).hexdigest()[:12]
    return sorted(
        column
        for column, as_it_is in takes.items()
        if told.get(column) == value or (had and not as_it_is and told.get(column, _NOTHING) != _NOTHING)
    )


def _columns_of(edges: ColumnEdges, entity_kind: str, field: str) -> dict[str, dict[str, bool]]:
    """Destination -> columns of its feed that are made of the field, and whether they show it as it is."""
    found: dict[str, dict[str, bool]] = {}
    golden = f"GOLDEN_PROFILE.{entity_kind.upper()}"
    for name in (field, *_SHOWN_AS.get(field, ())):
        source = (golden, name.upper())
        for made in edges.made_of.get(source, ()):
            table, column = made
            if table.endswith("_FEED") and not table.endswith(".TOUCHED_FEED"):
                ways = [edge.how for edge in edges.edges[made] if edge.source == source]
                as_it_is = name != field or all(how == ("IDENTITY",) for how in ways)
                destination = table.split(".")[1].removesuffix("_FEED").lower()
                found.setdefault(destination, {})[column.lower()] = as_it_is
    return found

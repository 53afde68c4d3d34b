"""What of a profile is shown without a purpose: what `c360 trace` shows without one too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lineage.tracing.masking import is_personal

HIDDEN = "•••••"


def masked(entity_kind: str, field: str, value: Any, unmask: bool) -> str:
    """A value as text, or its mask."""
    if value is None or value == "":
        return ""
    if not unmask and is_personal(entity_kind, field):
        return HIDDEN
    if isinstance(value, dict):
        return "\n".join(f"{name}: {each}" for name, each in value.items())
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def is_hidden(entity_kind: str, name: str) -> bool:
    """Whether a record's column is masked without a purpose; `phone digits` of a company is as its `phone`."""
    words = name.split(" ")
    if entity_kind == "person":
        return is_personal(entity_kind, "_".join(words))
    return any(is_personal(entity_kind, "_".join(words[:count])) for count in range(1, len(words) + 1))

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
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)

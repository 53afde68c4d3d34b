"""Which fields a destination that is also a source must not be told: those that it owns itself.

A source system's declaration says what it owns (`field_ownership`). Were such a field written back, the customer's own
word would be overwritten by an older copy of it.
"""

from __future__ import annotations

import functools
from pathlib import Path

import yaml

SOURCES = Path(__file__).resolve().parent.parent / "defs" / "source_snapshot"


@functools.cache
def owned_by(system: str) -> frozenset[str]:
    """The fields that a declared source system owns.

    Raises:
        ValueError: no such system is declared.
    """
    path = SOURCES / system / "defs.yaml"
    if not path.is_file():
        declared = ", ".join(sorted(each.parent.name for each in SOURCES.glob("*/defs.yaml")))
        raise ValueError(f"writes_to names {system!r}, which is no declared source system; declared are {declared}")
    return frozenset(yaml.safe_load(path.read_text(encoding="utf-8"))["attributes"].get("field_ownership") or ())

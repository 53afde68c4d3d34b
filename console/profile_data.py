"""What the Profile page shows beside the trace: perspectives, differences of versions, consents through time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from c360_assets.warehouse import Warehouse

KINDS = ("person", "organization")
PERSPECTIVES = ("sales", "finance", "support", "marketing")


def _one(session: Warehouse, table: str, profile: str) -> dict[str, Any] | None:
    cursor = session.execute(f"select * from {table} where profile_id = %s", [profile])
    names = [column[0].lower() for column in cursor.description]
    row = cursor.fetchone()
    return dict(zip(names, row, strict=True)) if row else None


def read_golden(session: Warehouse, profile: str) -> dict[str, Any] | None:
    """The profile as it is, by field; None where it is not published."""
    for kind in KINDS:
        if found := _one(session, f"GOLDEN_PROFILE.{kind.upper()}", profile):
            return found
    return None


def read_perspective(session: Warehouse, name: str, profile: str) -> dict[str, Any] | None:
    """What one department sees of it; None where it sees nothing.

    Raises:
        ValueError: there is no such perspective.
    """
    if name not in PERSPECTIVES:
        raise ValueError(f"No perspective {name!r}.")
    return _one(session, f"GOLDEN_PROFILE.{name.upper()}_PERSPECTIVE", profile)


@dataclass(frozen=True)
class Version:
    """A version of a profile: its number, when it held, and (field, before, after) of what changed with it."""

    version: int
    valid_from: datetime
    valid_to: datetime | None
    run_id: str | None
    changes: list[tuple[str, Any, Any]]


def read_versions(session: Warehouse, profile: str) -> list[Version]:
    """All versions, the newest first, with their differences."""
    rows = session.rows(
        "select version, valid_from, valid_to, run_id, profile from GOLDEN_PROFILE.PROFILE_VERSION "
        "where profile_id = %s order by version",
        [profile],
    )
    found: list[Version] = []
    before: dict[str, Any] = {}
    for number, valid_from, valid_to, run_id, text in rows:
        now = json.loads(text or "{}")
        changes = [
            (field, before.get(field), now.get(field))
            for field in sorted(before.keys() | now.keys())
            if before.get(field) != now.get(field)
        ]
        found.append(Version(int(number), valid_from, valid_to, run_id, changes))
        before = now
    return found[::-1]


def related_rows(relations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A trace's relations as rows to show."""
    return [
        {
            "relation": each["says"], "to": each["other"], "from": each["valid_from"], "until": each["valid_to"],
            "said by": ", ".join(each["records"]), "because": "; ".join(each["rules"]),
        }
        for each in relations
    ]  # fmt: skip


def read_consent(session: Warehouse, profile: str) -> list[dict[str, Any]]:
    """Every change of its consents, the newest first."""
    names = ("changed_at", "purpose", "channel", "region", "state", "legal_basis", "since", "expires_at", "source")
    rows = session.rows(
        f"select {', '.join(names)} from GOLDEN_PROFILE.CONSENT_HISTORY where profile_id = %s "
        "order by changed_at desc, purpose, channel, region",
        [profile],
    )
    return [dict(zip(names, row, strict=True)) for row in rows]

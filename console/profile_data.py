"""What the warehouse knows of a profile. Values that people type are bound, never part of a statement."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from c360_assets.warehouse import Warehouse

KINDS = ("person", "organization")
PERSPECTIVES = ("sales", "finance", "support", "marketing")
MOST = 50


@dataclass(frozen=True)
class Found:
    """A profile that a search value leads to, and how."""

    profile_id: str
    entity_kind: str
    how: str


def find_profiles(session: Warehouse, value: str) -> list[Found]:
    """Profiles by id (merged ones by where they lead), record key or id, e-mail or other identifier, or name."""
    value = value.strip()
    if not value:
        return []
    # In a pattern these stand for themselves.
    pattern = "%" + value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = session.rows(
        """
with hit as (
    select profile_id, entity_kind, 'its id' as how, 1 as place
    from MATCH_CLUSTER.PROFILE_REGISTRY where profile_id = %s and status = 'active'
    union all
    select merged_into, entity_kind, 'an id merged into it', 1
    from MATCH_CLUSTER.PROFILE_REGISTRY where profile_id = %s and status = 'merged'
    union all
    select profile_id, entity_kind, 'a source record', 2
    from MATCH_CLUSTER.CLUSTER where record_key = %s or endswith(record_key, ':' || %s)
    union all
    select cluster.profile_id, cluster.entity_kind, 'an identifier: ' || identifier.identifier_type, 3
    from NORMALIZED_RECORD."IDENTIFIER" as identifier
    inner join MATCH_CLUSTER.CLUSTER as cluster on identifier.record_key = cluster.record_key
    where identifier.value_canonical = lower(%s) or identifier.value_canonical = %s
    union all
    select profile_id, 'person', 'a name', 4 from GOLDEN_PROFILE.PERSON where full_name ilike %s escape '\\\\'
    union all
    select profile_id, 'organization', 'a name', 4
    from GOLDEN_PROFILE.ORGANIZATION where display_name ilike %s escape '\\\\' or legal_name ilike %s escape '\\\\'
)
select profile_id, entity_kind, how from hit
qualify row_number() over (partition by profile_id order by place, how) = 1
order by place, profile_id limit 50
""",
        [value, value, value, value, value, value, pattern, pattern, pattern],
    )
    return [Found(*row) for row in rows]


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


def read_fields(session: Warehouse, profile: str) -> list[dict[str, Any]]:
    """Each field with its winner, the rule that chose it and the losers with the reason of each."""
    names = ("field", "value", "winner_record_key", "winner_source", "rule", "losers", "candidates", "observed_at")
    rows = session.rows(
        f"select {', '.join(names)} from GOLDEN_PROFILE.PROFILE_FIELD where profile_id = %s order by field", [profile]
    )
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return [each | {"losers": json.loads(each["losers"] or "[]")} for each in found]


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


def read_consent(session: Warehouse, profile: str) -> list[dict[str, Any]]:
    """Every change of its consents, the newest first."""
    names = ("changed_at", "purpose", "channel", "region", "state", "legal_basis", "since", "expires_at", "source")
    rows = session.rows(
        f"select {', '.join(names)} from GOLDEN_PROFILE.CONSENT_HISTORY where profile_id = %s "
        "order by changed_at desc, purpose, channel, region",
        [profile],
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def read_deliveries(session: Warehouse, profile: str) -> list[dict[str, Any]]:
    """What was delivered of it, the newest first."""
    names = ("delivered_at", "destination", "operation", "status", "consent_basis", "batch_id", "file_name", "run_id")
    rows = session.rows(
        f"select {', '.join(names)} from ACTIVATION_FEED.RECEIPT where profile_id = %s "
        "order by delivered_at desc nulls last, destination",
        [profile],
    )
    return [dict(zip(names, row, strict=True)) for row in rows]

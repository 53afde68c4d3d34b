"""What a profile is related to, in words, and the figures of its group."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from c360_assets.identity.relation_types import RELATION_TYPES
from c360_assets.warehouse import Warehouse

_TYPES = {each.name: each for each in RELATION_TYPES}
_CONFLICTS = {
    "cycle": "stands above itself, by way of",
    "two_parents": "is said to stand directly below more than one:",
}


@dataclass(frozen=True)
class Relation:
    """One relation, read from the profile: "<profile> <says> <other>"."""

    says: str
    relation_type: str
    other: str
    other_kind: str
    valid_from: datetime | None
    valid_to: datetime | None
    records: tuple[str, ...]
    """The source records that say so."""
    rules: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Related:
    """All of a profile's relations, those in force first; what contradicts itself; its group."""

    profile_id: str
    relations: tuple[Relation, ...]
    conflicts: tuple[str, ...]
    group: dict[str, Any] | None
    """The row of GOLDEN_PROFILE.HIERARCHY_ROLLUP; None where the company is in no group, or not published."""


def read_related(warehouse: Warehouse, profile: str, at: datetime | None = None) -> Related:
    """The relations of a profile, either way; with `at` (naive UTC) those that held at that time."""
    held = ""
    if at:
        moment = f"'{at:%Y-%m-%d %H:%M:%S}'::timestamp_ntz"
        held = f"and coalesce(valid_from <= {moment}, true) and coalesce(valid_to > {moment}, true)"
    rows = warehouse.rows(
        f"""
select from_profile_id, relation_type, to_kind, to_id, valid_from, valid_to, to_json(evidence), to_json(sources)
from MATCH_CLUSTER.RELATION
where (from_profile_id = %s or to_kind = 'profile' and to_id = %s) {held}
order by iff(valid_to is null, 0, 1), relation_type, from_profile_id, to_id, valid_from
""",
        [profile, profile],
    )
    conflicts = warehouse.rows(
        "select conflict, to_json(other_profile_ids) from MATCH_CLUSTER.RELATION_CONFLICT where profile_id = %s "
        "order by 1",
        [profile],
    )
    told = tuple(f"{_CONFLICTS[conflict]} {', '.join(json.loads(others))}" for conflict, others in conflicts)
    return Related(profile, tuple(_relation(profile, row) for row in rows), told, _group(warehouse, profile))


def _relation(profile: str, row: tuple[Any, ...]) -> Relation:
    start, name, kind, end, valid_from, valid_to, evidence, sources = row
    said = json.loads(evidence)
    return Relation(
        _TYPES[name].says if start == profile else _TYPES[name].back,
        name,
        end if start == profile else start,
        kind,
        valid_from,
        valid_to,
        tuple(dict.fromkeys(each["record"] for each in said)),
        tuple(sorted({each["rule"] for each in said})),
        tuple(json.loads(sources)),
    )


def _group(warehouse: Warehouse, profile: str) -> dict[str, Any] | None:
    built = warehouse.rows(
        "select 1 from information_schema.tables where table_schema = 'GOLDEN_PROFILE' "
        "and table_name = 'HIERARCHY_ROLLUP'"
    )
    if not built:
        return None
    cursor = warehouse.execute("select * from GOLDEN_PROFILE.HIERARCHY_ROLLUP where profile_id = %s", [profile])
    row = cursor.fetchone()
    hidden = ("profile_id", "row_hash", "changed_at")
    names = [column[0].lower() for column in cursor.description]
    return {name: value for name, value in zip(names, row, strict=True) if name not in hidden} if row else None

"""What waits for a steward, and one pair of it with all that is known about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from c360_assets.identity.contradictions import DOUBTS, REASONS
from c360_assets.identity.stewardship.decisions import kind_of
from c360_assets.identity.stewardship.evidence import Step, waterfall
from c360_assets.warehouse import Warehouse

_TECHNICAL = {
    "record_key", "source_system", "source_object", "snapshot_id", "row_hash", "observed_at", "changed_at",
    "is_deleted", "is_active", "entity_kind",
}  # fmt: skip
_TECHNICAL_ENDINGS = ("_is_valid", "_is_shared", "_record_key")


@dataclass(frozen=True)
class Field:
    """A field of both records. `mark` is `=` (the same), `≠` (different) or `·` (one has none)."""

    name: str
    left: str | None
    right: str | None

    @property
    def mark(self) -> str:
        """How the two compare."""
        if self.left is None or self.right is None:
            return "·"
        return "=" if self.left.casefold() == self.right.casefold() else "≠"


@dataclass(frozen=True)
class Pair:
    """Two records side by side, and the evidence about them."""

    entity_kind: str
    record_key_l: str
    record_key_r: str
    profile_l: tuple[str, int] | None
    profile_r: tuple[str, int] | None
    fields: list[Field]
    steps: list[Step]
    match_weight: float | None = None
    match_probability: float | None = None
    rules: list[str] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    between_profiles: dict[str, int] = field(default_factory=dict)
    """Contradiction to number of pairs: between the two profiles' records, these two aside."""
    decisions: list[dict[str, Any]] = field(default_factory=list)


def questions(warehouse: Warehouse, kind: str, limit: int) -> list[tuple[str, str]]:
    """Pairs of two profiles that nobody decided on, in the queue's order, one for each two profiles.

    One answer settles two profiles: `same` joins them whole, `different` keeps them apart.
    """
    rows = warehouse.rows(
        f"""
with profile as (
    select record_key, profile_id from MATCH_CLUSTER.CLUSTER where entity_kind = %s
),
settled as (
    select distinct least(l.profile_id, r.profile_id) as one, greatest(l.profile_id, r.profile_id) as other
    from MATCH_CLUSTER.STEWARD_DECISION as decision
    inner join profile as l on decision.record_key_l = l.record_key
    inner join profile as r on decision.record_key_r = r.record_key
    where decision.revoked_at is null
),
waiting as (
    select queue.record_key_l, queue.record_key_r, queue.match_weight,
        least(l.profile_id, r.profile_id) as one, greatest(l.profile_id, r.profile_id) as other
    from MATCH_CLUSTER.REVIEW_QUEUE as queue
    inner join profile as l on queue.record_key_l = l.record_key
    inner join profile as r on queue.record_key_r = r.record_key
    where queue.status = 'open' and l.profile_id <> r.profile_id
)
select waiting.record_key_l, waiting.record_key_r
from waiting
left join settled on waiting.one = settled.one and waiting.other = settled.other
where settled.one is null
qualify row_number() over (
    partition by waiting.one, waiting.other
    order by waiting.match_weight desc nulls last, waiting.record_key_l, waiting.record_key_r
) = 1
order by waiting.match_weight desc nulls last, waiting.record_key_l, waiting.record_key_r
limit {int(limit)}
""",
        [kind],
    )
    return [(left, right) for left, right in rows]


_OPEN = """
with standing as (
    select record_key_l, record_key_r, max(iff(verdict = 'unsure', 0, 1)) as is_settled, count(*) as decisions
    from MATCH_CLUSTER.STEWARD_DECISION where revoked_at is null
    group by record_key_l, record_key_r
),
waiting as (
    select queue.entity_kind, queue.record_key_l, queue.record_key_r, queue.match_weight, queue.match_probability,
        queue.reason, queue.queued_at, standing.decisions is not null as unsure
    from MATCH_CLUSTER.REVIEW_QUEUE as queue
    left join standing on queue.record_key_l = standing.record_key_l and queue.record_key_r = standing.record_key_r
    where queue.status = 'open' and coalesce(standing.is_settled, 0) = 0
)"""


def count_open(warehouse: Warehouse) -> int:
    """How many pairs wait for a decision."""
    return int(warehouse.scalar(f"{_OPEN} select count(*) from waiting"))


def open_pairs(warehouse: Warehouse, limit: int = 20, kind: str | None = None) -> list[dict[str, Any]]:
    """The pairs that nobody has decided yet, the strongest first; those that somebody was unsure about come last."""
    scope = "" if kind is None else "and entity_kind = %s"
    names = (
        "entity_kind", "record_key_l", "record_key_r", "match_weight", "match_probability", "reason", "queued_at",
        "unsure",
    )  # fmt: skip
    rows = warehouse.rows(
        f"""
{_OPEN}
select {", ".join(names)} from waiting where 1 = 1 {scope}
order by unsure, match_weight desc nulls last, record_key_l, record_key_r
limit {int(limit)}
""",
        [] if kind is None else [kind],
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def read_pair(warehouse: Warehouse, left: str, right: str) -> Pair:
    """Two records with their evidence, whether they are in the queue or not.

    Raises:
        StewardError: a record is not known, or they are of two kinds.
    """
    left, right = sorted((left, right))
    kind = kind_of(warehouse, left, right)
    edges = warehouse.rows(
        "select rule, match_weight, match_probability, decision, to_json(evidence), model_version "
        "from MATCH_CLUSTER.MATCH_EDGE where record_key_l = %s and record_key_r = %s order by rule",
        [left, right],
    )
    scored = next((edge for edge in edges if edge[0] == "splink"), None)
    homes = {
        key: (profile, int(size))
        for key, profile, size in warehouse.rows(
            "select record_key, profile_id, cluster_size from MATCH_CLUSTER.CLUSTER where record_key in (%s, %s)",
            [left, right],
        )
    }
    decisions = warehouse.rows(
        "select decision_id, verdict, decided_by, decided_at, reason from MATCH_CLUSTER.STEWARD_DECISION "
        "where record_key_l = %s and record_key_r = %s and revoked_at is null order by decided_at",
        [left, right],
    )
    return Pair(
        kind,
        left,
        right,
        homes.get(left),
        homes.get(right),
        _fields(warehouse, kind, left, right),
        waterfall(json.loads(scored[4]), _model(warehouse, kind, scored[5])) if scored and scored[4] else [],
        scored[1] if scored else None,
        scored[2] if scored else None,
        [edge[0] for edge in edges if edge[0] not in ("splink", "steward")],
        _contradictions(warehouse, kind, left, right),
        _between(warehouse, kind, left, right),
        [
            dict(zip(("decision_id", "verdict", "decided_by", "decided_at", "reason"), row, strict=True))
            for row in decisions
        ],
    )


def _model(warehouse: Warehouse, kind: str, version: str) -> dict[str, Any] | None:
    text = warehouse.scalar(
        "select to_json(settings:splink) from MATCH_CLUSTER.MATCH_MODEL where entity_kind = %s and model_version = %s",
        [kind, version],
    )
    return json.loads(text) if text else None


def _contradictions(warehouse: Warehouse, kind: str, left: str, right: str) -> list[str]:
    """What speaks against a match whatever the score: contradictions, then doubts."""
    reasons = REASONS[kind] | DOUBTS[kind]
    columns = ", ".join(f"coalesce({predicate}, false)" for predicate in reasons.values())
    record = f"NORMALIZED_RECORD.{kind.upper()}"
    rows = warehouse.rows(
        f"select {columns} from {record} as l inner join {record} as r on r.record_key = %s where l.record_key = %s",
        [right, left],
    )
    return [name for name, holds in zip(reasons, rows[0], strict=True) if holds] if rows else []


def _between(warehouse: Warehouse, kind: str, left: str, right: str) -> dict[str, int]:
    """Contradictions between the other records of the two profiles: they keep the two apart as well."""
    columns = ", ".join(f"count_if(coalesce({predicate}, false))" for predicate in REASONS[kind].values())
    member = f"""(
    select record.* from NORMALIZED_RECORD.{kind.upper()} as record
    inner join MATCH_CLUSTER.CLUSTER as cluster on record.record_key = cluster.record_key
    where cluster.profile_id = (select profile_id from MATCH_CLUSTER.CLUSTER where record_key = %s)
)"""
    rows = warehouse.rows(
        f"select {columns} from {member} as l inner join {member} as r on l.record_key <> r.record_key "
        "where l.record_key <> %s or r.record_key <> %s",
        [left, right, left, right],
    )
    return {name: int(count) for name, count in zip(REASONS[kind], rows[0], strict=True) if count}


def _fields(warehouse: Warehouse, kind: str, left: str, right: str) -> list[Field]:
    """What the records say, without what only machines read; a key form only where there is no plain one."""
    cursor = warehouse.execute(
        f"select * from NORMALIZED_RECORD.{kind.upper()} where record_key in (%s, %s)", [left, right]
    )
    names = [column[0].lower() for column in cursor.description]
    records = {row[names.index("record_key")]: dict(zip(names, row, strict=True)) for row in cursor}
    one, other = records.get(left, {}), records.get(right, {})
    told = []
    for name in names:
        plain = name.removesuffix("_key")
        has_plain = plain != name and any(record.get(plain) not in (None, "") for record in (one, other))
        if name in _TECHNICAL or name.endswith(_TECHNICAL_ENDINGS) or has_plain:
            continue
        a, b = (None if record.get(name) in (None, "") else str(record[name]) for record in (one, other))
        if a is not None or b is not None:
            told.append(Field(plain.replace("_", " "), a, b))
    return told


def unheeded(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Pairs that stewards decided to be one customer and that are kept apart by a contradiction or by size."""
    rows = warehouse.rows("""
select edge.entity_kind, edge.record_key_l, edge.record_key_r, l.profile_id, r.profile_id
from MATCH_CLUSTER.MATCH_EDGE as edge
inner join MATCH_CLUSTER.CLUSTER as l on edge.record_key_l = l.record_key
inner join MATCH_CLUSTER.CLUSTER as r on edge.record_key_r = r.record_key
where edge.rule = 'steward' and edge.decision = 'match' and l.profile_id <> r.profile_id
order by edge.record_key_l, edge.record_key_r
""")
    names = ("entity_kind", "record_key_l", "record_key_r", "profile_l", "profile_r")
    return [dict(zip(names, row, strict=True)) for row in rows]


def conflicts(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Pairs about which decisions contradict each other, as the last run found them."""
    rows = warehouse.rows(
        "select entity_kind, record_key_l, record_key_r, to_json(decision_ids), found_at "
        "from MATCH_CLUSTER.DECISION_CONFLICT order by record_key_l, record_key_r"
    )
    return [
        {"entity_kind": kind, "record_key_l": left, "record_key_r": right, "decision_ids": json.loads(ids),
         "found_at": found}
        for kind, left, right, ids, found in rows
    ]  # fmt: skip

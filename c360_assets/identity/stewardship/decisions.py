"""Make, approve and revoke decisions. Rows are only ever added; nothing that was decided is rewritten."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from c360_assets.identity.stewardship.conflicts import Conflict
from c360_assets.identity.stewardship.heed import read_resolution
from c360_assets.identity.stewardship.settings import VERDICTS, StewardError, StewardSettings, load_steward_settings
from c360_assets.warehouse import Warehouse
from lineage import chain

TABLE = "MATCH_CLUSTER.STEWARD_DECISION"
COLUMNS = (
    "decision_id", "entity_kind", "record_key_l", "record_key_r", "verdict", "reason", "needs_approval", "decided_by",
    "decided_at", "approved_by", "approved_at", "revoked_by", "revoked_at", "revoked_reason",
)  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """A decision as it was recorded: whether it waits for a second person, and the conflicts that it is part of."""

    decision_id: str
    entity_kind: str
    record_key_l: str
    record_key_r: str
    verdict: str
    needs_approval: bool
    is_new: bool
    conflicts: tuple[Conflict, ...] = ()


def now_text() -> str:
    """The present in UTC, as a Snowflake timestamp's text."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def kind_of(warehouse: Warehouse, *keys: str) -> str:
    """The entity kind that these records share; also of records that have gone.

    Raises:
        StewardError: a record was never matched, or they are a person and an organization.
    """
    marks = ", ".join(["%s"] * len(keys))
    rows = warehouse.rows(
        f"select record_key, entity_kind from MATCH_CLUSTER.CLUSTER where record_key in ({marks}) union "
        f"select record_key, entity_kind from MATCH_CLUSTER.PROFILE_MEMBER_HISTORY where record_key in ({marks})",
        list(keys) * 2,
    )
    kinds = dict(rows)
    for key in keys:
        if key not in kinds:
            raise StewardError(f"No record {key!r}; a key is system:object:id, as `c360 review` shows it.")
    if len(set(kinds.values())) > 1:
        raise StewardError("One of the records is a person and the other an organization; they are never one customer.")
    return kinds[keys[0]]


def decide(
    warehouse: Warehouse,
    left: str,
    right: str,
    verdict: str,
    by: str,
    reason: str | None = None,
    settings: StewardSettings | None = None,
) -> Decided:
    """Record what a person decided about two records. It takes effect with the next run of the stage.

    A decision that stands already is not recorded twice.

    Raises:
        StewardError: the records or the verdict cannot be.
    """
    if verdict not in VERDICTS:
        raise StewardError(f"{verdict!r} is no verdict; {', '.join(VERDICTS)} are.")
    if left == right:
        raise StewardError("A decision is about two records; these are one and the same.")
    left, right = sorted((left, right))
    kind = kind_of(warehouse, left, right)
    known = warehouse.rows(
        f"select decision_id, needs_approval from {TABLE} where record_key_l = %s and record_key_r = %s "
        "and verdict = %s and revoked_at is null order by decided_at, decision_id limit 1",
        [left, right, verdict],
    )
    if known:
        decision, waits = known[0]
        return Decided(decision, kind, left, right, verdict, bool(waits), False, _conflicts(warehouse, decision))
    records = warehouse.scalar(
        "select count(*) from MATCH_CLUSTER.CLUSTER where profile_id in "
        "(select profile_id from MATCH_CLUSTER.CLUSTER where record_key in (%s, %s))",
        [left, right],
    )
    waits = (settings or load_steward_settings()).needs_approval(verdict, int(records))
    decision = f"dec_{uuid.uuid4().hex[:12]}"
    _write(
        warehouse,
        f"insert into {TABLE} (decision_id, entity_kind, record_key_l, record_key_r, verdict, reason, needs_approval, "
        "decided_by, decided_at) select %s, %s, %s, %s, %s, %s, %s, %s, %s::timestamp_ntz",
        [decision, kind, left, right, verdict, reason, waits, by, now_text()],
    )
    return Decided(decision, kind, left, right, verdict, waits, True, _conflicts(warehouse, decision))


def _write(warehouse: Warehouse, sql: str, params: list[Any]) -> None:
    """Run the statement and cover what it wrote by the hash chain of decisions, both or neither."""
    chain.ensure_tables(warehouse)

    def write() -> int:
        warehouse.execute(sql, params)
        return chain.seal_within(warehouse, "decision")

    chain.in_transaction(warehouse, write)


def _conflicts(warehouse: Warehouse, decision: str) -> tuple[Conflict, ...]:
    return tuple(c for c in read_resolution(warehouse).conflicts if decision in c.decision_ids)


def approve(warehouse: Warehouse, decision: str, by: str) -> None:
    """Let a decision take effect that waits for a second person.

    Raises:
        StewardError: there is no such decision, it does not wait, or it is the approver's own.
    """
    row = read_decision(warehouse, decision)
    if row["revoked_at"] is not None:
        raise StewardError(f"Decision {decision} was revoked by {row['revoked_by']}; decide again.")
    if not row["needs_approval"] or row["approved_at"] is not None:
        raise StewardError(f"Decision {decision} does not wait for approval.")
    if row["decided_by"] == by:
        raise StewardError(f"{by} made decision {decision}; a second person must approve it (--by NAME).")
    _write(
        warehouse,
        f"update {TABLE} set approved_by = %s, approved_at = %s::timestamp_ntz "
        "where decision_id = %s and approved_at is null",
        [by, now_text(), decision],
    )


def revoke(warehouse: Warehouse, decision: str, by: str, reason: str | None = None) -> None:
    """Take a decision back; it stays on record.

    Raises:
        StewardError: there is no such decision, or it was revoked before.
    """
    row = read_decision(warehouse, decision)
    if row["revoked_at"] is not None:
        raise StewardError(f"Decision {decision} was revoked before, by {row['revoked_by']}.")
    _write(
        warehouse,
        f"update {TABLE} set revoked_by = %s, revoked_at = %s::timestamp_ntz, revoked_reason = %s "
        "where decision_id = %s and revoked_at is null",
        [by, now_text(), reason, decision],
    )


def read_decision(warehouse: Warehouse, decision: str) -> dict[str, Any]:
    """One decision as column to value.

    Raises:
        StewardError: there is no such decision.
    """
    rows = warehouse.rows(f"select {', '.join(COLUMNS)} from {TABLE} where decision_id = %s", [decision])
    if not rows:
        raise StewardError(f"No decision {decision!r}; `c360 review decisions` lists them.")
    return dict(zip(COLUMNS, rows[0], strict=True))


def read_decisions(warehouse: Warehouse, everything: bool = False) -> list[dict[str, Any]]:
    """The decisions that stand, or all that were ever made; the newest first."""
    scope = "" if everything else "where revoked_at is null"
    rows = warehouse.rows(f"select {', '.join(COLUMNS)} from {TABLE} {scope} order by decided_at desc, decision_id")
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]

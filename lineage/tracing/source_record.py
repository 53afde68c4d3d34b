"""A source record forward: every profile, field and delivery that it ever reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lineage.outbox import Session
from lineage.trace import TraceError
from lineage.tracing import history
from lineage.tracing.column_paths import ColumnEdges, edges_then
from lineage.tracing.delivered import GIVES, carried_columns, told_of
from lineage.tracing.gather import Part, gather
from lineage.tracing.known import Known, known_of
from lineage.tracing.ledger import Decided, Version, rule_sets_then, version_of, versions_part
from lineage.tracing.moment import Moment, moment_of
from lineage.tracing.sources import table_of

SCHEMA_NAME = "record-trace.json"


def trace_record(
    session: Session, record_key: str, at: datetime | None = None, cell: str | None = None
) -> dict[str, Any]:
    """Where a record, or one cell of it (a source column or a profile's field), ever went. See lineage/schemas.

    Raises:
        TraceError: no such record was ever matched, or it has no such cell.
    """
    moment = moment_of(session, at)
    known = known_of(session, moment)
    moves = gather(session, [_moves_part(record_key, moment)])["move"]
    if not moves:
        raise TraceError(f"No record {record_key!r} was ever matched; a key is system:object:id, as in `c360 find`.")
    kind = moves[0]["entity_kind"]
    edges = edges_then(session, moment, known)
    profiles = sorted({move[name] for move in moves for name in ("profile_id", "previous_profile_id") if move[name]})
    kept = gather(session, _by_profiles(session, record_key, profiles, moment, known))
    rules = rule_sets_then(session, known)
    versions = [
        (version, version.decided(rules.get((version.rule_set_version or "", kind), {})))
        for version in map(version_of, kept["version"])
    ]
    won = _Won(edges, kind, record_key, cell)
    if cell and not any(won.fields(decided, either=True) for _, decided in versions):
        raise TraceError(f"No field of a profile was ever made of {cell!r} of {record_key}.")
    return {
        "record_key": record_key,
        "entity_kind": kind,
        "as_of": at,
        "is_masked": False,
        "cell": cell,
        "snapshots": [row | {"line": None if row["line"] is None else int(row["line"])} for row in kept["snapshot"]],
        "moves": moves,
        "profiles": [
            _reached(profile, [each for each in versions if each[0].profile_id == profile], won,
                     [each for each in kept.get("delivery", []) if each["profile_id"] == profile])
            for profile in profiles
        ],
    }  # fmt: skip


def _moves_part(record_key: str, moment: Moment) -> Part:
    return Part(
        "move",
        """
select profile_id, entity_kind, previous_profile_id, run_id, changed_at from MATCH_CLUSTER.PROFILE_MEMBER_HISTORY
where record_key = %s and changed_at <= to_timestamp_ntz(%s)
""",
        [record_key, moment.text],
        texts=("profile_id", "entity_kind", "previous_profile_id", "run_id"),
        times=("changed_at",),
        order=lambda row: row["changed_at"],
    )


def _by_profiles(
    session: Session, record_key: str, profiles: Sequence[str], moment: Moment, known: Known
) -> list[Part]:
    marks = ", ".join(["%s"] * len(profiles))
    parts = [
        versions_part(
            f"profile_id in ({marks}) and valid_from <= to_timestamp_ntz(%s) and array_contains(%s::variant, members)",
            [*profiles, moment.text, record_key],
        ),
        _snapshots_part(record_key, moment),
    ]
    return [*parts, history.deliveries_part(profiles, moment)] if history.is_delivering(session, known) else parts


class _Won:
    """Which fields a record, or a cell of it, decided or lost."""

    def __init__(self, edges: ColumnEdges, kind: str, record_key: str, cell: str | None) -> None:
        self.edges, self.kind, self.record_key, self.cell = edges, kind, record_key, cell
        self._table = table_of(record_key)
        self._about: dict[str, bool] = {}

    def fields(self, decided: list[Decided], either: bool = False) -> list[Decided]:
        """The fields whose value is this record's; with `either`, also those where it lost."""
        return [
            each
            for each in decided
            if (each.record_key == self.record_key or (either and self.lost(each))) and self._concerns(each)
        ]

    def lost(self, each: Decided) -> str | None:
        """Why the record lost the field, if it did."""
        return next((reason for key, reason in each.lost if key == self.record_key), None)

    def _concerns(self, each: Decided) -> bool:
        if self.cell is None or self.cell.lower() == each.field:
            return True
        if each.field not in self._about:
            ways = (self.edges.path(self.kind, column, self._table) for column in each.rule.columns)
            sources = {edge.source for way in ways for edge in way}
            self._about[each.field] = (self._table, self.cell.upper()) in sources
        return self._about[each.field]


def _reached(
    profile: str, versions: list[tuple[Version, list[Decided]]], won: _Won, deliveries: list[dict[str, Any]]
) -> dict[str, Any]:
    fields: dict[str, dict[str, Any]] = {}
    for version, decided in versions:
        for each in won.fields(decided, either=True):
            told = fields.setdefault(each.field, {"field": each.field, "won": [], "lost": []})
            reason = won.lost(each)
            # What a union puts together is made of all who have a value.
            part = each.record_key == won.record_key or reason == "united"
            told["won" if part else "lost"].append(
                {"version": version.version} | ({} if part else {"reason": reason}),
            )
    carried = []
    for delivery in deliveries:
        held = next(
            (
                (version, decided)
                for version, decided in reversed(versions)
                if version.valid_from <= delivery["delivered_at"]
                and (version.valid_to is None or version.valid_to > delivery["delivered_at"])
            ),
            None,
        )
        if held and delivery["operation"] in GIVES:
            gave = [
                each
                for each in held[1]
                if each in won.fields(held[1]) or (won.lost(each) == "united" and won.fields([each], either=True))
            ]
            says = told_of(delivery)
            took = [e.field for e in gave if carried_columns(won.edges, won.kind, e, delivery, says, had=True)]
            if took:
                carried.append({"destination": delivery["destination"], "batch_id": delivery["batch_id"],
                                "file_name": delivery["file_name"], "delivered_at": delivery["delivered_at"],
                                "version": held[0].version, "fields": took})  # fmt: skip
    return {
        "profile_id": profile,
        "versions": [version.version for version, _ in versions],
        "fields": [fields[name] for name in sorted(fields)],
        "deliveries": carried,
    }


def _snapshots_part(record_key: str, moment: Moment) -> Part:
    return Part(
        "snapshot",
        f"""
select given._valid_from as valid_from,
  iff(given._valid_to <= to_timestamp_ntz(%s), given._valid_to, null) as valid_to,
  given._deleted as is_deleted, given._row_hash as row_hash, given._snapshot_id as snapshot_id, given._line as line,
  given._file_sha256 as file_sha256, min(manifest.file_name) as file_name
from {table_of(record_key)} as given
left join SOURCE_SNAPSHOT.MANIFEST as manifest
  -- Of a deleted record: the file that had it last.
  on given._file_sha256 = manifest.file_sha256 and (given._snapshot_id = manifest.snapshot_id or given._deleted)
where given._record_key = %s and given._valid_from <= to_timestamp_ntz(%s)
group by all
""",
        [moment.text, record_key, moment.text],
        texts=("row_hash", "snapshot_id", "file_sha256", "file_name"),
        numbers=("line",),
        flags=("is_deleted",),
        times=("valid_from", "valid_to"),
        order=lambda row: row["valid_from"],
    )

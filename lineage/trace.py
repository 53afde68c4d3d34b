"""A profile at a moment, every field back to its source and forward to what was delivered.

Everything is read from what was recorded when it happened, by three statements: what holds, all that is kept by the
profile, all that is kept by its records. Rules, column edges and checks are remembered until the next run writes.
Nothing is worked out anew, so the same question about the same time has the same answer for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lineage.outbox import Session
from lineage.tracing import history
from lineage.tracing.column_paths import ColumnEdges, Edge, edges_then
from lineage.tracing.delivered import carried_by
from lineage.tracing.gather import Part, gather
from lineage.tracing.known import Known, known_of
from lineage.tracing.ledger import Decided, Version, rule_sets_then, version_of, versions_part
from lineage.tracing.moment import NOW, Moment, moment_of
from lineage.tracing.sources import SourceRow, rows_part, source_rows, table_of
from lineage.tracing.words import lost_in_words, rule_in_words, why_won

SCHEMA_NAME = "profile-trace.json"


class TraceError(LookupError):
    """There is nothing to trace; the message says why and what would be right."""


def trace_profile(
    session: Session, profile: str, at: datetime | None = None, field: str | None = None
) -> dict[str, Any]:
    """All that is known about a profile, or one field of it, at a time (naive UTC) or now. See lineage/schemas.

    Raises:
        TraceError: the id was not given until then, or the profile has no such field.
    """
    moment = moment_of(session, at)
    known = known_of(session, moment)
    kept = gather(session, _by_profile(session, profile, moment, known))
    versions = [_as_it_was(version_of(row), moment) for row in kept["version"]]
    if not versions:
        raise TraceError(f"No profile {profile!r}{' then' if at else ''}; `c360 find VALUE` finds one.")
    current = versions[-1]
    rules = rule_sets_then(session, known)
    decided = {version.version: _decided(version, rules) for version in versions}
    told = [each for each in decided[current.version] if field in (None, each.field)]
    if field and not told:
        names = ", ".join(each.field for each in decided[current.version]) or "none"
        raise TraceError(f"Profile {profile} has no value for {field!r}; it has: {names}.")
    edges = edges_then(session, moment, known)
    paths = {each.field: _path(edges, current.entity_kind, each) for each in told}
    by_record = gather(session, _by_record(current.members, _shown(told, paths), moment))
    sources = source_rows(by_record.get("source", []))
    deliveries, said = history.deliveries(kept.get("delivery", []))
    for delivery in deliveries:
        delivery["version"] = _version_at(versions, delivery["delivered_at"])
    checks = history.checks(session, current.entity_kind, current.run_id, known)
    return {
        "profile_id": profile,
        "entity_kind": current.entity_kind,
        "as_of": None if moment.at == NOW else moment.at,
        "is_masked": False,
        "status": _status(kept["event"], versions, profile),
        "version": _plain(current),
        "fields": [
            _field(each, paths[each.field], sources, checks)
            | {"deliveries": carried_by(edges, current.entity_kind, each, deliveries, decided, said)}
            for each in told
        ],
        "records": [sources[key].plain() for key in current.members if key in sources],
        "matches": history.matches(session, kept["match"], current.members, known),
        "decisions": by_record.get("decision", []),
        "relations": history.relations(profile, kept.get("relation", [])),
        "consents": kept["consent"],
        "checks": checks,
        "deliveries": deliveries,
        "versions": [_plain(version) for version in versions],
        "events": kept["event"],
    }


def _by_profile(session: Session, profile: str, moment: Moment, known: Known) -> list[Part]:
    parts = [
        versions_part("profile_id = %s and valid_from <= to_timestamp_ntz(%s)", [profile, moment.text]),
        history.identity_events_part(profile, moment),
        history.matches_part(profile, moment),
        history.consents_part(profile, moment),
    ]
    if history.is_relating(session, known):
        parts.append(history.relations_part(profile, moment))
    if history.is_delivering(session, known):
        parts.append(history.deliveries_part([profile], moment))
    return parts


def _by_record(members: Sequence[str], shown: Mapping[str, set[str]], moment: Moment) -> list[Part]:
    return [rows_part(members, shown, moment), history.decisions_part(members, moment)] if members else []


def _as_it_was(version: Version, moment: Moment) -> Version:
    """What ended later had not ended then."""
    ended = version.valid_to is not None and version.valid_to <= moment.run_started_at
    return version if ended else Version(**{**vars(version), "valid_to": None})


def _decided(version: Version, rules: dict[tuple[str, str], Any]) -> list[Decided]:
    return version.decided(rules.get((version.rule_set_version or "", version.entity_kind), {}))


def _path(edges: ColumnEdges, kind: str, decided: Decided) -> list[Edge]:
    table = table_of(decided.record_key)
    found = [edge for column in decided.rule.columns for edge in edges.path(kind, column, table)]
    return list(dict.fromkeys(found))


def _shown(decided: list[Decided], paths: dict[str, list[Edge]]) -> dict[str, set[str]]:
    shown: dict[str, set[str]] = {}
    for each in decided:
        for edge in paths[each.field]:
            shown.setdefault(edge.source[0], set()).add(edge.source[1])
    return shown


def _field(
    decided: Decided, path: list[Edge], sources: dict[str, SourceRow], checks: list[dict[str, Any]]
) -> dict[str, Any]:
    source, table = sources.get(decided.record_key), table_of(decided.record_key)
    columns = dict.fromkeys(edge.source[1] for edge in path if edge.source[0] == table)
    lost = [{"record_key": key, "reason": reason, "words": lost_in_words(reason)} for key, reason in decided.lost]
    system = decided.record_key.split(":", 1)[0]
    return {
        "field": decided.field,
        "value": decided.value,
        "record_key": decided.record_key,
        "source": source.plain() if source else None,
        "raw": {column: source.raw.get(column) for column in columns} if source else {},
        "path": [{"from": ".".join(edge.source), "to": ".".join(edge.made), "how": list(edge.how)} for edge in path],
        "rule": decided.rule.rule,
        "rule_in_words": rule_in_words(decided.rule.rule, decided.rule.ranked_sources),
        "why": why_won(decided.rule.rule, decided.rule.ranked_sources, system, [reason for _, reason in decided.lost]),
        "lost": lost,
        "checks": [each for each in checks if each["column"] in (decided.field, "value")],
    }


def _status(events: list[dict[str, Any]], versions: list[Version], profile: str) -> dict[str, Any]:
    current = versions[-1]
    last = next((event for event in reversed(events) if event["profile_id"] == profile), None)
    if last and last["event"] in ("merged", "retired"):
        return {"status": last["event"], "since": last["changed_at"], "into": last["other_profile_id"]}
    if current.valid_to:
        return {"status": "ended", "since": current.valid_to, "into": None}
    # An id may end and come back: since then, and not since its present version.
    began = current.valid_from
    for version in reversed(versions):
        if version.valid_to not in (None, began):
            break
        began = version.valid_from
    return {"status": "active", "since": began, "into": None}


def _version_at(versions: list[Version], time: datetime) -> int | None:
    held = [v.version for v in versions if v.valid_from <= time and (v.valid_to is None or v.valid_to > time)]
    return held[-1] if held else None


def _plain(version: Version) -> dict[str, Any]:
    names = ("version", "valid_from", "valid_to", "run_id", "row_hash", "rule_set_version", "validation_set",
             "consent_hash", "members")  # fmt: skip
    return {name: getattr(version, name) for name in names}

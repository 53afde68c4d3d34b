"""Versions that have ended, against the rules that were recorded and the files as they were then.

Normalised records say what is now, so an older version is not replayed from them: its values must stand in its records'
cells of that time, and what lost must have lost by the rule that the ledger names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lineage.outbox import Session
from lineage.tracing.among import among, in_parts, keys_text
from lineage.tracing.finding import Finding
from lineage.tracing.ledger import Decided, LedgerError, RuleSet, Version, read_rule_sets, read_versions
from lineage.tracing.moment import moment_of
from lineage.tracing.sources import table_of
from lineage.verification.cell_words import stands_in
from lineage.verification.raw_check import AS_GIVEN, RawRows

_LEDGER = "GOLDEN_PROFILE.PROFILE_VERSION"
_BATCH = 10_000
_UNRANKED = 999


@dataclass(frozen=True)
class _Then:
    """A record as its source gave it for a time."""

    valid_from: datetime
    valid_to: datetime | None
    is_deleted: bool
    said: Mapping[str, Any]


def check_past(session: Session, profiles: Sequence[str]) -> Iterator[Finding]:
    """What of these profiles' ended versions cannot have been, and gaps between versions."""
    past = _Past(session)
    for first in range(0, len(profiles), _BATCH):
        batch = profiles[first : first + _BATCH]
        versions = read_versions(session, among("profile_id"), [keys_text(batch)])
        yield from _gaps(versions)
        ended = [version for version in versions if version.valid_to is not None and version.grounds is not None]
        rows = past.rows({key for version in ended for key in version.members})
        for version in ended:
            yield from past.check(version, rows)


def _gaps(versions: Sequence[Version]) -> Iterator[Finding]:
    """`versions` by profile and number."""
    before: Version | None = None
    for version in versions:
        name, last = f"{version.profile_id}:{version.version}", before
        before = version
        if last is None or last.profile_id != version.profile_id:
            if version.version != 1:
                yield Finding(_LEDGER, name, "is the first that is there; what was before it is missing")
        elif version.version != last.version + 1:
            yield Finding(_LEDGER, name, f"follows version {last.version}; what was between them is missing")
        elif last.valid_to is None or last.valid_to > version.valid_from:
            yield Finding(_LEDGER, name, "began before the version before it had ended")


class _Past:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._rules = read_rule_sets(session)
        self._now = RawRows(session)
        self._then: dict[datetime, RawRows] = {}

    def rows(self, keys: set[str]) -> dict[str, list[_Then]]:
        """Record key -> all that its source ever said of it."""
        found: dict[str, list[_Then]] = {}
        for table in sorted({table_of(key) for key in keys}):
            of_table = [key for key in keys if table_of(key) == table]
            shown = ", ".join(f"'{name}', to_varchar({name})" for name in self._now.columns_of(table))
            sql = (
                f"select _record_key, _valid_from, _valid_to, _deleted, to_json(object_construct({shown}))"
                f" from {table} where {among('_record_key')}"
            )
            for part in in_parts(of_table):
                for key, valid_from, valid_to, is_deleted, said in self._session.rows(sql, [keys_text(part)]):
                    row = _Then(valid_from, valid_to, is_deleted, json.loads(said or "{}"))
                    found.setdefault(key, []).append(row)
        return found

    def check(self, version: Version, rows: Mapping[str, Sequence[_Then]]) -> Iterator[Finding]:
        """What is wrong with one version."""
        name = f"{version.profile_id}:{version.version}"
        rule_set: RuleSet | None = self._rules.get((version.rule_set_version or "", version.entity_kind))
        if rule_set is None:
            yield Finding(_LEDGER, name, f"its rule set {version.rule_set_version} is not in RULE_SET")
            return
        records = {key: _at(rows.get(key, ()), version.valid_from) for key in version.members}
        for key, record in records.items():
            if record is None:
                yield Finding(table_of(key), key, f"no snapshot holds the record as {name} had it")
        try:
            decided = version.decided(rule_set)
        except LedgerError as error:
            yield Finding(_LEDGER, name, str(error))
            return
        for each in decided:
            record = records[each.record_key]
            if record is not None and not self._said(version, each, record):
                yield Finding(_LEDGER, name, f"field {each.field}: the file said something else of {each.record_key}")
            elif wrong := next((key for key, reason in each.lost if not _may_lose(each, key, reason)), None):
                yield Finding(_LEDGER, name, f"field {each.field}: by its rule {wrong} did not lose so")

    def _said(self, version: Version, each: Decided, record: _Then) -> bool:
        if each.field not in AS_GIVEN or each.rule.rule == "union":
            return True
        table = table_of(each.record_key)
        cells = self._now.cells_of(version.entity_kind, table, each.rule.columns)
        if not cells or stands_in(each.value, [record.said.get(cell) for cell in cells]):
            return True
        # The code may have taken it from other columns then.
        if version.valid_from not in self._then:
            self._then[version.valid_from] = RawRows(self._session, moment_of(self._session, version.valid_from))
        before = self._then[version.valid_from].cells_of(version.entity_kind, table, each.rule.columns)
        return bool(set(before) - record.said.keys()) or stands_in(each.value, [record.said.get(c) for c in before])


def _at(rows: Sequence[_Then], time: datetime) -> _Then | None:
    held = [row for row in rows if row.valid_from <= time and (row.valid_to is None or row.valid_to > time)]
    return max(held, key=lambda row: row.valid_from, default=None)


def _may_lose(each: Decided, loser: str, reason: str) -> bool:
    """Whether the recorded rule lets the record lose to the winner for the recorded reason."""
    ranked, is_ranking = each.rule.ranked_sources, each.rule.rule != "most_recent"
    mine, its = (_rank(ranked, key) if is_ranking else 0 for key in (each.record_key, loser))
    if reason == "lower_ranked_source":
        return its > mine
    return its == mine if reason in ("older", "tie") else True


def _rank(ranked: Sequence[str], key: str) -> int:
    source = key.split(":", 1)[0]
    return ranked.index(source) + 1 if source in ranked else _UNRANKED

"""The versions in force against what the recorded rules make of their records, one profile at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lineage.outbox import Session
from lineage.tracing.among import among, in_parts, keys_text
from lineage.tracing.finding import Finding
from lineage.tracing.history import named
from lineage.tracing.ledger import LedgerError, RuleSet, Version, read_rule_sets, read_versions
from lineage.verification.raw_check import RawRows
from lineage.verification.replay import replay

_LEDGER = "GOLDEN_PROFILE.PROFILE_VERSION"
_BATCH = 10_000


def check_replay(session: Session, profiles: Sequence[str]) -> Iterator[Finding]:
    """What in the ledger, the normalised records or the snapshots does not fit together, of these profiles."""
    rules = read_rule_sets(session)
    raw = RawRows(session)
    for first in range(0, len(profiles), _BATCH):
        batch = profiles[first : first + _BATCH]
        versions = read_versions(session, f"valid_to is null and {among('profile_id')}", [keys_text(batch)])
        records = _records(session, [key for version in versions for key in version.members])
        rows = raw.of(list(records.values()))
        for version in versions:
            yield from _check(version, rules, records)
            yield from raw.check(version, rules, records, rows)
    yield from raw.witnesses.check()


def _records(session: Session, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for table in ("PERSON", "ORGANIZATION"):
        sql = f"select * from NORMALIZED_RECORD.{table} where {among('record_key')}"
        for part in in_parts(keys):
            found |= {row["record_key"]: row for row in named(session, sql, [keys_text(part)])}
    return found


def _check(
    version: Version, rules: dict[tuple[str, str], RuleSet], records: dict[str, dict[str, Any]]
) -> Iterator[Finding]:
    name = f"{version.profile_id}:{version.version}"
    rule_set = rules.get((version.rule_set_version or "", version.entity_kind))
    if rule_set is None:
        yield Finding(_LEDGER, name, f"its rule set {version.rule_set_version} is not in RULE_SET")
        return
    if gone := [key for key in version.members if key not in records]:
        yield Finding(_LEDGER, name, f"its record {gone[0]} is not among the normalised ones")
        return
    try:
        decided = {each.field: each for each in version.decided(rule_set)}
    except LedgerError as error:
        yield Finding(_LEDGER, name, str(error))
        return
    ordered = sorted(rule_set.values(), key=lambda rule: rule.number)
    expected = replay(version.entity_kind, ordered, [records[key] for key in version.members])
    for field in sorted(decided.keys() | expected.keys()):
        was, should = decided.get(field), expected.get(field)
        if was is None or should is None:
            state = "has a value that no record gives" if should is None else "lacks the value that a record gives"
            yield Finding(_LEDGER, name, f"field {field} {state}")
        elif was.record_key != should.record_key:
            yield Finding(
                _LEDGER, name, f"field {field} is taken from {was.record_key}; by its rule {should.record_key} wins"
            )
        elif was.value != should.value:
            yield Finding(_LEDGER, name, f"field {field} has another value than {was.record_key} gives")
        elif sorted(was.lost) != list(should.lost):
            wrong = sorted({key for key, _ in set(was.lost) ^ set(should.lost)})
            yield Finding(_LEDGER, name, f"field {field}: what is said to have lost is wrong about {wrong[0]}")

"""The consents in force once more, in plain Python from what people decided, against what profiles say.

Shares nothing with the pipeline's SQL: it reads decisions, identifiers and members, and works the rest out itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lineage.outbox import Session
from lineage.tracing.among import among, in_parts, keys_text
from lineage.tracing.finding import Finding
from lineage.tracing.history import named

_WHERE = "GOLDEN_PROFILE.CONSENT"
_BATCH = 10_000
_STRICTNESS = {"denied": 4, "withdrawn": 3, "unknown": 2, "expired": 1, "granted": 0}
Row = Mapping[str, Any]
Place = tuple[str, str, str]
"""Purpose, channel, region."""


def check_consents(session: Session, profiles: Sequence[str]) -> Iterator[Finding]:
    """Consents of these profiles that no decision gives, that say something else, or that are missing."""
    times = _built_at(session)
    if not times:
        return
    people = [profile for profile in profiles if profile.startswith("per_")]
    for first in range(0, len(people), _BATCH):
        batch = people[first : first + _BATCH]
        facts = _facts(session, batch)
        told: dict[str, dict[Place, Row]] = {}
        for row in named(
            session,
            "select profile_id, purpose, channel, region, state, legal_basis, since, expires_at, source, fact_key,"
            f" is_conflict from {_WHERE} where {among('profile_id')}",
            [keys_text(batch)],
        ):
            told.setdefault(row["profile_id"], {})[row["purpose"], row["channel"], row["region"]] = row
        for profile in batch:
            should = [in_force(facts.get(profile, ()), time) for time in times]
            yield from _compare(profile, told.get(profile, {}), should)


def _built_at(session: Session) -> list[datetime]:
    """When the consents were put together: by the last run of the stage, or by the last one that changed anything."""
    rows = session.rows(
        "select progress.changed_at, run.started_at from LINEAGE.STAGE_PROGRESS as progress"
        " left join LINEAGE.RUN as run on progress.run_id = run.run_id where progress.stage = 'golden_profile'"
    )
    return sorted({time for row in rows for time in row if time is not None})


def _facts(session: Session, profiles: Sequence[str]) -> dict[str, list[tuple[Row, bool]]]:
    """Profile -> decisions that speak for it, each with whether it speaks through a shared address alone."""
    profile_of = dict(
        session.rows(
            f"select record_key, profile_id from GOLDEN_PROFILE.PROFILE_MEMBER where {among('profile_id')}",
            [keys_text(profiles)],
        )
    )
    holders: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    for row in _read(
        session,
        "select record_key, identifier_type, value_canonical, is_valid, is_shared"
        " from NORMALIZED_RECORD.\"IDENTIFIER\" where entity_kind = 'person' and ",
        "record_key",
        profile_of,
    ):
        held = holders.setdefault((row["identifier_type"], row["value_canonical"]), [])
        held.append((profile_of[row["record_key"]], bool(row["is_shared"]) or not row["is_valid"]))
    decided = (
        "select fact_key, record_key, source_system, subject_type, subject_value_canonical, purpose, channel, status,"
        " legal_basis, region, brand, occurred_at, expires_at from NORMALIZED_RECORD.CONSENT_EVENT where "
    )
    events = [
        *_read(session, decided, "record_key", profile_of),
        *_read(session, decided, "subject_value_canonical", {value for _, value in holders if value}),
    ]
    found: dict[str, list[tuple[Row, bool]]] = {}
    for fact in {event["fact_key"]: event for event in events}.values():
        speaks = list(holders.get((fact["subject_type"], fact["subject_value_canonical"]), ()))
        if fact["record_key"] in profile_of:
            speaks.append((profile_of[fact["record_key"]], False))
        for profile in dict.fromkeys(profile for profile, _ in speaks):
            found.setdefault(profile, []).append((fact, all(shared for each, shared in speaks if each == profile)))
    return found


def _read(session: Session, sql: str, column: str, keys: Collection[str]) -> list[dict[str, Any]]:
    """Rows whose column is one of the keys; `sql` ends where that condition begins."""
    return [row for part in in_parts(keys) for row in named(session, f"{sql}{among(column)}", [keys_text(part)])]


def in_force(facts: Iterable[tuple[Row, bool]], at: datetime) -> dict[Place, dict[str, Any]]:
    """What decisions come to at a time: of each voice its latest word, and between voices the strictest."""
    voices: dict[Place, dict[tuple[Any, ...], tuple[tuple[Any, ...], Row, str]]] = {}
    for fact, is_shared in facts:
        # Nobody agrees for all who share an address, though anybody of them may refuse.
        if is_shared and fact["status"] == "granted":
            continue
        state = _state(fact, at)
        place = (fact["purpose"], fact["channel"], fact["region"] or "ALL")
        voice = (fact["source_system"], fact["subject_type"], fact["subject_value_canonical"], fact["brand"])
        order = (fact["occurred_at"], _STRICTNESS[state], fact["fact_key"])
        said = voices.setdefault(place, {})
        if voice not in said or order > said[voice][0]:
            said[voice] = (order, fact, state)
    found = {}
    for place, said in voices.items():
        strict = [_STRICTNESS[state] for _, _, state in said.values()]
        _, fact, state = max(said.values(), key=lambda each: (each[0][1], each[0][0], each[0][2]))
        found[place] = {
            "state": state,
            "legal_basis": fact["legal_basis"],
            "since": fact["occurred_at"],
            "expires_at": fact["expires_at"],
            "source": fact["source_system"],
            "fact_key": fact["fact_key"],
            "is_conflict": min(strict) == 0 and max(strict) >= 3,
        }
    return found


def _state(fact: Row, at: datetime) -> str:
    if fact["status"] == "granted" and fact["expires_at"] is not None and fact["expires_at"] <= at:
        return "expired"
    return fact["status"] if fact["status"] in ("granted", "withdrawn", "denied") else "unknown"


def _compare(
    profile: str, told: Mapping[Place, Row], should: Sequence[Mapping[Place, Mapping[str, Any]]]
) -> Iterator[Finding]:
    for place in sorted(told.keys() | {place for each in should for place in each}):
        says = told.get(place)
        named_as = f"{profile} {'/'.join(place)}"
        wanted = [each.get(place) for each in should]
        if says is None:
            if all(wanted):
                yield Finding(_WHERE, named_as, "is missing, though a decision gives it")
        elif not any(wanted):
            yield Finding(_WHERE, named_as, "is given by no decision")
        else:
            wrong = [[name for name, value in each.items() if says[name] != value] for each in wanted if each]
            if all(wrong):
                least = min(wrong, key=len)
                yield Finding(_WHERE, named_as, f"says another {least[0]} than the decisions come to")

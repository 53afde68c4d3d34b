"""Which profiles a value leads to: an id, a key of a source, an e-mail address, a phone number, a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lineage.outbox import Session
from lineage.tracing.gather import Part, Row, gather

LIMIT = 50
_PROFILE = re.compile(r"(per|org)_[0-9a-f]{20}")
_KEY = re.compile(r"\w+:\w+:.+")
_MERGED = ", merged into this one"
Ways = tuple[list[tuple[str, list[str]]], list[tuple[str, list[str]]]]
"""Queries with their parameters: of record_key, found_by, place, and of the same behind a profile_id."""


@dataclass(frozen=True)
class Found:
    """A profile, and what of the value led to it."""

    profile_id: str
    entity_kind: str
    display_name: str | None
    found_by: str
    record_key: str | None
    status: str


def find(session: Session, value: str, limit: int = LIMIT) -> list[Found]:
    """Profiles that the value leads to, ids and keys before values, values before names; merged ids lead on."""
    text = value.strip()
    if _PROFILE.fullmatch(text):
        hits = [_Hit(text, None, "profile id", 0)]
    else:
        # What looks like a key or an address is looked for as one first: that spares the million names.
        first = _by_key if _KEY.fullmatch(text) else _by_identifier if "@" in text else None
        hits = _hits(session, first(text), limit) if first else []
        hits = hits or _hits(session, _by_any(text), limit)
    found: dict[str, Found] = {}
    while hits:
        told = _told(session, [hit.profile_id for hit in hits])
        # An id that was merged away leads to the one that took it in.
        led = []
        for hit in hits:
            known = told.get(hit.profile_id)
            if known is None or hit.profile_id in found:
                continue
            kind = "person" if hit.profile_id.startswith("per_") else "organization"
            found[hit.profile_id] = Found(
                hit.profile_id, kind, known["display_name"], hit.found_by, hit.record_key, known["status"]
            )
            if known["merged_into"]:
                by = hit.found_by.removesuffix(_MERGED) + _MERGED
                led.append(_Hit(known["merged_into"], hit.record_key, by, hit.place + 1))
        hits = led
    return list(found.values())[:limit]


@dataclass(frozen=True)
class _Hit:
    profile_id: str
    record_key: str | None
    found_by: str
    place: int


def _told(session: Session, profiles: list[str]) -> dict[str, Row]:
    """Status and name of those ids that were ever given."""
    marks = ", ".join(["%s"] * len(profiles))
    names = " union all ".join(
        f"select profile_id, display_name from GOLDEN_PROFILE.{kind} where profile_id in ({marks})"
        for kind in ("PERSON", "ORGANIZATION")
    )
    registry = (
        f"select profile_id, status, merged_into from MATCH_CLUSTER.PROFILE_REGISTRY where profile_id in ({marks})"
    )
    parts = gather(
        session,
        [
            Part("registry", registry, profiles, texts=("profile_id", "status", "merged_into")),
            Part("name", names, [*profiles, *profiles], texts=("profile_id", "display_name")),
        ],
    )
    shown = {row["profile_id"]: row["display_name"] for row in parts["name"]}
    return {row["profile_id"]: row | {"display_name": shown.get(row["profile_id"])} for row in parts["registry"]}


def _by_key(text: str) -> Ways:
    # A record that has gone, or was another profile's before, is still known.
    former = (
        "select profile_id, record_key, 'source record, formerly', 2 from MATCH_CLUSTER.PROFILE_MEMBER_HISTORY"
        " where record_key = %s and profile_id is not null"
    )
    return [("select %s as record_key, 'source record' as found_by, 1 as place", [text])], [(former, [text])]


def _by_identifier(text: str) -> Ways:
    values = list(dict.fromkeys([text, text.lower(), text.upper(), re.sub(r"[\s()/.-]+", "", text)]))
    marks = ", ".join(["%s"] * len(values))
    sql = (
        "select record_key, identifier_type as found_by, 3 as place"
        f' from NORMALIZED_RECORD."IDENTIFIER" where value_canonical in ({marks})'
    )
    return [(sql, values)], []


def _by_any(text: str) -> Ways:
    """By an identifier, an id in whatever source, or a name."""
    lower, id_in = text.lower(), "select record_key, 'id in its source', 1 from NORMALIZED_RECORD."
    records = [
        *_by_identifier(text)[0],
        (f"{id_in}PERSON where source_record_id = %s", [text]),
        (f"{id_in}ORGANIZATION where source_record_id = %s", [text]),
    ]
    if not any(letter.isalpha() for letter in text):
        return records, []
    named = "select record_key, 'name of a record', 5 from NORMALIZED_RECORD."
    words = " ".join(sorted(lower.split()))
    records += [
        (f"{named}PERSON where name_words = %s or lower(full_name) = %s", [words, lower]),
        (f"{named}ORGANIZATION where lower(name) = %s or lower(legal_name) = %s", [lower, lower]),
    ]
    shown = "select profile_id, null, 'name', 4 from GOLDEN_PROFILE.{} where lower(display_name) = %s"
    return records, [(shown.format(kind), [lower]) for kind in ("PERSON", "ORGANIZATION")]


def _hits(session: Session, ways: Ways, limit: int) -> list[_Hit]:
    """The best hit of each profile. Records are found first and joined to their profiles once, for all ways alike."""
    records, profiles = ways
    cluster = (
        "select cluster.profile_id, hit.record_key, hit.found_by, hit.place from hit"
        " inner join MATCH_CLUSTER.CLUSTER as cluster on hit.record_key = cluster.record_key"
    )
    rows = session.rows(
        f"""
with hit as ({" union all ".join(sql for sql, _ in records)}),
led as ({" union all ".join([cluster, *(sql for sql, _ in profiles)])})
select profile_id, record_key, found_by, place from led
qualify row_number() over (partition by profile_id order by place, record_key, found_by) = 1
order by place, profile_id
limit {int(limit)}
""",
        [value for _, values in (*records, *profiles) for value in values],
    )
    return [_Hit(*row) for row in rows]

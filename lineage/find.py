"""Which profiles a value leads to: an id, a key of a source, an e-mail address, a phone number, a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lineage.outbox import Session

LIMIT = 50
_PROFILE = re.compile(r"(per|org)_[0-9a-f]{20}")


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
        hits = "select %s as profile_id, null as record_key, 'profile id' as found_by, 0 as place"
        params = [text]
    else:
        hits, params = _hits(text)
    rows = session.rows(
        f"""
with hit as ({hits}),
known as (
  select hit.profile_id, hit.record_key, hit.found_by, hit.place, registry.status, registry.merged_into
  from hit inner join MATCH_CLUSTER.PROFILE_REGISTRY as registry on hit.profile_id = registry.profile_id
),
led as (
  select * from known
  union all
  select known.merged_into, known.record_key, known.found_by || ', merged into this one', known.place + 1,
    registry.status, null
  from known inner join MATCH_CLUSTER.PROFILE_REGISTRY as registry on known.merged_into = registry.profile_id
)
select led.profile_id, iff(startswith(led.profile_id, 'per_'), 'person', 'organization'),
  coalesce(person.display_name, organization.display_name), led.found_by, led.record_key, led.status
from led
left join GOLDEN_PROFILE.PERSON as person on led.profile_id = person.profile_id
left join GOLDEN_PROFILE.ORGANIZATION as organization on led.profile_id = organization.profile_id
qualify row_number() over (partition by led.profile_id order by led.place, led.record_key) = 1
order by led.place, led.profile_id
limit {int(limit)}
""",
        params,
    )
    return [Found(*row) for row in rows]


def _hits(text: str) -> tuple[str, list[str]]:
    digits = re.sub(r"[\s()/.-]+", "", text)
    words = " ".join(sorted(text.lower().split()))
    in_clusters = "inner join MATCH_CLUSTER.CLUSTER as cluster on"
    hits = [
        ("select profile_id, record_key, 'source record', 1 from MATCH_CLUSTER.CLUSTER where record_key = %s", [text]),
        # A record that has gone, or was another profile's before.
        (
            "select profile_id, record_key, 'source record, formerly', 2 from MATCH_CLUSTER.PROFILE_MEMBER_HISTORY"
            " where record_key = %s and profile_id is not null",
            [text],
        ),
        (
            "select cluster.profile_id, cluster.record_key, 'id in its source', 1"
            f" from NORMALIZED_RECORD.PERSON as record {in_clusters} record.record_key = cluster.record_key"
            " where record.source_record_id = %s",
            [text],
        ),
        (
            "select cluster.profile_id, cluster.record_key, 'id in its source', 1"
            f" from NORMALIZED_RECORD.ORGANIZATION as record {in_clusters} record.record_key = cluster.record_key"
            " where record.source_record_id = %s",
            [text],
        ),
        (
            "select cluster.profile_id, cluster.record_key, known.identifier_type, 3"
            f' from NORMALIZED_RECORD."IDENTIFIER" as known {in_clusters} known.record_key = cluster.record_key'
            " where known.value_canonical in (%s, %s, %s, %s)",
            [text, text.lower(), text.upper(), digits],
        ),
        (
            "select profile_id, null, 'name', 4 from GOLDEN_PROFILE.PERSON"
            " where lower(display_name) = %s or lower(given_name || ' ' || family_name) = %s"
            " or lower(family_name || ' ' || given_name) = %s",
            [text.lower()] * 3,
        ),
        (
            "select profile_id, null, 'name', 4 from GOLDEN_PROFILE.ORGANIZATION"
            " where lower(display_name) = %s or lower(legal_name) = %s or domain = %s",
            [text.lower()] * 3,
        ),
        (
            "select cluster.profile_id, cluster.record_key, 'name of a record', 5"
            f" from NORMALIZED_RECORD.PERSON as record {in_clusters} record.record_key = cluster.record_key"
            " where record.name_words = %s or lower(record.full_name) = %s",
            [words, text.lower()],
        ),
        (
            "select cluster.profile_id, cluster.record_key, 'name of a record', 5"
            f" from NORMALIZED_RECORD.ORGANIZATION as record {in_clusters} record.record_key = cluster.record_key"
            " where lower(record.name) = %s or lower(record.legal_name) = %s",
            [text.lower()] * 2,
        ),
    ]
    first, *rest = hits
    head = first[0].replace(
        "select profile_id, record_key, 'source record', 1",
        "select profile_id, record_key, 'source record' as found_by, 1 as place",
    )
    return " union all ".join([head, *(sql for sql, _ in rest)]), [each for _, params in hits for each in params]

"""What golden profiles show against the values that their versions keep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from lineage.outbox import Session
from lineage.tracing.among import among, keys_text
from lineage.tracing.finding import Finding
from lineage.tracing.history import named
from lineage.tracing.ledger import LedgerError, read_rule_sets, read_versions

# Fields that a golden profile shows as they were decided, by their own name. The others it derives.
SHOWN = {
    "person": ("email", "phone", "full_name", "given_name", "middle_name", "family_name", "gender", "tax_id",
               "job_title", "language", "organization_name", "region", "lifecycle_stage", "account_owner", "street",
               "city", "address_region", "postcode", "country"),
    "organization": ("email", "phone", "legal_name", "tax_id", "domain", "website", "registration_id", "industry",
                     "customer_segment", "payment_terms", "currency", "region", "lifecycle_stage", "account_owner",
                     "street", "city", "address_region", "postcode", "country"),
}  # fmt: skip
# The name to show where no source gives one.
_INSTEAD = {"organization": {"legal_name"}}
_BATCH = 10_000
Kept = dict[str, dict[str, tuple[str, str, tuple[tuple[str, str], ...]]]]
"""Profile -> field -> value, winning record, losing records with reasons."""


def check_shown(session: Session, profiles: Sequence[str]) -> Iterator[Finding]:
    """Columns of golden profiles and rows of PROFILE_FIELD that differ from the ledger, of these profiles."""
    rules = read_rule_sets(session)
    for first in range(0, len(profiles), _BATCH):
        batch = profiles[first : first + _BATCH]
        decided: Kept = {}
        for version in read_versions(session, f"valid_to is null and {among('profile_id')}", [keys_text(batch)]):
            rule_set = rules.get((version.rule_set_version or "", version.entity_kind), {})
            try:
                fields = version.decided(rule_set)
            except LedgerError:
                continue  # told by the replay
            decided[version.profile_id] = {
                each.field: (each.value, each.record_key, tuple(sorted(each.lost))) for each in fields
            }
        yield from _golden(session, batch, decided)
        yield from _fields(session, batch, decided)


def _golden(session: Session, batch: Sequence[str], decided: Kept) -> Iterator[Finding]:
    for kind, names in SHOWN.items():
        table = f"GOLDEN_PROFILE.{kind.upper()}"
        sql = f"select profile_id, {', '.join(names)} from {table} where {among('profile_id')} order by profile_id"
        for row in named(session, sql, [keys_text(batch)]):
            kept = decided.get(row["profile_id"], {})
            for name in names:
                value = kept[name][0] if name in kept else None
                if row[name] != value and not (value is None and name in _INSTEAD.get(kind, ())):
                    yield Finding(table, row["profile_id"], f"{name} is not the value that the ledger keeps")


def _fields(session: Session, batch: Sequence[str], decided: Kept) -> Iterator[Finding]:
    table = "GOLDEN_PROFILE.PROFILE_FIELD"
    seen: set[tuple[str, str]] = set()
    for profile, field, value, winner, losers in session.rows(
        f"select profile_id, field, value, winner_record_key, to_json(losers) from {table}"
        f" where {among('profile_id')} order by profile_id, field",
        [keys_text(batch)],
    ):
        seen.add((profile, field))
        lost = tuple(sorted((each["record_key"], each["reason"]) for each in json.loads(losers or "[]")))
        kept = decided.get(profile, {}).get(field)
        if kept is None:
            yield Finding(table, f"{profile} {field}", "is not in the ledger")
        elif kept[0] != value:
            yield Finding(table, f"{profile} {field}", "has another value than the ledger")
        elif kept[1] != winner:
            yield Finding(table, f"{profile} {field}", f"names another winner than the ledger, which says {kept[1]}")
        elif kept[2] != lost:
            yield Finding(table, f"{profile} {field}", "says something else of what lost than the ledger")
    for profile, fields in decided.items():
        for field in fields:
            if (profile, field) not in seen:
                yield Finding(table, f"{profile} {field}", "is in the ledger and not here")

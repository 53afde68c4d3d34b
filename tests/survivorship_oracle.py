"""Survivorship by brute force, one profile and field at a time. Shares no code with the macros."""

from __future__ import annotations

import csv
import functools
from collections import Counter
from typing import Any

from c360_assets.settings import PROJECT_ROOT

Row = dict[str, Any]
ADDRESS = {"street": "street", "city": "city", "address_region": "region", "postcode": "postcode", "country": "country"}
_COMMON = {
    "email": "email", "phone": "phone", "tax_id": "tax_id", "brands": "brand", "region": "sales_region",
    "lifecycle_stage": "lifecycle_stage", "account_owner": "account_owner", "created_at": "created_at",
}  # fmt: skip
SINGLE = {
    "person": _COMMON
    | {n: n for n in "full_name given_name middle_name family_name date_of_birth gender language job_title".split()}
    | {"organization_name": "organization_name"},
    "organization": _COMMON
    | {n: n for n in "legal_name previous_names domain website registration_id industry employee_count".split()}
    | {n: n for n in "customer_segment payment_terms currency plan".split()}
    | {"display_name": "name", "annual_revenue": "annual_revenue"},
}


@functools.cache
def ownership() -> tuple[dict[tuple[str, str], str], dict[tuple[str, str, str], int]]:
    """Rule per kind and field, rank per kind, field and source."""
    with (PROJECT_ROOT / "dbt/seeds/golden_profile/field_ownership.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    rules = {(r["entity_kind"], r["field"]): r["rule"] for r in rows}
    return rules, {(r["entity_kind"], r["field"], r["source_system"]): int(r["rank"]) for r in rows}


def _addresses(record: Row) -> str | None:
    parts = [record[n] for n in ("street", "postcode", "city", "country") if record[n] is not None]
    return ", ".join(parts) or None


def _valid(kind: str, field: str, record: Row) -> bool:
    if field in ("email", "phone"):
        return record[f"{field}_is_valid"] and not record[f"{field}_is_shared"]
    if kind == "organization" and field == "tax_id":
        return record["tax_id_is_valid"]
    return not (kind == "organization" and field == "domain" and record["domain_is_shared"])


def winners(kind: str, members: list[Row]) -> dict[str, tuple[str, Any, dict[str, str]]]:
    """Field -> (winning record, value, losing record -> why) for the records of one profile."""
    found = {}
    for field in [*ADDRESS, *SINGLE[kind], "addresses"]:
        if decided := _winner(kind, field, members):
            found[field] = decided
    return found


def _winner(kind: str, field: str, members: list[Row]) -> tuple[str, Any, dict[str, str]] | None:
    rules, ranks = ownership()
    ruled_as = "address" if field in ADDRESS else field
    rule = rules.get((kind, ruled_as), "most_recent")
    column = {**ADDRESS, **SINGLE[kind]}.get(field)
    values = {r["record_key"]: r[column] if column else _addresses(r) for r in members}
    if field in ADDRESS:
        rivals = [r for r in members if any(r[c] is not None for c in ADDRESS.values())]
    else:
        rivals = [r for r in members if values[r["record_key"]] is not None]
    if not rivals:
        return None
    good = [r for r in rivals if _valid(kind, field, r) and not r["is_deleted"]]
    frequency = Counter(values[r["record_key"]] for r in good)

    def measure(r: Row) -> int:
        if rule == "most_complete" and field in ADDRESS:
            return sum(r[c] is not None for c in ADDRESS.values())
        if rule == "most_complete":
            return sum(r[c] is not None for c in SINGLE[kind].values()) + (_addresses(r) is not None)
        if rule == "most_frequent":
            return frequency[values[r["record_key"]]]
        return len(values[r["record_key"]]) if rule == "longest" else 0

    def rank(r: Row) -> int:
        return 0 if rule == "most_recent" else ranks.get((kind, ruled_as, r["source_system"]), 999)

    def order(r: Row) -> tuple[Any, ...]:
        age = -r["source_updated_at"].timestamp()
        return (not _valid(kind, field, r), r["is_deleted"], -measure(r), rank(r), age, r["record_key"])

    best, *rest = sorted(rivals, key=order)

    def why(r: Row) -> str:
        """The first of the contest's questions that the loser lost by; not by one that it would have won."""
        if _valid(kind, field, best) and not _valid(kind, field, r):
            return "invalid"
        if r["is_deleted"] and not best["is_deleted"]:
            return "deleted"
        if values[r["record_key"]] == values[best["record_key"]]:
            return "same_value"
        if rule == "union":
            return "united"
        if measure(r) < measure(best):
            return {"most_complete": "less_complete", "most_frequent": "less_frequent", "longest": "shorter"}[rule]
        if rank(r) > rank(best):
            return "lower_ranked_source"
        return "tie" if r["source_updated_at"] == best["source_updated_at"] else "older"

    value = values[best["record_key"]]
    if rule == "union" and good:
        value = " | ".join(sorted({values[r["record_key"]] for r in good}))
    return None if value is None else (best["record_key"], value, {r["record_key"]: why(r) for r in rest})

"""What stands beside a version at a moment: matches, decisions, consents, deliveries, checks, what became of the id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import inf
from typing import Any

from c360_assets.identity.relation_types import RELATION_TYPES
from c360_assets.identity.stewardship.evidence import waterfall
from lineage.chain import exists
from lineage.naming import JobName, run_id
from lineage.outbox import TABLE as OUTBOX
from lineage.outbox import Session
from lineage.tracing.delivered import told_of
from lineage.tracing.gather import Part, Row
from lineage.tracing.known import Known
from lineage.tracing.moment import Moment

_RELATIONS = {each.name: each for each in RELATION_TYPES}


def named(session: Session, sql: str, params: Sequence[Any]) -> list[Row]:
    """Rows as column to value, names in lower case."""
    cursor = session.execute(sql, params)
    names = [column[0].lower() for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def matches_part(profile: str, moment: Moment) -> Part:
    """What `matches` tells."""
    return Part(
        "match",
        """
select record_key_l, record_key_r, rule, match_weight, to_json(evidence) as evidence, model_version, holds, run_id
from GOLDEN_PROFILE.MATCH_EVIDENCE
where profile_id = %s and changed_at <= to_timestamp_ntz(%s)
qualify row_number() over (partition by record_key_l, record_key_r, rule order by changed_at desc) = 1
""",
        [profile, moment.text],
        texts=("record_key_l", "record_key_r", "rule", "evidence", "model_version", "run_id"),
        numbers=("match_weight",),
        flags=("holds",),
        order=lambda row: (
            inf if row["match_weight"] is None else -row["match_weight"],
            row["record_key_l"], row["record_key_r"], row["rule"],
        ),
    )  # fmt: skip


def matches(session: Session, rows: Sequence[Row], members: Sequence[str], known: Known) -> list[Row]:
    """The matches that hold the members together, the strongest first, each with its evidence in words."""
    inside = set(members)
    found = []
    for row in rows:
        if row["holds"] and {row["record_key_l"], row["record_key_r"]} <= inside:
            model = _model(session, row["model_version"], known)
            steps = waterfall(json.loads(row["evidence"] or "{}"), model)
            told = {name: value for name, value in row.items() if name not in ("holds", "evidence")}
            told["words"] = [f"{step.compared}: {step.found or 'compared'}; {step.words}" for step in steps]
            found.append(told)
    return found


def _model(session: Session, version: str | None, known: Known) -> Any:
    if version is None:
        return None

    def ask() -> Any:
        rows = session.rows(
            "select to_json(settings:splink) from MATCH_CLUSTER.MATCH_MODEL where model_version = %s", [version]
        )
        return json.loads(rows[0][0]) if rows and rows[0][0] else None

    return known.get(("model", version), ask)


def decisions_part(members: Sequence[str], moment: Moment) -> Part:
    """What stewards had decided about these records until the moment, in order."""
    marks = ", ".join(["%s"] * len(members))
    until = "<= to_timestamp_ntz(%s)"
    return Part(
        "decision",
        f"""
select decision_id, record_key_l, record_key_r, verdict, reason, decided_by, decided_at,
  iff(approved_at {until}, approved_by, null) as approved_by,
  iff(revoked_at {until}, revoked_by, null) as revoked_by
from MATCH_CLUSTER.STEWARD_DECISION
where (record_key_l in ({marks}) or record_key_r in ({marks})) and decided_at {until}
""",
        [moment.at_text, moment.at_text, *members, *members, moment.at_text],
        texts=(
            "decision_id", "record_key_l", "record_key_r", "verdict", "reason", "decided_by", "approved_by",
            "revoked_by",
        ),
        times=("decided_at",),
        order=lambda row: (row["decided_at"], row["decision_id"]),
    )  # fmt: skip


def consents_part(profile: str, moment: Moment) -> Part:
    """The consents in force at the moment."""
    return Part(
        "consent",
        """
select purpose, channel, region, state, legal_basis, since, expires_at, source, fact_key, is_conflict
from (
  select * from GOLDEN_PROFILE.CONSENT_HISTORY
  where profile_id = %s and changed_at <= to_timestamp_ntz(%s)
  qualify row_number() over (partition by purpose, channel, region order by changed_at desc) = 1
) where state <> 'none'
""",
        [profile, moment.text],
        texts=("purpose", "channel", "region", "state", "legal_basis", "source", "fact_key"),
        flags=("is_conflict",),
        times=("since", "expires_at"),
        order=lambda row: (row["purpose"], row["channel"], row["region"]),
    )


def deliveries_part(profiles: Sequence[str], moment: Moment) -> Part:
    """What destinations had been told of the profiles until the moment, in order.

    `field_hashes` and `changed_fields` say what a row told, for `told_of`.
    """
    marks = ", ".join(["%s"] * len(profiles))
    return Part(
        "delivery",
        f"""
select receipt.profile_id, receipt.destination, receipt.operation, receipt.destination_key, receipt.consent_basis,
  receipt.payload_hash, receipt.batch_id, receipt.file_name, receipt.status, receipt.run_id, receipt.reason,
  receipt.delivered_at, to_json(planned.field_hashes) as field_hashes,
  array_to_string(planned.changed_fields, ',') as changed_fields
from ACTIVATION_FEED.RECEIPT as receipt
left join (
  select plan_id, destination, profile_id, field_hashes, changed_fields from ACTIVATION_FEED.SYNC_PLAN_ROW
  where profile_id in ({marks})
) as planned
  on receipt.plan_id = planned.plan_id and receipt.destination = planned.destination
  and receipt.profile_id = planned.profile_id
where receipt.profile_id in ({marks}) and receipt.delivered_at <= to_timestamp_ntz(%s)
""",
        [*profiles, *profiles, moment.at_text],
        texts=(
            "profile_id", "destination", "operation", "destination_key", "consent_basis", "payload_hash", "batch_id",
            "file_name", "status", "run_id", "reason", "field_hashes", "changed_fields",
        ),
        times=("delivered_at",),
        order=lambda row: (row["delivered_at"], row["destination"], row["batch_id"]),
    )  # fmt: skip


def deliveries(rows: Sequence[Row]) -> tuple[list[Row], list[dict[str, str] | None]]:
    """The deliveries of `deliveries_part`, and what each told."""
    hidden = ("profile_id", "field_hashes", "changed_fields")
    return [{k: v for k, v in row.items() if k not in hidden} for row in rows], [told_of(row) for row in rows]


def is_delivering(session: Session, known: Known) -> bool:
    """True where there are receipts to read."""
    return known.get("receipts", lambda: exists(session, "ACTIVATION_FEED.RECEIPT"))


def identity_events_part(profile: str, moment: Moment) -> Part:
    """What became of the id until the moment."""
    return Part(
        "event",
        # Two selects: neither can pass partitions over where one asks for this column or that.
        """
select profile_id, event, other_profile_id, reason, run_id, changed_at
from MATCH_CLUSTER.PROFILE_EVENT
where profile_id = %s and changed_at <= to_timestamp_ntz(%s)
union all
select profile_id, event, other_profile_id, reason, run_id, changed_at
from MATCH_CLUSTER.PROFILE_EVENT
where other_profile_id = %s and profile_id <> %s and changed_at <= to_timestamp_ntz(%s)
""",
        [profile, moment.text, profile, profile, moment.text],
        texts=("profile_id", "event", "other_profile_id", "reason", "run_id"),
        times=("changed_at",),
        order=lambda row: (row["changed_at"], row["event"] not in ("founded", "split"), row["profile_id"]),
    )


def relations_part(profile: str, moment: Moment) -> Part:
    """What the profile was known to be related to at the moment, either way; `relations` words it."""
    told = "from_profile_id, relation_type, to_kind, to_id, valid_from, valid_to, evidence, sources"
    known = f"select relation_key, {told}, holds, changed_at from MATCH_CLUSTER.RELATION_HISTORY"
    return Part(
        "relation",
        f"""
select relation_key, from_profile_id, relation_type, to_kind, to_id, valid_from, valid_to,
  to_json(evidence) as evidence_text, to_json(sources) as sources_text
from (
  select * from (
    {known} where from_profile_id = %s and changed_at <= to_timestamp_ntz(%s)
    union all
    {known} where to_id = %s and to_kind = 'profile' and changed_at <= to_timestamp_ntz(%s)
  )
  qualify row_number() over (partition by relation_key order by changed_at desc, iff(holds, 0, 1)) = 1
)
where holds
""",
        [profile, moment.text, profile, moment.text],
        texts=("relation_key", "from_profile_id", "relation_type", "to_kind", "to_id", "evidence_text", "sources_text"),
        times=("valid_from", "valid_to"),
        order=lambda row: (row["valid_to"] is not None, row["relation_type"], row["from_profile_id"], row["to_id"],
                           row["relation_key"]),
    )  # fmt: skip


def relations(profile: str, rows: Sequence[Row]) -> list[Row]:
    """The relations of `relations_part`, read from the profile: "<profile> <says> <other>"."""
    found = []
    for row in rows:
        outward, said = row["from_profile_id"] == profile, json.loads(row["evidence_text"] or "[]")
        kind = _RELATIONS[row["relation_type"]]
        found.append({
            "relation_type": row["relation_type"],
            "says": kind.says if outward else kind.back,
            "other": row["to_id"] if outward else row["from_profile_id"],
            "other_kind": row["to_kind"],
            "valid_from": row["valid_from"],
            "valid_to": row["valid_to"],
            "records": list(dict.fromkeys(each["record"] for each in said)),
            "rules": sorted({each["rule"] for each in said}),
            "sources": json.loads(row["sources_text"] or "[]"),
        })  # fmt: skip
    return found


def is_relating(session: Session, known: Known) -> bool:
    """True where relations were written down."""
    return known.get("relations", lambda: exists(session, "MATCH_CLUSTER.RELATION_HISTORY"))


def checks(session: Session, entity_kind: str, run: str, known: Known) -> list[Row]:
    """The contract's rules and whether the profiles of a run met them; none where the run told of none."""
    return list(known.get(("checks", entity_kind, run), lambda: _checks(session, entity_kind, run)))


def _checks(session: Session, entity_kind: str, run: str) -> list[Row]:
    tables = {
        run_id(run, JobName.of_asset(("golden_profile", table), ".contract")): table
        for table in (entity_kind, "profile_field", "profile_version")
    }
    told = dict(
        session.rows(
            f"select run_id, to_json(event:inputs[0]:inputFacets:dataQualityAssertions:assertions) from {OUTBOX}"
            " where run_id in (%s, %s, %s) and event_type = 'COMPLETE'",
            list(tables),
        )
    )
    return [
        {"table": table, "column": each.get("column"), "rule": each["assertion"], "passed": each["success"]}
        for run_of_table, table in tables.items()
        for each in json.loads(told.get(run_of_table) or "[]")
    ]

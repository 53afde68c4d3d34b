"""What stands beside a version at a moment: matches, decisions, consents, deliveries, checks, what became of the id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from c360_assets.identity.stewardship.evidence import waterfall
from lineage.chain import exists
from lineage.naming import JobName, run_id
from lineage.outbox import TABLE as OUTBOX
from lineage.outbox import Session
from lineage.tracing.moment import Moment

Row = dict[str, Any]
_models: dict[str, Any] = {}


def named(session: Session, sql: str, params: Sequence[Any]) -> list[Row]:
    """Rows as column to value, names in lower case."""
    cursor = session.execute(sql, params)
    names = [column[0].lower() for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def matches(session: Session, profile: str, members: Sequence[str], moment: Moment) -> list[Row]:
    """The matches that hold the members together, the strongest first, each with its evidence in words."""
    rows = named(
        session,
        """
select record_key_l, record_key_r, rule, match_weight, to_json(evidence) as evidence, model_version, holds, run_id
from GOLDEN_PROFILE.MATCH_EVIDENCE
where profile_id = %s and changed_at <= to_timestamp_ntz(%s)
qualify row_number() over (partition by record_key_l, record_key_r, rule order by changed_at desc) = 1
order by match_weight desc nulls last, record_key_l, record_key_r, rule
""",
        [profile, moment.text],
    )
    inside = set(members)
    found = []
    for row in rows:
        if row.pop("holds") and {row["record_key_l"], row["record_key_r"]} <= inside:
            steps = waterfall(json.loads(row.pop("evidence") or "{}"), _model(session, row["model_version"]))
            row["words"] = [f"{step.compared}: {step.found or 'compared'}; {step.words}" for step in steps]
            found.append(row)
    return found


def _model(session: Session, version: str | None) -> Any:
    if version is None:
        return None
    if version not in _models:
        rows = session.rows(
            "select to_json(settings:splink) from MATCH_CLUSTER.MATCH_MODEL where model_version = %s", [version]
        )
        _models[version] = json.loads(rows[0][0]) if rows and rows[0][0] else None
    return _models[version]


def decisions(session: Session, members: Sequence[str], moment: Moment) -> list[Row]:
    """What stewards had decided about these records until the moment."""
    if not members:
        return []
    marks = ", ".join(["%s"] * len(members))
    until = "<= to_timestamp_ntz(%s)"
    return named(
        session,
        f"""
select decision_id, record_key_l, record_key_r, verdict, reason, decided_by, decided_at,
  iff(approved_at {until}, approved_by, null) as approved_by,
  iff(revoked_at {until}, revoked_by, null) as revoked_by
from MATCH_CLUSTER.STEWARD_DECISION
where (record_key_l in ({marks}) or record_key_r in ({marks})) and decided_at {until}
order by decided_at, decision_id
""",
        [moment.at_text, moment.at_text, *members, *members, moment.at_text],
    )


def consents(session: Session, profile: str, moment: Moment) -> list[Row]:
    """The consents in force at the moment."""
    rows = named(
        session,
        """
select purpose, channel, region, state, legal_basis, since, expires_at, source, fact_key, is_conflict
from GOLDEN_PROFILE.CONSENT_HISTORY
where profile_id = %s and changed_at <= to_timestamp_ntz(%s)
qualify row_number() over (partition by purpose, channel, region order by changed_at desc) = 1
order by purpose, channel, region
""",
        [profile, moment.text],
    )
    return [row for row in rows if row["state"] != "none"]


def deliveries(session: Session, profile: str, moment: Moment) -> list[Row]:
    """What destinations had been told of the profile until the moment, in order."""
    if not exists(session, "ACTIVATION_FEED.RECEIPT"):
        return []
    return named(
        session,
        """
select destination, operation, destination_key, consent_basis, payload_hash, batch_id, file_name, status, run_id,
  delivered_at
from ACTIVATION_FEED.RECEIPT
where profile_id = %s and delivered_at <= to_timestamp_ntz(%s)
order by delivered_at, destination, batch_id
""",
        [profile, moment.at_text],
    )


def identity_events(session: Session, profile: str, moment: Moment) -> list[Row]:
    """What became of the id until the moment."""
    return named(
        session,
        """
select profile_id, event, other_profile_id, reason, run_id, changed_at
from MATCH_CLUSTER.PROFILE_EVENT
where (profile_id = %s or other_profile_id = %s) and changed_at <= to_timestamp_ntz(%s)
order by changed_at, iff(event in ('founded', 'split'), 0, 1), profile_id
""",
        [profile, profile, moment.text],
    )


def checks(session: Session, entity_kind: str, run: str) -> list[Row]:
    """The contract's rules and whether the profiles of a run met them; none where the run told of none."""
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

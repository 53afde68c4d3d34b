"""What is chained: the logs whose rows are written once, and what of a row is hashed.

A column that may change later, such as when a version ended, is not part of it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Log:
    """A table, or several as one, whose rows may be added to and nothing else."""

    name: str
    table: str
    """SCHEMA.TABLE that must exist; what is read where `rows` says nothing else."""
    key: str
    """SQL of what names a row: text, unique within the log."""
    columns: tuple[str, ...]
    """SQL of the texts that are hashed, in this order."""
    rows: str = ""
    """The query to read instead of the table."""
    says: str = ""
    """What a row is, in words, for whoever reads a finding."""
    repeats: bool = False
    """Whether a row may be there twice, word for word, such as a file that a run rejected and met again."""
    waits: str = "false"
    """SQL that is true of a row whose run has not come to sealing it yet; every other row must be covered."""
    profile: str = ""
    """SQL of the profile that a row is about, where it is about one."""

    @property
    def source(self) -> str:
        """What to select from."""
        return f"({self.rows})" if self.rows else self.table

    def content(self) -> str:
        """SQL of a row's content as one text; no two contents have the same one, nulls included."""
        parts = (f"coalesce(length({column}) || ':' || {column}, '-')" for column in self.columns)
        return " || ',' || ".join(parts)


def time_text(column: str) -> str:
    """A time as text, to the microsecond, whatever the session's formats are."""
    return f"to_varchar({column}, 'YYYY-MM-DD HH24:MI:SS.FF6')"


# A stage seals in its last step, the contracts'.
_UNSEALED = "run_id not in (select run_id from LINEAGE.STEP_TIME where step = '{}_contracts')"
_BEFORE_SEALING_PROFILES = _UNSEALED.format("golden_profile")
_BEFORE_SEALING_RELATIONS = _UNSEALED.format("match_cluster")
_BEFORE_SEALING_FILES = _UNSEALED.format("source_snapshot")
# Events are sealed once per run, so those of a run that was killed wait for the next one.
_AFTER_LAST_SEAL = (
    "event_time > (select coalesce(max(sealed_at), '1900-01-01'::timestamp_ntz) from LINEAGE.CHAIN_ENTRY"
    " where log = 'event')"
)

_DECISION = """
select decision_id || ':decided' as event_key, decision_id, 'decided' as step, entity_kind, record_key_l, record_key_r,
  verdict, reason, needs_approval, decided_by as done_by, decided_at as done_at
from MATCH_CLUSTER.STEWARD_DECISION
union all
select decision_id || ':approved', decision_id, 'approved', entity_kind, record_key_l, record_key_r, verdict, null,
  needs_approval, approved_by, approved_at
from MATCH_CLUSTER.STEWARD_DECISION where approved_at is not null or approved_by is not null
union all
select decision_id || ':revoked', decision_id, 'revoked', entity_kind, record_key_l, record_key_r, verdict,
  revoked_reason, needs_approval, revoked_by, revoked_at
from MATCH_CLUSTER.STEWARD_DECISION where revoked_at is not null or revoked_by is not null
"""

ACCESS = Log(
    "access", "LINEAGE.ACCESS_LOG", "access_id",
    ("access_id", time_text("accessed_at"), "actor", "action", "subject", "purpose", "to_varchar(is_masked)", "detail"),
    says="who looked at which profile",
)  # fmt: skip
DECISION = Log(
    "decision", "MATCH_CLUSTER.STEWARD_DECISION", "event_key",
    ("event_key", "entity_kind", "record_key_l", "record_key_r", "verdict", "reason", "to_varchar(needs_approval)",
     "done_by", time_text("done_at")),
    rows=_DECISION,
    says="a steward's decision, its approval or its revocation",
)  # fmt: skip
RELATION = Log(
    "relation", "MATCH_CLUSTER.RELATION_HISTORY",
    f"concat_ws(':', relation_key, {time_text('changed_at')}, iff(holds, 'holds', 'over'))",
    ("relation_key", "from_profile_id", "relation_type", "to_kind", "to_id", time_text("valid_from"),
     time_text("valid_to"), "to_json(evidence)", "to_json(sources)", "to_varchar(holds)", "run_id",
     time_text("changed_at")),
    says="what a profile is related to",
    waits=_BEFORE_SEALING_RELATIONS,
    profile="from_profile_id",
)  # fmt: skip
DELIVERY = Log(
    "delivery", "ACTIVATION_FEED.RECEIPT",
    "concat_ws(':', destination, batch_id, profile_id, operation, status, run_id, coalesce(remote_id, ''),"
    " coalesce(to_varchar(recorded_at, 'YYYY-MM-DD HH24:MI:SS.FF6'), ''))",
    ("destination", "profile_id", "destination_key", "operation", "payload_hash", "consent_basis", "batch_id",
     "file_name", "status", "run_id", time_text("delivered_at"), "plan_id", "profile_row_hash", "remote_id", "reason"),
    says="a receipt of a delivery",
    profile="profile_id",
)  # fmt: skip
# What a plan says of a row before any receipt names the plan may still change.
_TOLD = """
select * from ACTIVATION_FEED.SYNC_PLAN_ROW
where plan_id in (select plan_id from ACTIVATION_FEED.RECEIPT where plan_id is not null)
"""
TOLD = Log(
    "told", "ACTIVATION_FEED.SYNC_PLAN_ROW", "concat_ws(':', destination, plan_id, profile_id)",
    ("destination", "plan_id", "profile_id", "operation", "to_json(field_hashes)", "to_json(changed_fields)"),
    rows=_TOLD,
    says="what a delivery told of a customer's fields",
    # It is the receipts that must be covered; without one of its own a row here says nothing.
    waits="true",
    profile="profile_id",
)  # fmt: skip
MANIFEST = Log(
    "manifest", "SOURCE_SNAPSHOT.MANIFEST",
    "concat_ws(':', run_id, file_name, status, coalesce(left(file_sha256, 12), ''))",
    ("system", "object", "file_name", "file_sha256", "to_varchar(bytes)", "to_varchar(rows_read)",
     "to_varchar(rows_quarantined)", "schema_fingerprint", "status", "snapshot_id", "run_id", time_text("loaded_at")),
    says="a file that was loaded or rejected",
    waits=_BEFORE_SEALING_FILES,
    repeats=True,
)  # fmt: skip
EVENT = Log(
    "event", "LINEAGE.OPENLINEAGE_OUTBOX", "event_id",
    ("event_id", "run_id", "job_name", "event_type", time_text("event_time"), "to_json(event)"),
    says="a lineage event with its column edges",
    waits=_AFTER_LAST_SEAL,
)  # fmt: skip

LEDGER = Log(
    "ledger", "GOLDEN_PROFILE.PROFILE_VERSION", "version_key",
    ("version_key", "profile_id", "entity_kind", "to_varchar(version)", time_text("valid_from"), "row_hash",
     "to_json(profile)", "to_json(members)", "grounds", "to_json(field_values)", "rule_set_version", "validation_set",
     "consent_hash", "run_id"),
    says="a profile's version and its grounds",
    waits=_BEFORE_SEALING_PROFILES,
    profile="profile_id",
)  # fmt: skip
CONSENT = Log(
    "consent", "GOLDEN_PROFILE.CONSENT_HISTORY", "change_key",
    ("change_key", "profile_id", "purpose", "channel", "region", "state", "legal_basis", time_text("since"),
     time_text("expires_at"), "source", "fact_key", "to_varchar(is_conflict)", "run_id", time_text("changed_at")),
    says="a change of a consent",
    waits=_BEFORE_SEALING_PROFILES,
    profile="profile_id",
)  # fmt: skip
EVIDENCE = Log(
    "evidence", "GOLDEN_PROFILE.MATCH_EVIDENCE", "change_key",
    ("change_key", "profile_id", "record_key_l", "record_key_r", "rule", "to_varchar(round(match_weight, 6))",
     "to_json(evidence)", "model_version", "to_varchar(holds)", "run_id", time_text("changed_at")),
    says="a match that holds records together",
    waits=_BEFORE_SEALING_PROFILES,
    profile="profile_id",
)  # fmt: skip

LOGS = {
    log.name: log for log in (ACCESS, DECISION, RELATION, DELIVERY, TOLD, MANIFEST, EVENT, LEDGER, CONSENT, EVIDENCE)
}
"""By name. Those of LOGS_OF_STAGE are sealed by the stage that writes them, events once per run before they are
forwarded, the rest as they are written."""

LOGS_OF_STAGE = {
    "source_snapshot": ("manifest",),
    "normalized_record": (),
    "match_cluster": ("decision", "relation"),
    "golden_profile": ("ledger", "consent", "evidence"),
    "activation_feed": ("delivery", "told"),
}
"""What a stage seals when its work is done."""

"""What delivery remembers. dbt builds none of these: they hold the past, so no build may replace them."""

from __future__ import annotations

from collections.abc import Iterable

from c360_assets.identity.tables import create_tables
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse
from lineage import chain

SCHEMA = Stage.ACTIVATION_FEED.schema
PLAN, PLAN_ROW, BATCH = f"{SCHEMA}.SYNC_PLAN", f"{SCHEMA}.SYNC_PLAN_ROW", f"{SCHEMA}.SYNC_BATCH"
ATTEMPT, PARKED = f"{SCHEMA}.SYNC_ATTEMPT", f"{SCHEMA}.PARKED_ROW"
RECEIPT, STATE = f"{SCHEMA}.RECEIPT", f"{SCHEMA}.DESTINATION_STATE"
REVOCATION, REVOCATION_FILE = f"{SCHEMA}.CONSENT_REVOCATION", f"{SCHEMA}.CONSENT_REVOCATION_FILE"

TABLES = {
    # One row per plan: what a destination has to be told, and what became of it.
    PLAN: """plan_id varchar not null, destination varchar not null, fingerprint varchar not null,
        mapping_version varchar not null, status varchar not null, held number(38, 0) not null,
        plan_rows number(38, 0) not null, waits_because varchar, run_id varchar, made_at timestamp_ntz not null,
        approved_by varchar, approved_at timestamp_ntz, finished_at timestamp_ntz, delivered number(38, 0),
        rejected number(38, 0), suppressed number(38, 0), pending number(38, 0)""",
    # One row per plan and profile.
    PLAN_ROW: """plan_id varchar not null, destination varchar not null, profile_id varchar not null,
        operation varchar not null, destination_key varchar, previous_key varchar, heir_profile_id varchar,
        heir_key varchar, remote_id varchar, heir_remote_id varchar, payload_hash varchar, changed_fields variant,
        field_hashes variant, consent_basis varchar, profile_row_hash varchar, reason varchar,
        event_id varchar not null, step number(38, 0) not null, batch_id varchar not null""",
    # One row per batch, written before it is sent: its id is the idempotency key.
    BATCH: """batch_id varchar not null, destination varchar not null, plan_id varchar not null,
        mapping_version varchar not null, status varchar not null, batch_rows number(38, 0) not null,
        run_id varchar, sent_at timestamp_ntz not null, settled_at timestamp_ntz""",
    # One row per request of a batch or of a part of it.
    ATTEMPT: """destination varchar not null, batch_id varchar not null, part varchar not null,
        attempt number(38, 0) not null, request_rows number(38, 0) not null, outcome varchar not null,
        detail varchar, seconds float, run_id varchar, attempted_at timestamp_ntz not null""",
    # One row per profile whose row a destination refused; no values of the row.
    PARKED: """destination varchar not null, profile_id varchar not null, operation varchar not null,
        destination_key_hash varchar, payload_hash varchar, mapping_version varchar not null, reason varchar not null,
        batch_id varchar not null, run_id varchar, parked_at timestamp_ntz not null""",
    RECEIPT: """destination varchar not null, profile_id varchar not null, destination_key varchar,
        operation varchar not null, payload_hash varchar, consent_basis varchar, batch_id varchar not null,
        file_name varchar, status varchar not null, run_id varchar not null, delivered_at timestamp_ntz,
        plan_id varchar, profile_row_hash varchar, remote_id varchar, reason varchar, recorded_at timestamp_ntz""",
    STATE: """destination varchar not null, profile_id varchar not null, destination_key varchar,
        payload_hash varchar not null, batch_id varchar not null, delivered_at timestamp_ntz not null,
        field_hashes variant, profile_row_hash varchar, remote_id varchar""",
    # One row per refusal of consent that was heeded before the pipeline has taken it in.
    REVOCATION: """fact_key varchar not null, profile_id varchar not null, purpose varchar not null,
        channel varchar not null, state varchar not null, occurred_at timestamp_ntz, noticed_at timestamp_ntz not null,
        settled_at timestamp_ntz""",
    REVOCATION_FILE: """file_name varchar not null, file_sha256 varchar not null, read_rows number(38, 0),
        refusals number(38, 0), unreadable number(38, 0), noticed_at timestamp_ntz not null""",
}
# Columns that a home of an earlier version lacks.
_ADDED = {
    RECEIPT: ("plan_id varchar", "profile_row_hash varchar", "remote_id varchar", "reason varchar",
              "recorded_at timestamp_ntz"),
    STATE: ("field_hashes variant", "profile_row_hash varchar", "remote_id varchar"),
}  # fmt: skip


def listed(names: Iterable[str]) -> str:
    """Plain names as a list of SQL texts."""
    return ", ".join(f"'{name}'" for name in names)


def ensure_tables(warehouse: Warehouse) -> None:
    """Create what is missing, by one look where nothing is."""
    columns = warehouse.rows(
        "select table_name, column_name from information_schema.columns where table_schema = %s", [SCHEMA]
    )
    tables = {f"{SCHEMA}.{table}" for table, _ in columns}
    if not tables:
        warehouse.execute(f"create schema if not exists {SCHEMA}")
    for table, definition in TABLES.items():
        if table not in tables:
            warehouse.execute(f"create table if not exists {table} ({definition})")
    for table, added in _ADDED.items():
        have = {column.lower() for name, column in columns if f"{SCHEMA}.{name}" == table}
        for column in added if have else ():
            if column.split()[0] not in have:
                warehouse.execute(f"alter table {table} add column if not exists {column}")
    # Which profile absorbed which.
    create_tables(warehouse)
    chain.ensure_tables(warehouse)

"""The tables of stage match_cluster and what a row of each is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse

SCHEMA = Stage.MATCH_CLUSTER.schema

# Holds what a run needs while it runs: compared values, pairs, labels. A schema, so that one statement removes it
# all, and so that nobody who may read the stage's tables reads these.
STEP_SCHEMA = f"{SCHEMA}_STEP"

TABLES = {
    "match_edge": """
        entity_kind varchar not null, record_key_l varchar not null, record_key_r varchar not null,
        rule varchar not null, match_weight float, match_probability float, decision varchar not null,
        evidence variant, model_version varchar, run_id varchar, compared_at timestamp_ntz""",
    "cluster": """
        record_key varchar not null, entity_kind varchar not null, profile_id varchar not null,
        cluster_size number(38, 0), match_confidence float, linked_by variant, run_id varchar,
        assigned_at timestamp_ntz, changed_at timestamp_ntz""",
    "profile_registry": """
        profile_id varchar not null, entity_kind varchar not null, founder_record_key varchar not null,
        status varchar not null, merged_into varchar, reason varchar,
        created_at timestamp_ntz, changed_at timestamp_ntz""",
    # Steps of ids and moves of records; rows are only ever added.
    "profile_event": """
        profile_id varchar not null, entity_kind varchar not null, event varchar not null,
        other_profile_id varchar, reason varchar, run_id varchar, changed_at timestamp_ntz not null""",
    "profile_member_history": """
        record_key varchar not null, entity_kind varchar not null, profile_id varchar,
        previous_profile_id varchar, run_id varchar, changed_at timestamp_ntz not null""",
    "review_queue": """
        entity_kind varchar not null, record_key_l varchar not null, record_key_r varchar not null,
        match_weight float, match_probability float, reason varchar, evidence variant,
        status varchar not null, queued_at timestamp_ntz""",
    "match_model": """
        entity_kind varchar not null, model_version varchar not null, settings variant, trained_on varchar,
        records number(38, 0), created_at timestamp_ntz""",
    # Part of the model: how frequent each value was when it was trained.
    "term_frequency": """
        entity_kind varchar not null, model_version varchar not null, column_name varchar not null,
        value varchar not null, frequency float not null""",
    "relation": """
        relation_key varchar not null, from_profile_id varchar not null, relation_type varchar not null,
        to_kind varchar not null, to_id varchar not null, valid_from timestamp_ntz, valid_to timestamp_ntz,
        evidence variant, sources variant, row_hash varchar not null, changed_at timestamp_ntz""",
    # What relations were taken to be, and when that changed; rows are only ever added.
    "relation_history": """
        relation_key varchar not null, from_profile_id varchar not null, relation_type varchar not null,
        to_kind varchar not null, to_id varchar not null, valid_from timestamp_ntz, valid_to timestamp_ntz,
        evidence variant, sources variant, holds boolean not null, run_id varchar, changed_at timestamp_ntz not null""",
    # All that stands above a profile, with the steps between; parent_steps counts parents alone, 1 is the parent.
    "hierarchy": """
        ancestor_profile_id varchar not null, descendant_profile_id varchar not null, steps number(38, 0) not null,
        parent_steps number(38, 0), changed_at timestamp_ntz""",
    # Relations that contradict each other and are not followed: several parents, or a circle.
    "relation_conflict": """
        profile_id varchar not null, conflict varchar not null, link varchar, other_profile_ids variant,
        run_id varchar, found_at timestamp_ntz""",
    "suspicious_cluster": """
        component varchar not null, entity_kind varchar not null, reason varchar not null, measure varchar,
        amount number(38, 0), records number(38, 0), run_id varchar, found_at timestamp_ntz""",
    # What the last run compared: a record whose fingerprint is the same needs no new comparison.
    "compared_record": """
        entity_kind varchar not null, record_key varchar not null, fingerprint varchar not null""",
    # Values that too many records share, by blocking rule; they neither block nor link.
    "oversized_block": """
        entity_kind varchar not null, rule varchar not null, block varchar not null,
        records number(38, 0), found_at timestamp_ntz""",
    # What the last comparison found odd about the data and the model, and what it did about it.
    "finding": """
        entity_kind varchar not null, subject varchar not null, finding varchar not null, done varchar not null,
        run_id varchar, found_at timestamp_ntz""",
    # What stewards decided. Rows are only ever added; approved and revoked are marks that are set once.
    "steward_decision": """
        decision_id varchar not null, entity_kind varchar not null, record_key_l varchar not null,
        record_key_r varchar not null, verdict varchar not null, reason varchar, needs_approval boolean not null,
        decided_by varchar not null, decided_at timestamp_ntz not null, approved_by varchar,
        approved_at timestamp_ntz, revoked_by varchar, revoked_at timestamp_ntz, revoked_reason varchar""",
    "decision_conflict": """
        entity_kind varchar not null, record_key_l varchar not null, record_key_r varchar not null,
        decision_ids variant, run_id varchar, found_at timestamp_ntz""",
}


def create_tables(warehouse: Warehouse) -> None:
    """Create the schema and the tables that are missing."""
    warehouse.execute(f"create schema if not exists {SCHEMA}")
    rows = warehouse.rows(
        "select table_name, column_name from information_schema.columns where table_schema = %s", [SCHEMA]
    )
    existing = {name.lower() for name, _ in rows}
    # Until it had keys and ends it was another table; what it holds is worked out anew by every run.
    if "relation" in existing and ("RELATION", "RELATION_KEY") not in rows:
        warehouse.execute(f"drop table {SCHEMA}.RELATION")
        existing.remove("relation")
    for name, columns in TABLES.items():
        if name not in existing:
            warehouse.execute(f"create table if not exists {SCHEMA}.{name.upper()} ({columns})")
    if "relation" in existing and "relation_history" not in existing:
        told = "relation_key, from_profile_id, relation_type, to_kind, to_id, valid_from, valid_to, evidence, sources"
        warehouse.execute(
            f"insert into {SCHEMA}.RELATION_HISTORY ({told}, holds, changed_at)"
            f" select {told}, true, changed_at from {SCHEMA}.RELATION order by from_profile_id"
        )


@contextmanager
def step_schema(warehouse: Warehouse) -> Iterator[None]:
    """The steps' schema for the time of a run; what a killed run left in it goes first."""
    drop_steps(warehouse)
    warehouse.execute(f"create transient schema {STEP_SCHEMA}")
    try:
        yield
    finally:
        drop_steps(warehouse)


def drop_steps(warehouse: Warehouse) -> None:
    """Remove the steps' schema."""
    warehouse.execute(f"drop schema if exists {STEP_SCHEMA} cascade")

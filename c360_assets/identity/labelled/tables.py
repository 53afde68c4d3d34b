"""The tables of the labelled evaluation. No stage reads them: a label changes no match."""

from __future__ import annotations

from c360_assets.warehouse import Warehouse

DRAW = "MATCH_CLUSTER.EVALUATION_DRAW"
STRATUM = "MATCH_CLUSTER.EVALUATION_STRATUM"
PAIR = "MATCH_CLUSTER.EVALUATION_PAIR"
LABEL = "MATCH_CLUSTER.EVALUATION_LABEL"
ESTIMATE = "MATCH_CLUSTER.EVALUATION_ESTIMATE"

_TABLES = {
    # One row per draw and entity kind. `left_out_matches` is what the model expects among the pairs outside the frame.
    DRAW: """
        draw_id varchar not null, entity_kind varchar not null, seed number(38, 0) not null,
        records number(38, 0) not null, claimed_pairs number(38, 0) not null, frame_pairs number(38, 0) not null,
        left_out_matches float not null, drawn_at timestamp_ntz not null""",
    # One row per stratum: how many pairs it holds, and whether these were one profile when they were drawn.
    STRATUM: """
        draw_id varchar not null, entity_kind varchar not null, stratum varchar not null, is_claimed boolean not null,
        pairs number(38, 0) not null, drawn number(38, 0) not null""",
    # One row per drawn pair; `place` is the order in which they are labelled.
    PAIR: """
        draw_id varchar not null, entity_kind varchar not null, record_key_l varchar not null,
        record_key_r varchar not null, stratum varchar not null, place number(38, 0) not null""",
    # One row per label given; rows are only ever added, the latest of a pair counts.
    LABEL: """
        entity_kind varchar not null, record_key_l varchar not null, record_key_r varchar not null,
        label varchar not null, labelled_by varchar not null, labelled_at timestamp_ntz not null""",
    # One row per measure, draw and entity kind, rewritten when estimated again.
    ESTIMATE: """
        draw_id varchar not null, entity_kind varchar not null, measure varchar not null, estimate float,
        low float not null, high float not null, confidence float not null, labelled number(38, 0) not null,
        unsure number(38, 0) not null, drawn number(38, 0) not null, estimated_at timestamp_ntz not null""",
}


def create_tables(warehouse: Warehouse) -> None:
    """Create the tables that are missing."""
    warehouse.execute("create schema if not exists MATCH_CLUSTER")
    for name, columns in _TABLES.items():
        warehouse.execute(f"create table if not exists {name} ({columns})")


def tables_exist(warehouse: Warehouse) -> bool:
    """Whether anything was ever drawn here."""
    found = warehouse.scalar(
        "select count(*) from information_schema.tables where table_schema = 'MATCH_CLUSTER' "
        "and table_name = 'EVALUATION_ESTIMATE'"
    )
    return bool(found)

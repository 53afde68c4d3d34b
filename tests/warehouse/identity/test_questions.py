"""What a steward is asked about, and what not again."""

from __future__ import annotations

import pytest
from identity_tables import create

from c360_assets.identity.stewardship.decisions import decide
from c360_assets.identity.stewardship.queue import questions
from c360_assets.identity.tables import create_tables
from c360_assets.warehouse import Warehouse

PROFILES = {"big": 6, "other": 4, "one": 1, "two": 1}


@pytest.fixture
def queue(warehouse: Warehouse) -> Warehouse:
    """Four profiles; `big` and `other` meet in two pairs, `one` and `two` in one that is likelier."""
    create(warehouse)
    create_tables(warehouse)
    for table in ("CLUSTER", "REVIEW_QUEUE", "STEWARD_DECISION"):
        warehouse.execute(f"delete from MATCH_CLUSTER.{table}")
    for profile, size in PROFILES.items():
        for number in range(size):
            warehouse.execute(
                "insert into MATCH_CLUSTER.CLUSTER"
                " (record_key, entity_kind, profile_id, cluster_size, match_confidence,"
                " linked_by, run_id, assigned_at, changed_at) select %s, 'person', %s, %s, 1.0, array_construct(), 'r',"
                " '2026-01-01'::timestamp_ntz, '2026-01-01'::timestamp_ntz",
                [f"{profile}:{number}", profile, size],
            )
    for left, right, probability in [
        ("big:0", "other:0", 0.2), ("big:1", "other:1", 0.4), ("one:0", "two:0", 0.9), ("big:2", "big:3", 0.8),
    ]:  # fmt: skip
        warehouse.execute(
            "insert into MATCH_CLUSTER.REVIEW_QUEUE (entity_kind, record_key_l, record_key_r, match_weight,"
            " match_probability, reason, status, queued_at)"
            " select 'person', %s, %s, log(2, %s / (1 - %s)), %s, 'between the thresholds', 'open',"
            " '2026-01-01'::timestamp_ntz",
            [left, right, probability, probability, probability],
        )
    return warehouse


def test_the_strongest_comes_first_and_two_profiles_are_asked_about_once(queue):
    # Records of one profile are no question.
    assert questions(queue, "person", 10) == [("one:0", "two:0"), ("big:1", "other:1")]
    assert questions(queue, "person", 1) == [("one:0", "two:0")]


def test_two_profiles_about_which_somebody_decided_are_not_asked_about_again(queue):
    decide(queue, "big:1", "other:1", "different", "ada")
    assert questions(queue, "person", 10) == [("one:0", "two:0")]

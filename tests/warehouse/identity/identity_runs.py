"""Runs of the stage and what came of them, for the tests of identity."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from c360_assets.identity import MatchSettings, load_match_settings, run_matching
from c360_assets.identity.result import MatchResult
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

TRAINED = replace(load_match_settings(), train_records=100, sample_pairs=20_000, train_pairs=20_000)
# The weights as declared: what these tests say does not depend on what a few hundred records teach.
DECLARED = replace(TRAINED, train_records=10**9)


def match(warehouse: Warehouse, number: int, settings: MatchSettings, since: int = 0, **more: Any) -> MatchResult:
    """Run the stage on a day of January; with `since`, after the run of that day was the last to succeed."""
    mark = datetime(2026, 1, since) if since else None
    return run_matching(warehouse, Run(f"r{number}", datetime(2026, 1, number)), mark, settings=settings, **more)


def profiles(warehouse: Warehouse) -> dict[str, str]:
    """Record key to profile."""
    return dict(warehouse.rows("select record_key, profile_id from MATCH_CLUSTER.CLUSTER"))


def edges(warehouse: Warehouse) -> dict[tuple[str, str, str], tuple[float, str]]:
    """Pair and rule to weight and decision."""
    columns = "record_key_l, record_key_r, rule, match_weight, decision"
    rows = warehouse.rows(f"select {columns} from MATCH_CLUSTER.MATCH_EDGE")
    return {(left, right, rule): (round(weight, 9), decision) for left, right, rule, weight, decision in rows}

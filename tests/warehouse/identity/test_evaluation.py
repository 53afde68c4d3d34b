"""Scores against a brute-force count."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from identity_tables import create

from c360_assets.identity import evaluate
from c360_assets.identity.tables import create_tables
from c360_assets.warehouse import Warehouse


def brute(truth: dict[str, str], found: dict[str, str]) -> dict[str, float]:
    pairs = list(itertools.combinations(sorted(truth), 2))
    same = {p for p in pairs if truth[p[0]] == truth[p[1]]}
    claimed = {p for p in pairs if found[p[0]] == found[p[1]]}
    precision, recall = len(same & claimed) / len(claimed), len(same & claimed) / len(same)
    b3_precision = b3_recall = 0.0
    for key in truth:
        mates = {other for other in truth if found[other] == found[key]}
        kin = {other for other in truth if truth[other] == truth[key]}
        b3_precision += len(mates & kin) / len(mates) / len(truth)
        b3_recall += len(mates & kin) / len(kin) / len(truth)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "b3_precision": b3_precision,
        "b3_recall": b3_recall,
        "b3_f1": 2 * b3_precision * b3_recall / (b3_precision + b3_recall),
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_scores_are_those_of_a_brute_force_count(warehouse: Warehouse, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    create(warehouse)
    create_tables(warehouse)
    rows, cluster, expected = [], [], {}
    for kind in ("person", "organization"):
        truth, found = {}, {}
        for n in range(60):
            key = f"crm:{kind}:{n}"
            truth[key] = f"{kind}{rng.randrange(20)}"
            found[key] = f"{kind[:3]}_{truth[key] if rng.random() < 0.8 else rng.randrange(20)}"
            group = "group" if kind == "organization" else None
            rows.append(("crm", kind, str(n), kind, truth[key], group))
        lost = f"crm:{kind}:7"
        cluster += [(key, kind, profile) for key, profile in found.items() if key != lost]
        found[lost] = "alone"
        expected[kind] = brute(truth, found)
    values = ", ".join(str(row) for row in cluster)
    warehouse.execute(f"insert into MATCH_CLUSTER.CLUSTER (record_key, entity_kind, profile_id) values {values}")
    names = ["source_system", "object", "record_id", "entity_kind", "entity_id", "parent_entity_id"]
    file = tmp_path / "truth.parquet"
    pq.write_table(pa.table({name: [row[n] for row in rows] for n, name in enumerate(names)}), file)
    scores = evaluate(warehouse, file)
    for kind, wanted in expected.items():
        assert {name: scores[kind][name] for name in wanted} == pytest.approx(wanted)
        assert scores[kind]["missing"] == 1
    assert scores["organization"]["sibling_merges"] > 0
    assert scores["person"]["sibling_merges"] == 0
    assert set(evaluate(warehouse, file, "person")) == {"person"}

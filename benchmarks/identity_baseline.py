"""What matching costs without a warehouse: bare Splink on DuckDB, in memory, on the records that a stage has matched.

The same: records as they are compared, comparisons, blocking rules, pairs compared, thresholds, threads. Splink has no
limit to a block, and a mailbox of two thousand records would be two million pairs; so each rule's key is a column that
is null where the stage's blocking leaves the block out. Both compare the very same pairs, which is checked.

In the peer's time: reading the file, Splink's own training (u from random pairs, m by EM in the blocks of three rules),
predict, cluster. Not in it: preparing the records, choosing the rules and counting their blocks, which the stage has
done for it. And it does nothing of what the stage does besides: rules, contradictions, doubts, evidence of each pair,
average linkage, guards, ids, history, review queue; it writes nothing to a disk.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
from splink import DuckDBAPI, Linker, block_on
from splink.internals.exceptions import EMTrainingException

from benchmarks.harness import measured_process
from c360_assets.identity.models import MODELS, EntityModel
from c360_assets.identity.records import prepare_records
from c360_assets.identity.settings import MatchSettings, load_match_settings
from c360_assets.identity.tables import step_schema
from c360_assets.identity.training import declared_settings, load_model, with_fallback
from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse

THREADS = 2
# What Splink's own training blocks on in turn: a rule leaves the comparisons of its columns to the others.
TRAINING_RULES = 3
EXPORTED = "bare_splink"


@dataclass(frozen=True)
class Peer:
    """Bare Splink on the records of a home: seconds, peak memory, pairs compared, and its seconds by kind and step.

    `processor` is the processor time of the same steps.
    """

    seconds: float
    processor: float
    peak_gb: float
    pairs: int
    kinds: dict[str, Any]


def bare_splink(home: Path) -> Peer:
    """Measure on the records that the warehouse under `home` has matched, in a process of its own."""
    with Warehouse(load_settings(os.environ | {"C360_HOME": str(home)})) as warehouse:
        export_records(warehouse, home / EXPORTED, load_match_settings())
    run = measured_process(home, "benchmarks.identity_baseline", str(home / EXPORTED))
    kinds = run.summary
    seconds = sum(sum(kind["seconds"].values()) for kind in kinds.values())
    processor = sum(kind["processor"] for kind in kinds.values())
    return Peer(seconds, processor, run.peak_gb, sum(kind["compared"] for kind in kinds.values()), kinds)


def export_records(warehouse: Warehouse, folder: Path, settings: MatchSettings) -> None:
    """Write each kind's records as they are compared, with a column per blocking rule, and what the stage learnt."""
    folder.mkdir()
    learnt = {}
    with step_schema(warehouse):
        for kind, model in MODELS.items():
            trained = load_model(warehouse, kind)
            if trained is None or not prepare_records(warehouse, model, settings):
                continue
            table = warehouse.execute(f"select * from {model.record_table}").fetch_arrow_all(force_return_table=True)
            pq.write_table(table.rename_columns([n.lower() for n in table.column_names]), folder / "plain.parquet")
            keys = [
                f"if(count(*) over (partition by {', '.join(columns)}) <= {settings.max_block_records}, "
                f"{_joint(columns)}, null) as block_{n}"
                for n, columns in enumerate(trained.blocking.values())
            ]
            selected = ", ".join(["*", *keys])
            with duckdb.connect(config={"threads": THREADS}) as local:
                local.execute(
                    f"copy (select {selected} from '{folder / 'plain.parquet'}') "
                    f"to '{folder / kind}.parquet' (format parquet)"
                )
            thresholds = trained.thresholds(settings)
            learnt[kind] = {
                "prior": trained.settings["probability_two_random_records_match"], "rules": len(trained.blocking),
                "match": thresholds.match, "review": thresholds.review,
            }  # fmt: skip
    (folder / "learnt.json").write_text(json.dumps(learnt))


def _joint(columns: tuple[str, ...]) -> str:
    """Null where one of the columns is."""
    return " || '|' || ".join(columns)


def run_bare_splink(kind: str, file: Path, learnt: dict[str, Any], settings: MatchSettings) -> dict[str, Any]:
    """Train, predict and cluster one kind; returns seconds by step, records, pairs compared and kept, clusters."""
    model, seconds = MODELS[kind].with_blocking({f"block_{n}": (f"block_{n}",) for n in range(learnt["rules"])}), {}
    connection = duckdb.connect(":memory:", config={"threads": THREADS})
    started, busy = time.perf_counter(), time.process_time()
    connection.execute(f"create table records as select * from '{file}'").fetchall()
    records = connection.execute("select count(*) from records").fetchall()[0][0]
    seconds["load"] = time.perf_counter() - started
    api = DuckDBAPI(connection)

    started = time.perf_counter()
    linker = Linker(api.register("records"), model.settings(records), log_level=logging.ERROR)
    weights = _train(linker, model, settings, records, learnt["prior"])
    seconds["train"] = time.perf_counter() - started

    started = time.perf_counter()
    linker = Linker(api.register("records"), weights, log_level=logging.ERROR)
    scored = linker.inference.predict(threshold_match_probability=learnt["review"], warning_mode="never")
    seconds["predict"] = time.perf_counter() - started

    started = time.perf_counter()
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, learnt["match"])
    count = clusters.query_sql("select count(distinct cluster_id) as n from {this}").as_record_list()[0]["n"]
    seconds["cluster"], processor = time.perf_counter() - started, time.process_time() - busy
    pairs = connection.execute(f"select count(*) from {scored.physical_name}").fetchall()[0][0]
    compared = _pairs(connection, learnt["rules"])
    connection.close()
    return {
        "records": records, "compared": compared, "pairs": pairs, "clusters": count, "seconds": seconds,
        "processor": processor,
    }  # fmt: skip


def _train(linker: Linker, model: EntityModel, settings: MatchSettings, records: int, prior: float) -> dict[str, Any]:
    """Splink's own training: u from random pairs, m by EM within the blocks of a few rules."""
    training = linker.training
    training.estimate_u_using_random_sampling(max_pairs=settings.sample_pairs, seed=1, num_chunks=1)
    for columns in list(model.blocking.values())[:TRAINING_RULES]:
        try:
            training.estimate_parameters_using_expectation_maximisation(
                block_on(*columns), estimate_without_term_frequencies=True, max_pairs=settings.train_pairs
            )
        except (EMTrainingException, ValueError):
            # No pair shares these columns, or a level's m reached zero; the other rules train what they can.
            continue
    declared = declared_settings(model, records, "duckdb") | {"probability_two_random_records_match": prior}
    return with_fallback(linker.misc.save_model_to_json() | {"probability_two_random_records_match": prior}, declared)


def _pairs(connection: duckdb.DuckDBPyConnection, rules: int) -> int:
    """The pairs that the rules make, after all was measured."""
    made = " union ".join(
        f"select l.record_no as l, r.record_no as r from records as l inner join records as r "
        f"on l.block_{n} = r.block_{n} and l.record_no < r.record_no"
        for n in range(rules)
    )
    return int(connection.execute(f"select count(*) from ({made})").fetchall()[0][0])


def main() -> None:
    """Measure on a folder that `export_records` wrote, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    learnt, settings = json.loads((folder / "learnt.json").read_text()), load_match_settings()
    print(json.dumps({
        kind: run_bare_splink(kind, folder / f"{kind}.parquet", given, settings) for kind, given in learnt.items()
    }))  # fmt: skip


if __name__ == "__main__":
    main()

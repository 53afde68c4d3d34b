"""What matching costs without a warehouse: bare Splink on DuckDB, in memory, on the same records.

The pipeline's identity stage is measured against it: same records as compared, same settings, same training steps,
then predict and cluster. Nothing else that the stage does (rules, contradictions, ids, review, history) is in here.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, block_on
from splink.internals.exceptions import EMTrainingException

from c360_assets.identity.models import MODELS, EntityModel
from c360_assets.identity.records import prepare_records
from c360_assets.identity.settings import FIXED, MatchSettings, load_match_settings
from c360_assets.identity.tables import step_schema
from c360_assets.identity.training import declared_settings, estimate, with_fallback
from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse

THREADS = 2
Exported = tuple[Path, float, dict[str, tuple[str, ...]]]
# What Splink's own training blocks on in turn: a rule leaves the comparisons of its columns to the others.
TRAINING_RULES = 3


def export_records(warehouse: Warehouse, folder: Path, settings: MatchSettings) -> dict[str, Exported]:
    """Write each kind's records, as they are compared, to Parquet; returns file, prior and blocking rules per kind."""
    found = {}
    with step_schema(warehouse):
        for kind, model in MODELS.items():
            records = prepare_records(warehouse, model, settings)
            learned = estimate(warehouse, model, settings, records)
            cursor = warehouse.execute(f"select * from {model.record_table}")
            file = folder / f"{kind}.parquet"
            table = cursor.fetch_arrow_all(force_return_table=True)
            table = table.rename_columns([name.lower() for name in table.column_names])
            with duckdb.connect() as local:
                local.register("records", table)
                local.execute(f"copy records to '{file}' (format parquet)")
            found[kind] = (file, learned.weights["probability_two_random_records_match"], learned.rules)
    return found


def run_bare_splink(
    kind: str, file: Path, prior: float, rules: dict[str, tuple[str, ...]], settings: MatchSettings
) -> dict[str, Any]:
    """Train, predict and cluster one kind; returns seconds by step, records, pairs kept and clusters."""
    model, seconds = MODELS[kind].with_blocking(rules), {}
    connection = duckdb.connect(":memory:", config={"threads": THREADS})
    started = time.perf_counter()
    connection.execute(f"create table records as select * from '{file}'").fetchall()
    records = connection.execute("select count(*) from records").fetchall()[0][0]
    seconds["load"] = time.perf_counter() - started
    api = DuckDBAPI(connection)

    started = time.perf_counter()
    linker = Linker(api.register("records"), model.settings(records), log_level=logging.ERROR)
    weights = _train(linker, model, settings, records, prior)
    seconds["train"] = time.perf_counter() - started

    started = time.perf_counter()
    linker = Linker(api.register("records"), weights, log_level=logging.ERROR)
    thresholds = settings.given_thresholds(kind) or FIXED
    scored = linker.inference.predict(threshold_match_probability=thresholds.review, warning_mode="never")
    seconds["predict"] = time.perf_counter() - started

    started = time.perf_counter()
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, thresholds.match)
    count = clusters.query_sql("select count(distinct cluster_id) as n from {this}").as_record_list()[0]["n"]
    seconds["cluster"] = time.perf_counter() - started
    pairs = connection.execute(f"select count(*) from {scored.physical_name}").fetchall()[0][0]
    connection.close()
    return {"records": records, "pairs": pairs, "clusters": count, "seconds": seconds}


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


def measure(warehouse: Warehouse, settings: MatchSettings | None = None) -> dict[str, Any]:
    """Bare Splink on the warehouse's person and organization records; `seconds` leaves the export out."""
    settings = settings or load_match_settings()
    with tempfile.TemporaryDirectory() as folder:
        files = export_records(warehouse, Path(folder), settings)
        kinds = {kind: run_bare_splink(kind, *exported, settings) for kind, exported in files.items()}
    return {"seconds": sum(sum(kind["seconds"].values()) for kind in kinds.values()), "kinds": kinds}


def bare_splink_seconds(home: Path) -> float:
    """Seconds of bare Splink on the records in the warehouse under `home`; the export is not counted."""
    with Warehouse(load_settings(os.environ | {"C360_HOME": str(home)})) as warehouse:
        return float(measure(warehouse)["seconds"])


def main() -> None:
    """Print the measurement as one JSON object."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with Warehouse() as warehouse:
        print(json.dumps(measure(warehouse)))


if __name__ == "__main__":
    main()

"""The pipeline's stages up to the clusters, on the one source."""

from __future__ import annotations

import json
import os
from pathlib import Path

from benchmarks.linkage.data import Labelled
from benchmarks.linkage.project import RECORD_PREFIX, declared_system, write_project
from c360_assets.dbt_project import DbtError, dbt_environment
from c360_assets.identity import MatchResult, MatchSettings, run_matching
from c360_assets.run import Run, begin_run, ensure_run_table
from c360_assets.sources.load import load_system
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse


def load_records(warehouse: Warehouse, labelled: Labelled) -> Run:
    """Write the records, without the truth, to the landing zone and load them as any source is loaded."""
    landing = warehouse.settings.landing
    system = declared_system(list(labelled.records.columns))
    folder = landing / system.system
    folder.mkdir(parents=True, exist_ok=True)
    labelled.records.astype("string").to_parquet(folder / "record.parquet", index=False)
    for stage in Stage:
        warehouse.execute(f"create schema if not exists {stage.schema}")
    ensure_run_table(warehouse)
    run = begin_run(warehouse, "linkage")
    for result in load_system(warehouse, system, landing, run):
        for file in result.files:
            if file.status != "loaded" or file.rows_quarantined:
                raise RuntimeError(f"{file.name}: {file.status}, {file.rows_quarantined} rows in quarantine.")
    return run


def normalize(warehouse: Warehouse, run: Run, labelled: Labelled, kind: str, folder: Path) -> None:
    """Run the pipeline's dbt models of people and companies."""
    from dbt.cli.main import dbtRunner

    fields = [c for c in labelled.records.columns if c != "record_id" and c not in labelled.attributes]
    project = write_project(folder / "project", kind, fields, labelled.attributes)
    os.environ.update(dbt_environment(warehouse.settings))
    variables = {"run_id": run.run_id, "run_started_at": run.started_at_text}
    arguments = ["build", "--select", "tag:normalized_record", "--vars", json.dumps(variables), "--quiet"]
    arguments += ["--no-use-colors", "--no-write-json", "--project-dir", str(project), "--profiles-dir", str(project)]
    arguments += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    outcome = dbtRunner().invoke(arguments)
    if outcome.exception:
        raise DbtError(f"dbt failed: {outcome.exception}") from outcome.exception
    failed = [r for r in outcome.result.results if r.status in ("error", "skipped", "fail")]
    if failed:
        raise DbtError(f"dbt: {failed[0].node.name} failed: {failed[0].message}")


def match(warehouse: Warehouse, run: Run, settings: MatchSettings) -> MatchResult:
    """Run identity resolution."""
    return run_matching(warehouse, run, settings=settings)


def clusters(warehouse: Warehouse) -> dict[str, str]:
    """Record id to profile."""
    rows = warehouse.rows("select record_key, profile_id from MATCH_CLUSTER.CLUSTER")
    return {key.removeprefix(RECORD_PREFIX): profile for key, profile in rows}

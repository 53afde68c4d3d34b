"""`c360 run`: materialise everything through Dagster, in this process, and sum up."""

from __future__ import annotations

import importlib
import json
import logging
import os
import threading
import time
import warnings
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.logging import RichHandler

from c360_assets.collector import imports_left_out
from c360_assets.full_disk import tell_full_disk
from c360_assets.locking import writer_lock
from c360_assets.settings import Settings, load_settings
from c360_assets.warehouse import wake

JOB = "full_refresh"
EXIT_OK, EXIT_FAILED, EXIT_CHECKS_FAILED = 0, 1, 3


def run_pipeline(
    sources: Path | None,
    full_rebuild: bool,
    sample_records: int | None,
    seed: int,
    json_file: Path | None,
    accept_churn: bool = False,
) -> int:
    """Run the whole pipeline.

    Returns:
        0 where everything succeeded, 1 where a step failed, 3 where nothing failed but checks of severity error, those
        that hold back what comes after them included.
    """
    started = time.perf_counter()
    settings = load_settings()
    console = Console(stderr=True)
    _terminal_log(console)
    with writer_lock(settings, wait=False):
        landing, without_files = _landing(settings, sources, sample_records, seed, console)
        # The engine starts in a process of its own while this one imports Dagster.
        waking = threading.Thread(target=wake, args=(settings,))
        waking.start()
        _import_dagster()
        waking.join()
        _reach(settings)
        result = _execute(settings, landing, full_rebuild, accept_churn)
        _forward(settings)
        from c360_assets.commands.summary import collect, render

        summary = collect(settings, result, time.perf_counter() - started) | {"without_files": without_files}
    Console().print(render(summary))
    if told := next(filter(None, (tell_full_disk(m, settings.home) for m in summary["failed_steps"].values())), None):
        Console().print(told)
    if json_file:
        json_file.write_text(json.dumps(summary, indent=2, default=str) + "\n")
    return exit_code(summary)


def exit_code(summary: dict[str, Any]) -> int:
    """What the command ends with, by the summary."""
    if summary["failed_steps"] or not (summary["success"] or summary["stopped_steps"]):
        return EXIT_FAILED
    return EXIT_CHECKS_FAILED if summary["stopped_steps"] or summary["checks"]["failed"] else EXIT_OK


def _landing(
    settings: Settings, sources: Path | None, sample_records: int | None, seed: int, console: Console
) -> tuple[Path, list[str]]:
    """The landing zone, and the declared objects that have no file in it."""
    from c360_assets.activation import load_destinations
    from c360_assets.components.declarations import declared_systems
    from c360_assets.sources.landing import check_landing

    # Dagster would tell a wrong declaration as a traceback, and only after the engine has started.
    load_destinations()
    landing = (sources or settings.landing).expanduser().resolve()
    if sources is None and sample_records and not (landing.is_dir() and any(landing.iterdir())):
        from c360_assets.sample import generate

        console.print(f"No extracts yet: making a sample company of {sample_records:,} records in {landing}")
        generate(sample_records, seed, landing)
    return landing, check_landing(landing, declared_systems())


def _reach(settings: Settings) -> None:
    """Fail before anything is done where the warehouse cannot be reached: each step would fail by itself otherwise."""
    from c360_assets.warehouse import Warehouse

    with Warehouse(settings, "c360 run") as warehouse:
        warehouse.scalar("select 1")


def _import_dagster() -> None:
    """Import what takes longest; nothing is written yet."""
    # Dagster marks many stable features as preview; a user can do nothing about those warnings.
    warnings.filterwarnings("ignore", module="dagster")
    for module in ("dagster_dbt", "c360_assets.definitions"):
        importlib.import_module(module)


def _execute(settings: Settings, landing: Path, full_rebuild: bool, accept_churn: bool) -> Any:
    import dagster as dg

    from c360_assets.dagster_home import prepare_dagster_home
    from c360_assets.definitions import defs

    os.environ["DAGSTER_HOME"] = str(prepare_dagster_home(settings))
    os.environ["C360_HOME"] = str(settings.home)
    from c360_assets.components.stage_run import ACCEPT_CHURN_TAG, FULL_REBUILD_TAG, LANDING_TAG, WRITER_TAGS
    from c360_assets.killed_runs import end_killed_runs

    job = defs().resolve_job_def(JOB)
    with dg.DagsterInstance.get() as instance, imports_left_out():
        end_killed_runs(instance, LANDING_TAG)
        return job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags=WRITER_TAGS
            | {
                LANDING_TAG: str(landing),
                FULL_REBUILD_TAG: str(full_rebuild).lower(),
                ACCEPT_CHURN_TAG: str(accept_churn).lower(),
            },
        )


def _forward(settings: Settings) -> None:
    from c360_assets.lineage_forwarding import forward_events
    from c360_assets.warehouse import Warehouse

    with Warehouse(settings, "c360 forward lineage") as warehouse:
        outcome = forward_events(settings, warehouse)
    if outcome.problem:
        logging.getLogger("c360.lineage").warning("%d event(s) wait: %s", outcome.waiting, outcome.problem)


def _terminal_log(console: Console) -> None:
    # A log file that cannot be written (a full disk) is told once, by the run, and not as a traceback per line.
    logging.raiseExceptions = False
    # markup off: a source's file name may hold brackets.
    handler = RichHandler(console=console, show_path=False, show_level=False, markup=False, log_time_format="%X")
    logger = logging.getLogger("c360")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)

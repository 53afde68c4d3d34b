"""Identity resolution of a million records of people: the stage, bare Splink beside it, and a day with 1 % changed.

`python -m benchmarks.identity_scale [--records N] [--large]`; `--large` goes on to five times as many, which takes most
of an hour. Measured is the pipeline's own call (run_matching), in a process and on an engine that have done nothing
before: records prepared, model trained, pairs blocked, weighed and clustered, contradictions and guards, ids and their
history, review queue. Making the records is not measured. There are no relations to be lifted.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from benchmarks.harness import Measurement, fresh_home, measured_process, processor_seconds
from benchmarks.identity_baseline import bare_splink
from benchmarks.report import Result
from benchmarks.scale_people import draw
from benchmarks.scale_tables import bring_next_day, fill
from c360_assets.identity import run_matching
from c360_assets.run import Run
from c360_assets.settings import Settings, load_settings
from c360_assets.warehouse import Warehouse
from c360_assets.warehouse.embedded.process import stop

RECORDS, TIMES, SEED, CHANGES = 1_000_000, 5, 14, 0.01
LIMIT_TIMES_SPLINK, LIMIT_CHANGED, LIMIT_GB, LIMIT_GROWTH = 1.5, 0.05, 16.0, 6.0
FIRST, IDLE, CHANGED = (Run(f"day-{day}", datetime(2026, 11, day)) for day in (20, 21, 22))
_NEXT_DAY = "next_day.pickle"


def measure(records: int = RECORDS, large: bool = False, seed: int = SEED) -> Iterator[Result]:
    """Times bare Splink; the next day's share; with `large`, memory and growth."""
    with fresh_home() as home:
        _prepare(home, records, seed)
        first = _stage(home, FIRST)
        yield _beside_splink(home, first, records)
        yield _next_day(home, first, records)
    if not large:
        return
    with fresh_home() as home:
        _prepare(home, records * TIMES, seed)
        most = _stage(home, FIRST)
    named = f"identity of {records * TIMES:,} records of people"
    yield Result(f"{named}: peak memory in GB", most.peak_gb, LIMIT_GB, f"{most.seconds:.0f} s; {_load()}")
    yield Result(
        f"{named}: growth of time from {records:,}", most.seconds / first.seconds, LIMIT_GROWTH,
        f"{most.seconds:.0f} s / {first.seconds:.0f} s",
    )  # fmt: skip


def _beside_splink(home: Path, first: Measurement, records: int) -> Result:
    peer = bare_splink(home)
    compared = sum(kind["pairs_compared"] for kind in first.summary["kinds"].values())
    if compared != peer.pairs:
        raise RuntimeError(f"The stage compared {compared:,} pairs, and bare Splink {peer.pairs:,}.")
    return Result(
        f"identity of {records:,} records of people: times bare Splink with the same pairs",
        first.seconds / peer.seconds, LIMIT_TIMES_SPLINK,
        f"{first.seconds:.0f} s / {peer.seconds:.0f} s; {first.peak_gb:.1f} GB / {peer.peak_gb:.1f} GB; "
        f"{compared:,} pairs; processor time {first.summary['processor']:.0f} s / {peer.processor:.0f} s; {_load()}",
    )  # fmt: skip


def _next_day(home: Path, first: Measurement, records: int) -> Result:
    idle = _stage(home, IDLE)
    with Warehouse(_settings(home)) as warehouse:
        bring_next_day(warehouse, *pickle.loads((home / _NEXT_DAY).read_bytes()), CHANGED)
    changed = _stage(home, CHANGED)
    return Result(
        f"identity of {records:,} records, 1 % changed: share of the first run, less what a run of no change costs",
        (changed.seconds - idle.seconds) / first.seconds, LIMIT_CHANGED,
        f"({changed.seconds:.1f} s - {idle.seconds:.1f} s) / {first.seconds:.0f} s; {_load()}",
    )  # fmt: skip


def _prepare(home: Path, records: int, seed: int) -> None:
    """Fill the normalized tables, and keep the next day beside them."""
    population = draw(records, seed, CHANGES)
    with Warehouse(_settings(home)) as warehouse:
        fill(warehouse, population, FIRST)
    (home / _NEXT_DAY).write_bytes(pickle.dumps((population.next_day, population.gone)))


def _stage(home: Path, run: Run) -> Measurement:
    """Run the stage in a process of its own, on an engine that begins with it."""
    stop(_settings(home))
    done = measured_process(home, "benchmarks.identity_scale", "--stage", run.run_id, str(run.started_at))
    return replace(done, seconds=done.summary["wall"])


def _run_stage(run_id: str, started_at: str) -> None:
    with Warehouse() as warehouse:
        # The engine's start and the session's are no part of it.
        warehouse.scalar("select 1")
        started, busy = time.perf_counter(), processor_seconds(warehouse)
        result = run_matching(warehouse, Run(run_id, datetime.fromisoformat(started_at)))
        wall, processor = time.perf_counter() - started, processor_seconds(warehouse) - busy
        slowest = sorted(warehouse.statements, key=lambda s: -s.seconds)[:10]
    told = result.as_dict() | {
        "wall": wall,
        "processor": processor,
        "statements": len(warehouse.statements),
        "slowest": [(round(s.seconds, 2), " ".join(s.sql.split())[:100]) for s in slowest],
    }
    print(json.dumps(told))


def _settings(home: Path) -> Settings:
    return load_settings(os.environ | {"C360_HOME": str(home)})


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


def main() -> None:
    """Print the results, or (`--stage`) run the stage and print what it tells."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--stage", nargs=2, metavar=("RUN", "STARTED_AT"))
    given = parser.parse_args()
    if given.stage:
        _run_stage(*given.stage)
        return
    for result in measure(given.records, given.large, given.seed):
        print(result, flush=True)


if __name__ == "__main__":
    main()

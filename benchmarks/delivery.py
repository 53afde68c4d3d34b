"""Delivery to simulators on this machine: rows a second, beside the simulator's own limit, and peak memory.

Each delivery and each simulator is a process of its own. The limit is what the same batches take when they are sent by
the same connector with no warehouse around it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import fresh_home
from benchmarks.report import Result
from c360_assets.settings import PROJECT_ROOT

# Destination, purpose by consent or not, requests at once.
CASES = (
    ("webhook", False, 1), ("hubspot", False, 1), ("hubspot", True, 1), ("braze", True, 1), ("braze", True, 4),
    ("salesforce", False, 1), ("zendesk", False, 4), ("kafka", False, 1), ("files", False, 1), ("files", True, 1),
)  # fmt: skip
FEW, MANY = 10_000, 100_000
LIMIT_SECONDS, LIMIT_GROWTH = 1.0, 1.25
_SIMULATED = {"files": "CSV files", "kafka": "librdkafka's brokers in memory"}


@dataclass(frozen=True)
class Delivered:
    """One delivery, as its own process told it."""

    seconds: float
    peak_mb: float
    processor: float
    """Of the delivery's own process."""
    engine: float
    """Of the embedded engine, meanwhile."""


def measure(few: int = FEW, many: int = MANY) -> Iterator[Result]:
    """Seconds per 5,000 rows for each case, against one second or the simulator's limit; growth of memory with rows."""
    for connector, by_consent, concurrency in CASES:
        yield _speed(connector, by_consent, concurrency, few)
    small, large = (_delivered("webhook", rows, False, 1) for rows in (few, many))
    yield Result(
        f"delivery: peak memory at {many:,} rows over that at {few:,}", large.peak_mb / small.peak_mb, LIMIT_GROWTH,
        f"{small.peak_mb:,.0f} MB, {large.peak_mb:,.0f} MB; {many / large.seconds:,.0f} rows a second",
    )  # fmt: skip


def _speed(connector: str, by_consent: bool, concurrency: int, rows: int) -> Result:
    # Alternately, and the better of two: what else runs on the machine meets both.
    bare, told = [], []
    for _ in range(2):
        if connector != "files":
            bare.append(_delivered(connector, rows, by_consent, concurrency, bare=True).seconds)
        told.append(_delivered(connector, rows, by_consent, concurrency))
    best = min(told, key=lambda each: each.seconds)
    note = f"{rows / best.seconds:,.0f} rows a second"
    if bare:
        note += f"; the simulator's limit is {rows / min(bare):,.0f}"
    note += f"; a row takes {best.processor / rows * 1e6:.0f} µs of processor and {best.engine / rows * 1e6:.0f} of the"
    return Result(
        f"delivery to {_SIMULATED.get(connector, f'a simulated {connector}')},"
        f" {'by consent' if by_consent else 'by contract'}, {concurrency} at once: seconds per 5,000 rows",
        best.seconds / rows * 5_000,
        max(LIMIT_SECONDS, min(bare, default=0) / rows * 5_000),
        f"{note} engine",
    )


def _delivered(connector: str, rows: int, by_consent: bool, concurrency: int, bare: bool = False) -> Delivered:
    serving = nullcontext("") if connector == "files" else _simulator(connector)
    with fresh_home() as home, serving as url:
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.delivery_process", "bare" if bare else "deliver",
                   connector, url, str(rows), "email" if by_consent else "", str(concurrency)]  # fmt: skip
        done = subprocess.run(command, env=_environment(home), capture_output=True, text=True, check=True)
    return Delivered(**json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def _simulator(connector: str) -> Iterator[str]:
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.delivery_process", "simulate", connector]
    with subprocess.Popen(command, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdin and one.stdout
        yield one.stdout.readline().strip()
        one.stdin.close()


def _environment(home: Path | None = None) -> dict[str, str]:
    paths = [PROJECT_ROOT, PROJECT_ROOT / "tests", PROJECT_ROOT / "tests" / "warehouse" / "activation"]
    own = {"PYTHONPATH": os.pathsep.join(map(str, paths))}
    return os.environ | own | ({"C360_HOME": str(home)} if home else {})


if __name__ == "__main__":
    for result in measure():
        print(result, flush=True)

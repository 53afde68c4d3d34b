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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import fresh_home
from benchmarks.report import Result
from c360_assets.settings import PROJECT_ROOT

# Destination, purpose by consent or not, requests at once.
CASES = (("webhook", False, 1), ("hubspot", False, 1), ("hubspot", True, 4), ("braze", True, 4))
FEW, MANY = 10_000, 100_000
LIMIT_SECONDS, LIMIT_GROWTH = 1.0, 1.25


@dataclass(frozen=True)
class Delivered:
    """One delivery, as its own process told it."""

    seconds: float
    peak_mb: float


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
        bare.append(_delivered(connector, rows, by_consent, concurrency, bare=True).seconds)
        told.append(_delivered(connector, rows, by_consent, concurrency).seconds)
    how = f"{'by consent' if by_consent else 'by contract'}, {concurrency} at once"
    per_second, limit = rows / min(told), rows / min(bare)
    return Result(
        f"delivery to a simulated {connector}, {how}: seconds per 5,000 rows", 5_000 / per_second,
        max(LIMIT_SECONDS, 5_000 / limit),
        f"{per_second:,.0f} rows a second; the simulator's limit is {limit:,.0f}, ratio {per_second / limit:.2f}",
    )  # fmt: skip


def _delivered(connector: str, rows: int, by_consent: bool, concurrency: int, bare: bool = False) -> Delivered:
    with fresh_home() as home, _simulator(connector) as url:
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

"""`c360 run` on 20,000 sample records after set-up: at most 120 s, of which orchestration at most half."""

from __future__ import annotations

from benchmarks.harness import c360, fresh_home, measured_run
from benchmarks.report import Result

RECORDS = 20_000
LIMIT_SECONDS = 120.0
LIMIT_ORCHESTRATION = 0.5


def measure(records: int = RECORDS) -> list[Result]:
    """Two results: the seconds of the run and orchestration's share of them."""
    with fresh_home() as home:
        c360(home, "sample", "--records", str(records), "--seed", "11")
        run = measured_run(home)
    share = 1 - run.warehouse_seconds / run.seconds
    return [
        Result(f"first run, {records:,} records: seconds", run.seconds, LIMIT_SECONDS, f"{run.peak_gb:.2f} GB"),
        Result("first run: orchestration's share", share, LIMIT_ORCHESTRATION, "1 - warehouse / wall"),
    ]


if __name__ == "__main__":
    for result in measure():
        print(result)

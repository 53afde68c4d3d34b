"""A million source records in 6 GB, growth from 100,000 to it, and the whole run against bare Splink on DuckDB."""

from __future__ import annotations

import argparse

from benchmarks.harness import c360, fresh_home, measured_run
from benchmarks.identity_baseline import bare_splink
from benchmarks.report import Result
from benchmarks.second_run import LIMIT_CHANGED

SMALL, LARGE = 100_000, 1_000_000
LIMIT_TIMES_SPLINK, LIMIT_GROWTH, LIMIT_GB = 25.0, 12.0, 6.0


def measure(small: int = SMALL, large: int = LARGE) -> list[Result]:
    """Four results: times bare Splink, the next day's cost, peak memory, growth."""
    with fresh_home() as home:
        c360(home, "sample", "--records", str(small), "--seed", "13")
        little = measured_run(home)
    with fresh_home() as home:
        c360(home, "sample", "--records", str(large), "--seed", "13")
        much = measured_run(home)
        splink = bare_splink(home).seconds
        c360(home, "sample", "--changes", "0.01", "--seed", "13")
        next_day = measured_run(home)
    return [
        Result(
            f"{large:,} records: times bare Splink's train, predict and cluster",
            much.seconds / splink,
            LIMIT_TIMES_SPLINK,
            f"{much.seconds:.0f} s / {splink:.1f} s",
        ),
        Result(
            f"next day, 1 % changed, {large:,} records: ratio of warehouse time",
            next_day.warehouse_seconds / much.warehouse_seconds,
            LIMIT_CHANGED,
            f"{next_day.warehouse_seconds:.1f} s / {much.warehouse_seconds:.1f} s",
        ),
        Result(f"{large:,} records: peak memory in GB", much.peak_gb, LIMIT_GB, "all processes together"),
        Result(
            f"growth of time from {small:,} to {large:,} records",
            much.seconds / little.seconds,
            LIMIT_GROWTH,
            f"{much.seconds:.0f} s / {little.seconds:.0f} s",
        ),
    ]


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--small", type=int, default=SMALL)
    arguments.add_argument("--large", type=int, default=LARGE)
    options = arguments.parse_args()
    for result in measure(options.small, options.large):
        print(result)

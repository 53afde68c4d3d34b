"""A million source records against bare Splink on DuckDB, in 6 GB; and growth from 100,000 to 1,000,000."""

from __future__ import annotations

import argparse

from benchmarks.harness import c360, fresh_home, measured_run
from benchmarks.identity_baseline import bare_splink_seconds
from benchmarks.report import Result

SMALL, LARGE = 100_000, 1_000_000
LIMIT_TIMES_SPLINK, LIMIT_GROWTH, LIMIT_GB = 25.0, 12.0, 6.0


def measure(small: int = SMALL, large: int = LARGE) -> list[Result]:
    """Three results: times bare Splink, peak memory, growth."""
    with fresh_home() as home:
        c360(home, "sample", "--records", str(small), "--seed", "13")
        little = measured_run(home)
    with fresh_home() as home:
        c360(home, "sample", "--records", str(large), "--seed", "13")
        much = measured_run(home)
        splink = bare_splink_seconds(home)
    return [
        Result(
            f"{large:,} records: times bare Splink's train, predict and cluster",
            much.seconds / splink,
            LIMIT_TIMES_SPLINK,
            f"{much.seconds:.0f} s / {splink:.1f} s",
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

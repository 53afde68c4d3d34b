"""A run costs what changed: nothing changed, at most a tenth of the first run's warehouse time; 1 %, a fifth."""

from __future__ import annotations

from benchmarks.harness import c360, fresh_home, measured_run
from benchmarks.report import Result

RECORDS = 100_000
LIMIT_UNCHANGED, LIMIT_CHANGED = 0.1, 0.2


def measure(records: int = RECORDS) -> list[Result]:
    """Two ratios of warehouse seconds, each against the first run in the same home."""
    with fresh_home() as home:
        c360(home, "sample", "--records", str(records), "--seed", "12")
        first = measured_run(home)
        unchanged = measured_run(home)
        c360(home, "sample", "--changes", "0.01", "--seed", "12")
        changed = measured_run(home)
    base = first.warehouse_seconds
    return [
        Result(
            f"second run, nothing changed, {records:,} records: ratio of warehouse time",
            unchanged.warehouse_seconds / base,
            LIMIT_UNCHANGED,
            f"{unchanged.warehouse_seconds:.1f} s / {base:.1f} s",
        ),
        Result(
            f"next day, 1 % changed, {records:,} records: ratio of warehouse time",
            changed.warehouse_seconds / base,
            LIMIT_CHANGED,
            f"{changed.warehouse_seconds:.1f} s / {base:.1f} s",
        ),
    ]


if __name__ == "__main__":
    for result in measure():
        print(result)

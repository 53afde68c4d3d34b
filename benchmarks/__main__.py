"""All benchmarks, one after another; writes RESULTS.md and ends with 1 where a limit is passed."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

from benchmarks import (
    delivery,
    first_run,
    identity_scale,
    large_run,
    ledger_size,
    lineage_share,
    planning,
    second_run,
    trace,
)
from benchmarks.report import Result, markdown

MODULES = (first_run, second_run, large_run, identity_scale, ledger_size, lineage_share, trace, planning, delivery)
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """Measure, print as it goes, write the page."""
    results: list[Result] = []
    for module in MODULES:
        for result in module.measure():
            print(result, flush=True)
            results.append(result)
        RESULTS.write_text(markdown(results, _machine()))
    return 0 if all(result.holds for result in results) else 1


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}."


if __name__ == "__main__":
    sys.exit(main())

"""What ledger and events add to the pipeline's time: the seconds of their code and statements over all other seconds.

`c360 run` runs in a process where every entry to the code of lineage is timed: column lineage, events, outbox,
settling, hash chains, forwarding, and importing all that. Each waits for its own statements, so the warehouse's part is
in it. Of dbt's models those that keep the ledger count as a whole, though a history of profiles and consents would be
kept without one; of PROFILE_FIELD's statement, which runs again with and without them, only the grounds.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.harness import c360, fresh_home
from benchmarks.report import Result

RECORDS = (20_000, 100_000)
LIMIT = 0.1
LEDGER_MODELS = frozenset({"profile_version", "rule_set", "validation_set", "match_evidence", "consent_history"})
_PAIRS = 3
# What PROFILE_FIELD's statement does for the grounds, and what would stand there.
_GROUNDS = (
    (r"listagg\(\s*case reason.*?as losing_members", "'' as losing_members"),
    (r"row_number\(\) over \([^()]*\) as member_no", "1 as member_no"),
)


class Watch:
    """Seconds inside functions, by what they are for. What a timed one calls is part of it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._within = threading.local()

    def add(self, what: str, seconds: float) -> None:
        """Count seconds."""
        self.seconds[what] = self.seconds.get(what, 0.0) + seconds

    def put_on(self, owner: Any, what: str, *names: str) -> None:
        """Time these functions of a module or class from now on."""
        for name in names:
            setattr(owner, name, self._timed(getattr(owner, name), what))

    def _timed(self, function: Callable[..., Any], what: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any, **options: Any) -> Any:
            if getattr(self._within, "a_timed_one", False):
                return function(*arguments, **options)
            self._within.a_timed_one, started = True, time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                self._within.a_timed_one = False
                self.add(what, time.perf_counter() - started)

        return timed


def watched_run(out: Path, begun: float) -> int:
    """`c360 run` in this process, which began then; writes the seconds of lineage by their parts to a file."""
    watch, started = Watch(), time.perf_counter()
    names = ("access_log", "chain", "columns", "events", "forward", "outbox", "settle", "transports")
    access_log, chain, _, _, _, outbox, settle, _ = (importlib.import_module(f"lineage.{name}") for name in names)
    watch.add("imports", time.perf_counter() - started)
    # Before anybody takes them by name.
    watch.put_on(settle, "settling", "abort_killed")
    watch.put_on(outbox, "events", "ensure_tables", "write", "completed")
    watch.put_on(chain, "chains", "ensure_tables", "seal", "seal_within")
    watch.put_on(access_log, "chains", "ensure_tables", "note")
    from c360_assets import dbt_project, lineage_forwarding

    watch.put_on(lineage_forwarding, "forwarding", "forward_events")
    fields: list[str] = []
    invoke = dbt_project.invoke

    def invoked(*arguments: Any, **options: Any) -> Any:
        outcome = invoke(*arguments, **options)
        for result in getattr(outcome.result, "results", ()):
            if result.node.name in LEDGER_MODELS:
                watch.add("ledger", result.execution_time)
            elif result.node.name == "profile_field":
                fields.append(result.node.compiled_code)
        return outcome

    setattr(dbt_project, "invoke", invoked)  # noqa: B010
    from c360_assets.components.stage_lineage import StageLineage

    watch.put_on(StageLineage, "events", "started", "published", "finished", "unchanged", "checked", "failed")
    from c360_assets.commands.run import run_pipeline

    code = run_pipeline(None, False, None, 0, None)
    whole = time.time() - begun
    if fields:
        watch.add("ledger", _seconds_of_grounds(fields[-1]))
    out.write_text(json.dumps({"whole": whole, "lineage": watch.seconds}))
    return code


def _seconds_of_grounds(sql: str) -> float:
    from c360_assets.warehouse import Warehouse

    without = sql
    for pattern, instead in _GROUNDS:
        without, found = re.subn(pattern, instead, without, flags=re.DOTALL | re.IGNORECASE)
        if not found:
            raise RuntimeError(
                f"PROFILE_FIELD's statement has no {pattern!r} any more; mend benchmarks/lineage_share.py."
            )
    spent: dict[str, list[float]] = {sql: [], without: []}
    with Warehouse(query_tag="benchmark") as session:
        for _ in range(_PAIRS):
            for select, seconds in spent.items():
                started = time.perf_counter()
                session.execute(f"create or replace temporary table LINEAGE.SHARE_PAIR as {select}")
                seconds.append(time.perf_counter() - started)
        session.execute("drop table LINEAGE.SHARE_PAIR")
    return max(0.0, median(spent[sql]) - median(spent[without]))


def measure(records: tuple[int, ...] = RECORDS) -> Iterator[Result]:
    """Two shares for each number of records: of the first run, and of the next day's with 1 % changed."""
    for number in records:
        with fresh_home() as home:
            c360(home, "sample", "--records", str(number), "--seed", "14")
            yield _share(home, f"first run, {number:,} records")
            c360(home, "sample", "--changes", "0.01", "--seed", "14")
            yield _share(home, f"next day, 1 % changed, {number:,} records")


def _share(home: Path, what: str) -> Result:
    out = home / "lineage_share.json"
    command = [sys.executable, "-m", "benchmarks.lineage_share", "--run", str(out), "--begun", str(time.time())]
    done = subprocess.run(command, env=os.environ | {"C360_HOME": str(home)}, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"c360 run failed ({done.returncode}): {done.stderr[-2000:]}")
    told = json.loads(out.read_text())
    lineage = sum(told["lineage"].values())
    parts = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in sorted(told["lineage"].items()))
    note = f"{lineage:.1f} s of {told['whole']:.1f} s: {parts}; load {os.getloadavg()[0]:.1f}"
    return Result(f"what ledger and events add, {what}", lineage / (told["whole"] - lineage), LIMIT, note)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, nargs="*", default=RECORDS)
    arguments.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    arguments.add_argument("--begun", type=float, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.run:
        sys.exit(watched_run(options.run, options.begun))
    for result in measure(tuple(options.records)):
        print(result, flush=True)

"""Tracing and verifying many profiles, through the warehouse connection: how long each takes."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from statistics import quantiles

from benchmarks.harness import c360, fresh_home
from benchmarks.many_profiles import multiply
from benchmarks.report import Result
from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse
from lineage.find import find
from lineage.trace import trace_profile
from lineage.tracing.source_record import trace_record
from lineage.verify import verify

PROFILES = 1_000_000
TRACES, VERIFIED = 200, 10_000
LIMIT_TRACE, LIMIT_VERIFY = 0.25, 60.0


def measure(profiles: int = PROFILES) -> list[Result]:
    """p95 of a trace back and forward, of a find, and the time to verify random profiles; seconds."""
    with fresh_home() as home:
        c360(home, "run", "--sample", "1000", "--seed", "12")
        with Warehouse(load_settings({**os.environ, "C360_HOME": str(home)})) as session:
            return of(session, profiles)


def of(session: Warehouse, profiles: int) -> list[Result]:
    """The same on a warehouse that holds a small run."""
    few = int(session.scalar("select count(distinct profile_id) from GOLDEN_PROFILE.PROFILE_VERSION"))
    total = multiply(session, max(1, profiles // few))
    choice = random.Random(1)
    ids = [p for (p,) in session.rows("select profile_id from GOLDEN_PROFILE.PROFILE_MEMBER sample (2000 rows)")]
    keys = [k for (k,) in session.rows("select record_key from GOLDEN_PROFILE.PROFILE_MEMBER sample (2000 rows)")]
    results = [
        _timed(f"trace of a profile among {total:,}", lambda: trace_profile(session, choice.choice(ids))),
        _timed(f"trace of a record among {total:,} profiles", lambda: trace_record(session, choice.choice(keys))),
        _timed(f"find by a source record among {total:,} profiles", lambda: find(session, choice.choice(keys))),
    ]
    started = time.perf_counter()
    done = verify(session, sample=VERIFIED)
    seconds = time.perf_counter() - started
    parts = ", ".join(f"{name} {spent:.1f} s" for name, spent in done.seconds.items())
    what = f"{len(done.findings)} findings; {parts}"
    return [*results, Result(f"verify of {done.profiles:,} profiles: seconds", seconds, LIMIT_VERIFY, what)]


def _timed(what: str, ask: Callable[[], object]) -> Result:
    spent = []
    for _ in range(TRACES):
        started = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - started)
    cuts = quantiles(spent, n=20)
    detail = f"p50 {cuts[9] * 1000:.0f} ms, p95 {cuts[18] * 1000:.0f} ms"
    return Result(f"{what}: p95 in seconds", cuts[18], LIMIT_TRACE, detail)


if __name__ == "__main__":
    for result in measure():
        print(result)

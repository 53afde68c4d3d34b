"""Tracing and verifying many profiles, through the warehouse connection: how long each takes."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from statistics import quantiles

from benchmarks.harness import c360, engine_gb, fresh_home, processor_seconds
from benchmarks.many_profiles import multiply
from benchmarks.report import Result
from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse
from lineage.find import find
from lineage.trace import trace_profile
from lineage.tracing.source_record import trace_record
from lineage.verify import verify

PROFILES = 1_000_000
RECORDS = 2_000
TRACES, VERIFIED = 200, 10_000
LIMIT_TRACE, LIMIT_VERIFY, LIMIT_MEMORY = 0.25, 60.0, 6.0


def measure(profiles: int = PROFILES) -> list[Result]:
    """p95 of a trace back and forward, of finds, and the time to verify random profiles; seconds and memory."""
    with fresh_home() as home:
        c360(home, "run", "--sample", str(RECORDS), "--seed", "12")
        settings = load_settings({**os.environ, "C360_HOME": str(home)})
        with Warehouse(settings) as session:
            few = int(session.scalar("select count(distinct profile_id) from GOLDEN_PROFILE.PROFILE_VERSION"))
            multiply(session, max(1, profiles // few))
            return of(session)


def of(session: Warehouse) -> list[Result]:
    """The same on a warehouse as it is."""
    total = int(session.scalar("select count(distinct profile_id) from GOLDEN_PROFILE.PROFILE_VERSION"))
    choice = random.Random(1)
    ids, keys, mails = (
        [value for (value,) in session.rows(f"select {column} from {table} order by md5({column}) limit 2000")]
        for column, table in (
            ("profile_id", "GOLDEN_PROFILE.PROFILE_MEMBER"),
            ("record_key", "GOLDEN_PROFILE.PROFILE_MEMBER"),
            ("value_canonical", "(select * from NORMALIZED_RECORD.\"IDENTIFIER\" where identifier_type = 'email')"),
        )
    )
    asked: dict[str, Callable[[], object]] = {
        "trace of a profile": lambda: trace_profile(session, choice.choice(ids)),
        "trace of a record": lambda: trace_record(session, choice.choice(keys)),
        "find by a record's key": lambda: find(session, choice.choice(keys)),
        "find by an e-mail address": lambda: find(session, choice.choice(mails)),
    }
    results = [_timed(f"{what}, {total:,} profiles", session, ask) for what, ask in asked.items()]
    memory = [
        Result("memory of the engine after traces: GB", engine_gb(session), LIMIT_MEMORY, f"{os.cpu_count()} cores")
    ]
    started = time.perf_counter()
    done = verify(session, sample=VERIFIED)
    seconds = time.perf_counter() - started
    parts = ", ".join(f"{name} {spent:.1f} s" for name, spent in done.seconds.items())
    what = f"{len(done.findings)} findings; {parts}; {_load()}"
    return [*results, *memory, Result(f"verify of {done.profiles:,} profiles: seconds", seconds, LIMIT_VERIFY, what)]


def _timed(what: str, session: Warehouse, ask: Callable[[], object]) -> Result:
    ask()
    first, spent, busy = len(session.statements), list[float](), processor_seconds(session)
    for _ in range(TRACES):
        started = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - started)
    cuts = quantiles(spent, n=20)
    statements = (len(session.statements) - first) / TRACES
    busy = (processor_seconds(session) - busy) / TRACES
    note = (
        f"p50 {cuts[9] * 1000:.0f} ms, p95 {cuts[18] * 1000:.0f} ms; each {statements:.1f} statements and"
        f" {busy * 1000:.0f} ms of processor time; {_load()}"
    )
    return Result(f"{what}: p95 in seconds", cuts[18], LIMIT_TRACE, note)


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    for result in measure():
        print(result, flush=True)

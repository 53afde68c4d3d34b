"""Kill the run or the engine at many moments, run again: the same tables as an undisturbed run."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pipeline_home import PipelineHome, Tables, differences

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]
RECORDS, SEED = 600, 23


@dataclass(frozen=True)
class Moment:
    """When the killer strikes: a line of progress or a step that starts, and seconds after it."""

    line: str = ""
    step: str = ""
    after: float = 0.0


MOMENTS = [
    Moment(line="salesforce:account"),
    Moment(line="normalized_record: email_value"),
    Moment(line="normalized_record: identifier"),
    Moment(step="match_cluster_build", after=0.5),
    Moment(step="match_cluster_build", after=3.0),
    Moment(line="golden_profile: profile_field"),
    Moment(line="activation_feed: crm_feed"),
    Moment(line="crm: "),
]


@dataclass(frozen=True)
class Days:
    """An undisturbed home: its landing zone, and its tables after the first and the second day."""

    first_landing: Path
    second_landing: Path
    first: Tables
    second: Tables


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    folder = tmp_path_factory.mktemp("undisturbed")
    home = PipelineHome(folder / "home")
    home.sample(RECORDS, SEED)
    shutil.copytree(home.path / "landing", folder / "first")
    assert home.run().code == 0
    first = home.tables()
    assert home.call("sample", "--changes", "0.1", "--seed", str(SEED)).code == 0
    shutil.copytree(home.path / "landing", folder / "second")
    assert home.run().code == 0
    yield Days(folder / "first", folder / "second", first, home.tables())
    home.remove()


def started_steps(home: PipelineHome) -> set[str]:
    """Steps that Dagster's newest run has begun."""
    runs = sorted((home.path / "dagster/history/runs").glob("*-*.db"), key=lambda p: p.stat().st_mtime)
    if not runs:
        return set()
    try:
        with contextlib.closing(sqlite3.connect(f"file:{runs[-1]}?mode=ro", uri=True)) as connection:
            rows = connection.execute("select step_key from event_logs where dagster_event_type = 'STEP_START'")
            return {row[0] for row in rows}
    except sqlite3.OperationalError:
        # The run has only just made its file.
        return set()


def engine_process(home: PipelineHome) -> int:
    """The process that owns the warehouse's files."""
    return int((home.path / "warehouse/engine.pid").read_text())


def kill_at(home: PipelineHome, moment: Moment, victim: str, *arguments: str) -> bool:
    """Run, and kill -9 the victim at the moment; whether it was reached before the run ended."""
    runs = home.path / "dagster/history/runs"
    known = set(runs.glob("*-*.db"))
    process = home.start("run", *arguments)
    assert process.stderr is not None
    seen = threading.Event()

    def listen() -> None:
        for line in process.stderr or ():
            # A line begins with the time, or with spaces where that is the last line's.
            if moment.line and line[8:].lstrip().startswith(moment.line):
                seen.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    while process.poll() is None and not seen.is_set():
        if moment.step and set(runs.glob("*-*.db")) - known and moment.step in started_steps(home):
            seen.set()
        seen.wait(0.05)
    reached = seen.is_set() and process.poll() is None
    if reached:
        time.sleep(moment.after)
        if victim == "run":
            process.kill()
        else:
            os.kill(engine_process(home), signal.SIGKILL)
    # A run whose engine was killed fails or goes on, but ends.
    assert process.stdout is not None
    process.stdout.read()
    process.wait(timeout=600)
    listener.join(timeout=10)
    return reached


@pytest.mark.parametrize("victim", ["run", "engine"])
def test_killing_and_running_again_gives_the_undisturbed_tables(undisturbed: Days, tmp_path: Path, victim: str) -> None:
    home = PipelineHome(tmp_path / "home")
    try:
        for day, landing, expected, moments in (
            ("first", undisturbed.first_landing, undisturbed.first, MOMENTS),
            ("second", undisturbed.second_landing, undisturbed.second, MOMENTS[::2]),
        ):
            for moment in moments:
                assert kill_at(home, moment, victim, "--sources", str(landing)), f"{day} day: {moment} was not reached"
            done = home.run("--sources", str(landing))
            assert done.code == 0, done.err[-2000:]
            assert differences(expected, home.tables()) == {}, day
    finally:
        home.remove()

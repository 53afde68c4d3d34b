"""Run the pipeline in a home of its own and measure it as whole processes: seconds and memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from c360_assets.settings import PROJECT_ROOT
from c360_assets.warehouse import Warehouse
from c360_assets.warehouse.embedded.process import find

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Measurement:
    """One `c360 run`: wall seconds, peak memory of all its processes together, and its own summary."""

    seconds: float
    peak_gb: float
    summary: dict[str, Any]

    @property
    def warehouse_seconds(self) -> float:
        """Seconds in which statements ran in the warehouse."""
        return float(self.summary["warehouse_seconds"])


@contextmanager
def fresh_home() -> Iterator[Path]:
    """A C360_HOME that is removed afterwards, its engine stopped."""
    home = Path(tempfile.mkdtemp(prefix="c360-bench-"))
    try:
        yield home
    finally:
        c360(home, "reset", "--yes")
        shutil.rmtree(home, ignore_errors=True)


def c360(home: Path, *arguments: str) -> None:
    """Run one `c360` command quietly; raises CalledProcessError with its output where it fails."""
    subprocess.run(_command(*arguments), env=_environment(home), check=True, capture_output=True)


def measured_run(home: Path, *arguments: str) -> Measurement:
    """`c360 run` on the home's landing zone, measured from outside."""
    out = home / "summary.json"
    memory = _Memory(home)
    started = time.perf_counter()
    with memory:
        completed = subprocess.run(
            _command("run", "--json", str(out), *arguments), env=_environment(home), capture_output=True, text=True
        )
    seconds = time.perf_counter() - started
    if completed.returncode not in (0, 3):
        raise RuntimeError(f"c360 run failed ({completed.returncode}): {completed.stderr[-2000:]}")
    return Measurement(seconds, memory.peak / 1e9, json.loads(out.read_text()))


def measured_process(home: Path, module: str, *arguments: str) -> Measurement:
    """`python -m MODULE` with the home as C360_HOME; the last line that it prints is its summary as JSON."""
    memory = _Memory(home)
    started = time.perf_counter()
    with memory:
        completed = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", module, *arguments],
            env=_environment(home), capture_output=True, text=True, cwd=PROJECT_ROOT,
        )  # fmt: skip
    seconds = time.perf_counter() - started
    if completed.returncode:
        raise RuntimeError(f"{module} failed ({completed.returncode}): {completed.stderr[-2000:]}")
    return Measurement(seconds, memory.peak / 1e9, json.loads(completed.stdout.splitlines()[-1]))


def engine_gb(session: Warehouse) -> float:
    """Memory of the embedded engine behind a session; 0 where the warehouse is elsewhere."""
    engine = find(session.settings) if session.settings.embedded else None
    return _resident(Path("/proc") / str(engine.pid)) / 1e9 if engine else 0.0


def processor_seconds(session: Warehouse) -> float:
    """What this process and the embedded engine behind a session have cost so far."""
    engine = find(session.settings) if session.settings.embedded else None
    if engine is None:
        return time.process_time()
    after_name = (Path("/proc") / str(engine.pid) / "stat").read_text().rsplit(")", 1)[1].split()
    ticks = int(after_name[11]) + int(after_name[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "c360_assets.cli", *arguments]


def _environment(home: Path) -> dict[str, str]:
    return os.environ | {"C360_HOME": str(home)}


class _Memory(threading.Thread):
    """Peak of the summed proportional memory of all processes that belong to the home."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self.home, self.peak, self._ended = str(home), 0, threading.Event()

    def __enter__(self) -> _Memory:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        """Poll until the measured command has ended."""
        while not self._ended.wait(POLL_SECONDS):
            self.peak = max(self.peak, sum(_resident(pid) for pid in self._processes()))

    def _processes(self) -> Iterator[Path]:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self.home in (process / "environ").read_bytes().decode(errors="replace"):
                    yield process
            except OSError:
                continue  # ended in between, or another user's


def _resident(process: Path) -> int:
    try:
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0  # ended in between
    return 0

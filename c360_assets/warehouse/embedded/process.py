"""Start, find and stop the one background process that owns the embedded warehouse's files."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from c360_assets.settings import Settings


@dataclass(frozen=True)
class Engine:
    """A running engine: where it listens and the token it asks for."""

    pid: int
    port: int
    token: str


def _directory(settings: Settings) -> Path:
    path = settings.home / "warehouse"
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def _locked(directory: Path) -> Any:
    with (directory / "engine.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def find(settings: Settings) -> Engine | None:
    """The engine that serves these settings' files, or None."""
    state = _directory(settings) / "engine.json"
    if not state.exists():
        return None
    engine = Engine(**json.loads(state.read_text()))
    try:
        os.kill(engine.pid, 0)
    except ProcessLookupError:
        return None
    return engine if _answers(engine.port) else None


def ensure_running(settings: Settings) -> Engine:
    """Find the engine or start it."""
    directory = _directory(settings)
    with _locked(directory):
        if engine := find(settings):
            return engine
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        token = secrets.token_urlsafe(24)
        log = (directory / "engine.log").open("ab")
        child = subprocess.Popen(
            [sys.executable, "-m", "c360_assets.warehouse.embedded.server", str(directory), str(port)],
            env=os.environ | {"C360_ENGINE_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        for _ in range(600):
            if _answers(port):
                break
            if child.poll() is not None:
                raise RuntimeError(f"The embedded engine did not start; see {directory / 'engine.log'}.")
            time.sleep(0.05)
        engine = Engine(child.pid, port, token)
        state = directory / "engine.json"
        state.touch(mode=0o600)
        state.write_text(json.dumps(asdict(engine)))
        return engine


def stop(settings: Settings) -> bool:
    """Stop the engine cleanly; True if one was running."""
    engine = find(settings)
    if engine is None:
        return False
    os.kill(engine.pid, signal.SIGTERM)
    for _ in range(200):
        if not _answers(engine.port):
            break
        time.sleep(0.05)
    (_directory(settings) / "engine.json").unlink(missing_ok=True)
    return True

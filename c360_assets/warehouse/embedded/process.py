"""Start, find and stop the one background process that owns the embedded warehouse's files."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from c360_assets.settings import Settings
from c360_assets.warehouse.errors import WarehouseError

START_SECONDS = 120
STOP_SECONDS = 60
_SERVER = "c360_assets.warehouse.embedded.server"


class EngineError(WarehouseError):
    """The engine cannot be started or stopped; the message says why and what to do."""


@dataclass(frozen=True)
class Engine:
    """A running engine: where it listens and the token it asks for."""

    pid: int
    port: int
    token: str


def find(settings: Settings) -> Engine | None:
    """The engine that serves these settings' files, or None.

    It must prove that it knows the token, so a stale file, a reused process id or a stranger on its port are no engine.
    """
    engine = _read_state(_directory(settings))
    return _proven(engine) if engine else None


def ensure_running(settings: Settings) -> Engine:
    """Find the engine or start it.

    Raises:
        EngineError: it does not start.
    """
    if engine := find(settings):
        return engine
    directory = _directory(settings)
    with _locked(directory):
        if engine := find(settings):
            return engine
        # Whoever still owns the files without being reachable through the state file must go first.
        _end_owner(directory)
        return _start(directory)


def stop(settings: Settings) -> bool:
    """Stop the engine cleanly and wait until its files are free; True if one was running."""
    directory = _directory(settings)
    with _locked(directory):
        was_running = _end_owner(directory)
        (directory / "engine.json").unlink(missing_ok=True)
    return was_running


def proof(token: str, nonce: str) -> str:
    """What an engine with this token answers to this nonce; the token itself is never sent to be checked."""
    return hmac.new(token.encode(), nonce.encode(), hashlib.sha256).hexdigest()


def _directory(settings: Settings) -> Path:
    path = settings.home / "warehouse"
    try:
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise EngineError(f"C360_HOME: cannot use the folder {path}: {error.strerror}.") from None
    return path


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    path = directory / "engine.lock"
    path.touch(mode=0o600)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _read_state(directory: Path) -> Engine | None:
    try:
        state = json.loads((directory / "engine.json").read_text())
        return Engine(int(state["pid"]), int(state["port"]), str(state["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        # Missing, cut short or damaged: whoever runs is found through the lock on engine.pid.
        return None


def _proven(engine: Engine, timeout: float = 5) -> Engine | None:
    """The engine with its present process id, if it proves to be ours."""
    nonce = secrets.token_hex(16)
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=timeout)
    try:
        connection.request("GET", f"/engine/{nonce}")
        answer = json.loads(connection.getresponse().read())
        ours = hmac.compare_digest(str(answer["proof"]), proof(engine.token, nonce))
        return replace(engine, pid=int(answer["pid"])) if ours else None
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _start(directory: Path) -> Engine:
    token = secrets.token_urlsafe(24)
    # The socket is bound here and handed over, so no one can take the port in between.
    output_file = directory / "engine.out"
    output_file.touch(mode=0o600)
    with socket.socket() as listener, output_file.open("wb") as output:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        descriptor = listener.fileno()
        child = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("supervisor.py")), str(directory), str(descriptor)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            pass_fds=[descriptor],
            start_new_session=True,
            cwd=Path(__file__).resolve().parents[3],
        )
        assert child.stdin
        # Through the pipe, not the command line or the environment, which others may list.
        with suppress(BrokenPipeError):
            child.stdin.write(token.encode())
            child.stdin.close()
        engine = Engine(child.pid, listener.getsockname()[1], token)
    deadline = time.monotonic() + START_SECONDS
    while not (running := _proven(engine, timeout=max(0.1, deadline - time.monotonic()))):
        if child.poll() is not None or time.monotonic() > deadline:
            if child.poll() is None:
                child.kill()
            raise EngineError(
                f"The embedded engine did not start. {_last_words(directory)} See {directory / 'engine.log'} and "
                f"{directory / 'engine.out'}."
            )
        time.sleep(0.02)
    _write_state(directory, running)
    # Reaped when it ends, should this process outlive it.
    _CHILDREN.append(child)
    return running


_CHILDREN: list[subprocess.Popen[bytes]] = []


def _last_words(directory: Path) -> str:
    with suppress(OSError):
        lines = (directory / "engine.out").read_text(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else ""
    return ""


def _write_state(directory: Path, engine: Engine) -> None:
    part = directory / "engine.json.part"
    part.touch(mode=0o600)
    part.write_text(json.dumps(asdict(engine)))
    part.replace(directory / "engine.json")


def _end_owner(directory: Path) -> bool:
    """End the process that holds the lock on engine.pid, first kindly; True if there was one."""
    path = directory / "engine.pid"
    path.touch(mode=0o600)
    with path.open("r+") as handle:
        if _free(handle):
            return _end_unlocked(directory)
        pid = int(handle.read().strip() or 0)
        for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 10)):
            with suppress(ProcessLookupError):
                # The lock proves that the process is ours: it ends with its holder.
                if pid:
                    os.kill(pid, number)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                for child in _CHILDREN:
                    child.poll()
                if _free(handle):
                    return True
                time.sleep(0.02)
    raise EngineError(f"The embedded engine (process {pid}) in {directory} does not stop; end it by hand.")


def _end_unlocked(directory: Path) -> bool:
    """End an engine that lost its lock file but is named by the state file and by its own command line."""
    engine = _read_state(directory)
    if engine is None or not _serves(engine.pid, directory):
        return False
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(engine.pid, number)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for child in _CHILDREN:
                child.poll()
            if not _serves(engine.pid, directory):
                return True
            time.sleep(0.05)
    raise EngineError(f"The embedded engine (process {engine.pid}) in {directory} does not stop; end it by hand.")


def _serves(pid: int, directory: Path) -> bool:
    listed = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return _SERVER in listed.stdout and str(directory) in listed.stdout


def _free(handle: object) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    fcntl.flock(handle, fcntl.LOCK_UN)  # type: ignore[arg-type]
    return True

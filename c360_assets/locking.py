"""One writer at a time: two runs at once would read each other's half-written stages."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from threading import Lock

from c360_assets.settings import Settings, SettingsError

_guard = Lock()
_held: dict[str, int] = {}


class RunInProgressError(RuntimeError):
    """Another process is writing to the same C360_HOME."""


def delivery_lock(destination: str) -> str:
    """The name of the lock under which a destination is told anything, and its lineage written."""
    return f"locks/{destination}"


@contextmanager
def writer_lock(settings: Settings, wait: bool = True, name: str = "writer") -> Iterator[None]:
    """Hold the home's write lock, or another of this name; within one process it may be taken again.

    The operating system frees it when the process ends, however it ends.

    Raises:
        RunInProgressError: another process holds it and `wait` is false.
        SettingsError: C360_HOME cannot be used.
    """
    try:
        path = settings.home / f"{name}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"C360_HOME: cannot use the folder {settings.home}: {error.strerror}.") from error
    key = str(path)
    with _guard:
        nested = _held.get(key, 0) > 0
        if nested:
            _held[key] += 1
    if nested:
        try:
            yield
        finally:
            with _guard:
                # A generator that is collected late may outlive the holder that it nested in.
                _held[key] = _held.get(key, 1) - 1
        return
    with path.open("a+") as handle:
        _lock(handle, wait, settings)
        with _guard:
            _held[key] = 1
        try:
            yield
        finally:
            with _guard:
                _held.pop(key, None)


def _lock(handle: TextIOWrapper, wait: bool, settings: Settings) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.seek(0)
        owner = handle.read().strip() or "unknown"
        raise RunInProgressError(
            f"Another run (process {owner}) is writing to {settings.home}. Wait until it has ended, "
            "or set C360_HOME to a folder of your own."
        ) from error
    handle.seek(0)
    handle.truncate()
    handle.write(str(os.getpid()))
    handle.flush()

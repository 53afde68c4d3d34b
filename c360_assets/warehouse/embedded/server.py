"""The engine's process: `python -m c360_assets.warehouse.embedded.server FOLDER SOCKET`, its token on standard input.

SOCKET is the descriptor of a socket that listens on the loopback address already (see process.py).
"""

from __future__ import annotations

import fcntl
import logging
import logging.handlers
import os
import signal
import socket
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import IO

# The connector warns about versions of libraries that it carries itself.
warnings.filterwarnings("ignore")

import uvicorn  # noqa: E402

from c360_assets.collector import imports_left_out  # noqa: E402
from c360_assets.warehouse.embedded.app import App  # noqa: E402
from c360_assets.warehouse.embedded.engine import Engine, memory_limit  # noqa: E402

LOG_BYTES = 1_000_000
_OWNER_SECONDS = 30
_LOOK_SECONDS = 10


def main(folder: Path, descriptor: int, token: str) -> None:
    """Serve the warehouse in `folder` until SIGTERM."""
    os.umask(0o077)
    _log_to(folder / "engine.log")
    owner = _own(folder)
    threads = int(os.environ.get("C360_ENGINE_THREADS") or os.cpu_count() or 1)
    engine = Engine(folder, memory_limit(), threads)
    app = App(engine, token)
    server = uvicorn.Server(
        uvicorn.Config(
            app.starlette(), log_config=None, access_log=False, timeout_keep_alive=120,
            timeout_graceful_shutdown=5, ws="none", lifespan="off",
        )
    )  # fmt: skip
    # uvicorn stops on these signals and then raises them again; what follows must still run.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    threading.Thread(target=_end_with_folder, args=(folder, server), daemon=True).start()
    try:
        # Syntax trees are many small objects in cycles: collecting was a third of what translating a statement costs.
        with imports_left_out():
            server.run(sockets=[socket.socket(fileno=descriptor)])
    finally:
        app.end_all_sessions()
        engine.close()
        owner.close()


def _own(folder: Path) -> IO[str]:
    """Take the folder: the lock lasts as long as this process and names it."""
    handle = (folder / "engine.pid").open("a+")
    deadline = time.monotonic() + _OWNER_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise SystemExit(f"Another process serves {folder}.") from None
            time.sleep(0.05)
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def _end_with_folder(folder: Path, server: uvicorn.Server) -> None:
    """A warehouse whose folder was removed has no use for an engine."""
    while (folder / "engine.pid").exists():
        time.sleep(_LOOK_SECONDS)
    server.should_exit = True


def _log_to(file: Path) -> None:
    handler = logging.handlers.RotatingFileHandler(file, maxBytes=LOG_BYTES, backupCount=1)
    logging.basicConfig(
        level=logging.WARNING, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    # sqlglot would log statements, and they may hold personal data.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    logging.getLogger("snowflake").setLevel(logging.CRITICAL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.stdin.read())

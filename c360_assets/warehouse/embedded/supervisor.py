"""Keep the engine's socket open and start the engine again when it dies, so that no client waits for ever.

The connector, and dbt through it, tries a refused connection again and again. With the socket kept, whoever spoke to
an engine that was killed is told at once by the next one that his session is gone. Run by its path, so that it imports
nothing: `python supervisor.py FOLDER SOCKET`, the token on standard input.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from types import FrameType

SERVER = "c360_assets.warehouse.embedded.server"
# An engine that lives shorter than this cannot start at all; its starter reports it.
_SHORT_LIFE = 5.0


def main(folder: str, descriptor: int, token: bytes) -> int:
    """Run the engine until it ends by itself; its exit code."""
    stopping = False
    child: subprocess.Popen[bytes] | None = None

    def stop(number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        if child is not None:
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while True:
        started = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-m", SERVER, folder, str(descriptor)], stdin=subprocess.PIPE, pass_fds=[descriptor]
        )
        child.communicate(token)
        code = child.returncode
        if code == 0 or stopping or time.monotonic() - started < _SHORT_LIFE:
            return code
        sys.stderr.write(f"The engine ended with code {code} and is started again.\n")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.stdin.buffer.read()))

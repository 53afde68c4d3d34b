"""Syncs that are killed with SIGKILL at a chosen step. A step is the begin or the end of a statement or of a request.

Run as a program it imports everything once and forks for every sync: JSON lines with `kill_at` (0: never) come in, and
the exit status of each goes out.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from toy_world import FAST, MODULES, START, VALUES, declared

from c360_assets.activation import deliver
from c360_assets.run import Run
from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse


def killing(kill_at: int) -> Callable[[], None]:
    """Counts steps, and kills this very process at one of them, or writes down how many there were."""
    steps = itertools.count(1)

    def step() -> None:
        number = next(steps)
        if number == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if not kill_at:
            Path(os.environ["STEPS_FILE"]).write_text(str(number))

    return step


def around(step: Callable[[], None], function: Callable[..., Any]) -> Callable[..., Any]:
    def stepped(*args: Any, **given: Any) -> Any:
        step()
        result = function(*args, **given)
        step()
        return result

    return stepped


def sync(connector: str, url: str, number: int, kill_at: int, outbox: Path) -> None:
    step = killing(kill_at)
    limits = replace(FAST, concurrency=int(os.environ.get("CONCURRENCY", "1")))

    def connect(destination: Any) -> Any:
        token = "zd-token" if connector == "zendesk" else "pat-token"
        opened = MODULES[connector].open_destination(destination, VALUES | {"url": url, "token": token})
        opened._http._exchange = around(step, opened._http._exchange)
        return opened

    with Warehouse(load_settings()) as warehouse:
        warehouse.execute = around(step, warehouse.execute)  # type: ignore[method-assign]
        deliver(
            warehouse, replace(declared(connector), limits=limits), Run(f"run-{number}", START), outbox, connect=connect
        )


def main() -> None:
    connector, url, outbox = sys.argv[1:4]
    import snowflake.connector  # noqa: F401  (once, and not in every child)

    print("ready", flush=True)
    for number, line in enumerate(sys.stdin):
        kill_at = json.loads(line)["kill_at"]
        child = os.fork()
        if child == 0:
            try:
                sync(connector, url, number, kill_at, Path(outbox))
                os._exit(0)
            except BaseException as error:
                print(repr(error), file=sys.stderr, flush=True)
                os._exit(1)
        _, status = os.waitpid(child, 0)
        print(json.dumps(os.waitstatus_to_exitcode(status)), flush=True)


if __name__ == "__main__":
    main()

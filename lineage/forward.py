"""Sends what waits in the outbox: in order per run, at least once, under ids that never change."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from lineage import outbox
from lineage.scrub import error_text
from lineage.transports import Transport


@dataclass(frozen=True)
class Forwarded:
    """The outcome of one pass over the outbox."""

    sent: int
    waiting: int
    """Events that stay pending because they, or an earlier one of their run, could not be sent."""
    problem: str = ""


def forward(
    session: outbox.Session,
    transport: Transport,
    attempts: int = 3,
    pause: float = 0.5,
    limit: int = 1000,
    sleep: Callable[[float], None] = time.sleep,
) -> Forwarded:
    """Send pending events and mark those that arrived.

    `pause` is in seconds and doubles with each attempt. A failed event holds back the later ones of its run,
    not those of other runs. After a crash between sending and marking an event is sent again, unchanged.
    """
    sent: list[str] = []
    held: set[str] = set()
    waiting, problem = 0, ""
    for item in outbox.pending(session, limit):
        if item.run_id in held:
            waiting += 1
            continue
        failure = _send(transport, item, attempts, pause, sleep)
        if failure is None:
            sent.append(item.event_id)
        else:
            held.add(item.run_id)
            waiting += 1
            problem = problem or failure
            # A destination that is down fails every event: the first one's patience is enough.
            attempts = 1
    transport.flush()
    outbox.mark_forwarded(session, sent)
    return Forwarded(len(sent), waiting, problem)


def _send(
    transport: Transport, item: outbox.Pending, attempts: int, pause: float, sleep: Callable[[float], None]
) -> str | None:
    for attempt in range(attempts):
        try:
            transport.send(json.loads(item.event))
        except Exception as error:
            if attempt + 1 == attempts:
                return error_text(error)
            sleep(pause * 2**attempt)
        else:
            return None
    return "no attempt was made"

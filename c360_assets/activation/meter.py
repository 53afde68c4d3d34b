"""How far a delivery has come, for whoever watches it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from c360_assets.activation.wire import Outcome


@dataclass
class Meter:
    """Counts rows. `planned` are those of the plan's operations that are delivered now."""

    destination: str
    planned: int
    outcomes: Counter[str] = field(default_factory=Counter)
    _started: float = field(default_factory=time.monotonic)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Some rows have come to their end, or to wait for the next sync."""
        self.outcomes.update(outcome.status for outcome in outcomes)

    @property
    def done(self) -> int:
        """Rows of which it is known what became of them."""
        return self.outcomes.total() - self.outcomes["pending"]

    @property
    def pending(self) -> int:
        """Rows that are still to be told, those included that a fault left for later."""
        return self.planned - self.done

    @property
    def rate(self) -> float:
        """Rows a second since the delivery began."""
        return self.done / max(time.monotonic() - self._started, 1e-3)

    def __str__(self) -> str:
        not_taken = "".join(
            f", {self.outcomes[status]:,} {status}" for status in ("rejected", "suppressed") if self.outcomes[status]
        )
        return (
            f"{self.destination}: {self.done:,} of {self.planned:,} rows, {self.rate:,.0f} a second,"
            f" {self.pending:,} pending{not_taken}"
        )


Progress = Callable[[Meter], None]


def every(seconds: float, say: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> Progress:
    """Say how far it has come, once in so many seconds, and at the end of what took longer than that."""
    last = clock()
    said = False

    def progress(meter: Meter) -> None:
        nonlocal last, said
        if clock() - last >= seconds or (said and not meter.pending):
            last, said = clock(), True
            say(str(meter))

    return progress

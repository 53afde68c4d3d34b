"""What a destination bears: how many requests, how large, how long, and how much change without a person's word."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

ALWAYS_FINE_ROWS = 5
"""Up to five rows never ask for a person: in a destination of ten, one deletion is a tenth."""


@dataclass(frozen=True)
class _Declared:
    @classmethod
    def declared(cls, values: Mapping[str, Any]) -> Self:
        """From a mapping of a defs.yaml.

        Raises:
            ValueError: a name is unknown or a value is no positive number.
        """
        known = {f.name: f for f in fields(cls) if f.metadata.get("declared", True)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"{name!r} is unknown; known are {', '.join(known)}")
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise ValueError(f"{name} {value!r} is not a number of 0 or more")
        return cls(**{name: int(v) if known[name].type == "int" else float(v) for name, v in values.items()})


@dataclass(frozen=True)
class Guard(_Declared):
    """Shares of what the destination holds, 0 to 1. A plan beyond one waits for a person; the first fill never does.

    Suppressions by consent count towards neither: a revocation waits for nobody.
    """

    deletes: float = 0.05
    updates: float = 0.05

    def exceeded(self, held: int, deletes: int, updates: int) -> str | None:
        """Why the plan has to wait; None where it may go."""
        if not held:
            return None
        for name, rows, share in (("deletes", deletes, self.deletes), ("updates", updates, self.updates)):
            if rows > max(share * held, ALWAYS_FINE_ROWS):
                return f"{rows:,} {name} are {rows / held:.1%} of {held:,} held; {share:.1%} may go without approval"
        return None


@dataclass(frozen=True)
class Limits(_Declared):
    """How the destination is served. At most `requests` in any `per_seconds`, with `burst` of them at once."""

    requests: float = 100.0
    per_seconds: float = 10.0
    burst: float = 20.0
    batch_rows: int = 0
    """Rows of a request; 0: as many as the vendor takes."""
    concurrency: int = 1
    """Requests that are under way at once; deletions and updates, whose order counts, never are."""
    attempts: int = 6
    timeout_seconds: float = 30.0
    """From the first byte sent to the last byte read, however slowly they come."""
    backoff_seconds: float = 1.0
    backoff_most_seconds: float = 60.0
    longest_wait_seconds: float = 300.0
    """A destination that asks to be left alone for longer is left to the next sync."""
    breaker_failures: int = 5
    breaker_seconds: float = 60.0
    idle_seconds: float = field(default=math.inf, metadata={"declared": False})
    """Since the delivery before this one: what that one used of the quota is not to be had again at once."""

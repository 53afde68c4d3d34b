"""How fast: clocks, quotas, pauses. Every wait goes through a clock, so that an hour takes a test no time."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Protocol

from c360_assets.activation.limits import Limits


class Clock(Protocol):
    """Seconds that only go forward, the time of day, and waiting."""

    def monotonic(self) -> float:
        """Seconds since some moment."""
        ...

    def now(self) -> datetime:
        """The time of day, with its zone."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def now(self) -> datetime:
        """The time of day, with its zone."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class TokenBucket:
    """At most `requests` in any `per_seconds`, and `burst` of them at once.

    A bucket that refills at the quota's own rate lets its burst through on top of it. This one refills with what the
    burst leaves, so that no window of that length, wherever it begins, sees more than the quota.

    Whoever served the destination before may have left the bucket empty, and it has filled for `idle` seconds since.
    """

    def __init__(self, requests: float, per_seconds: float, burst: float, clock: Clock, idle: float = math.inf) -> None:
        self._capacity = max(1.0, min(burst, requests / 2))
        left = requests - self._capacity
        self._rate = (left if left >= 1 else requests) / per_seconds
        self._clock = clock
        self._tokens, self._at = min(self._capacity, idle * self._rate), clock.monotonic()
        self._lock = Lock()

    def take(self) -> float:
        """Wait for a token; returns the seconds waited."""
        # Whoever waits holds the lock: those behind have no token before.
        with self._lock:
            return self._take()

    def _take(self) -> float:
        now = self._clock.monotonic()
        self._tokens = min(self._capacity, self._tokens + (now - self._at) * self._rate)
        self._at = now
        waited = 0.0
        if self._tokens < 1:
            waited = (1 - self._tokens) / self._rate
            self._clock.sleep(waited)
            self._tokens, self._at = 1.0, self._clock.monotonic()
        self._tokens -= 1
        return waited


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, given as seconds or as an HTTP date (RFC 9110, 10.2.3)."""
    if not value:
        return None
    text = value.strip()
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def backoff(attempt: int, limits: Limits, uniform: Callable[[float, float], float] = random.uniform) -> float:
    """Exponential with full jitter: anything between nothing and the cap, so that clients that failed together part.

    Method: M. Brooker, 'Exponential Backoff And Jitter', AWS Architecture Blog, 2015. `attempt` counts from 1.
    """
    return uniform(0.0, min(limits.backoff_most_seconds, limits.backoff_seconds * 2.0 ** (attempt - 1)))


@dataclass
class CircuitBreaker:
    """After so many failures in a row nobody is asked for a while; then one request may try."""

    limits: Limits
    clock: Clock
    failures: int = 0
    opened_at: float | None = field(default=None)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def open(self) -> bool:
        """True while nothing may be sent."""
        opened_at = self.opened_at
        return opened_at is not None and self.clock.monotonic() - opened_at < self.limits.breaker_seconds

    def succeeded(self) -> None:
        """The destination answered."""
        with self._lock:
            self.failures, self.opened_at = 0, None

    def failed(self) -> None:
        """It did not, or could not."""
        with self._lock:
            self.failures += 1
            if self.failures >= self.limits.breaker_failures:
                self.opened_at = self.clock.monotonic()

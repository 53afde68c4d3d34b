"""A clock that a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class VirtualClock:
    """Time passes only by sleeping."""

    def __init__(self, start: datetime = datetime(2026, 3, 10, 9, tzinfo=UTC)) -> None:
        self._start, self.seconds = start, 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.seconds += seconds

"""What a transport does."""

from __future__ import annotations

from typing import Any, Protocol


class Transport(Protocol):
    """Takes one event at a time; returns once it has arrived, raises when it has not."""

    def send(self, event: dict[str, Any]) -> None:
        """Deliver one event."""

    def flush(self) -> None:
        """Return once everything sent is durable."""

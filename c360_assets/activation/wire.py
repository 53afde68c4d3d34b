"""What delivery and destinations say to each other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

Status = Literal["delivered", "rejected", "suppressed", "pending"]
UPSERTS = ("create", "update")


@dataclass(frozen=True)
class Row:
    """What a destination is told about one profile, by the feed's names: the fields that changed, and all."""

    profile_id: str
    operation: str
    destination_key: str | None = None
    event_id: str = ""
    remote_id: str | None = None
    heir_profile_id: str | None = None
    heir_remote_id: str | None = None
    changed: dict[str, Any] = field(default_factory=dict, repr=False)
    whole: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def entity(self) -> str:
        """`person` or `organization`."""
        return "organization" if self.profile_id.startswith("org_") else "person"


@dataclass(frozen=True)
class Batch:
    """Rows of one kind of operation and entity. `part` says which half of a half it is, for whoever reads attempts."""

    batch_id: str
    rows: tuple[Row, ...]
    part: str = ""

    @property
    def key(self) -> str:
        """The idempotency key: the same whenever the same rows are sent again, and another for any other rows.

        Were it the batch's id alone, a receiver would take the batch without a row that is held back by now, or with
        one that is allowed again, for the one that it knows.
        """
        told = ",".join(f"{row.profile_id}:{row.event_id}" for row in self.rows)
        return f"{self.batch_id}.{hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()[:12]}"

    def halves(self) -> tuple[Batch, Batch]:
        """The batch in two."""
        middle = (len(self.rows) + 1) // 2
        return (
            replace(self, rows=self.rows[:middle], part=f"{self.part}0"),
            replace(self, rows=self.rows[middle:], part=f"{self.part}1"),
        )


@dataclass(frozen=True)
class Outcome:
    """What became of one row. `in_doubt`: it was sent, and whether it arrived is not known."""

    profile_id: str
    status: Status
    reason: str | None = None
    remote_id: str | None = None
    in_doubt: bool = False


class TryLater(Exception):
    """The destination cannot take the batch now. `uncertain`: it may have taken it all the same."""

    def __init__(self, reason: str, wait: float | None = None, uncertain: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.wait, self.uncertain = reason, wait, uncertain


class BatchRefused(Exception):
    """The destination refuses the batch as a whole, for what one or several of its rows hold."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AccessRefused(Exception):
    """The destination does not accept the credentials: no batch will be taken until somebody mends that."""


class Destination(Protocol):
    """One destination, as a module of destinations/ serves it."""

    def send(self, batch: Batch) -> Sequence[Outcome]:
        """Send one batch and say what became of each row.

        Raises:
            TryLater, BatchRefused, AccessRefused: nothing is known about single rows.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...

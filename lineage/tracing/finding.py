"""What verification finds: where, and what is wrong with it. Names rows by their keys, never by what they say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One damage."""

    where: str
    """The table or chain."""
    row: str
    """The row's key, or the entry."""
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.row}: {self.what}"

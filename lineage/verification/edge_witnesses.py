"""The emitted column edges against the ledger's values: an edge that no value bears out is one too many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.tracing.finding import Finding
from lineage.verification.cell_words import flat, letters, words

# So often must a cell be filled where its record wins before its silence says anything.
_ENOUGH = 10


class Witnesses:
    """Which of the emitted edges the ledger bears out: some value that a field took from a record stands in the cell.

    A cell that is never filled where its record wins says nothing for or against its edge.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, str, str], list[int]] = {}

    def note(self, edge: tuple[str, str, str, str], value: str, cell: Any) -> None:
        """Take in a value of a field, and the cell of the record that won it. `edge`: kind, field, table, column."""
        said = letters(flat("" if cell is None else cell))
        if said:
            counts = self._seen.setdefault(edge, [0, 0])
            counts[0] += 1
            whole = letters(value)
            counts[1] += said in whole or any(letters(word) in said for word in words(value))

    def check(self) -> Iterator[Finding]:
        """Edges that many values speak against and none speaks for."""
        for (kind, field, table, column), (filled, borne_out) in sorted(self._seen.items()):
            if filled >= _ENOUGH and not borne_out:
                yield Finding(
                    "events",
                    f"{kind} {field}",
                    f"an edge leads from {table}.{column} to it, and no value of the ledger is of it",
                )

"""Several small queries as one statement: a trace waits for the warehouse a few times, not once per table.

Each part's columns are put into slots by their type, so that all parts have the same columns and may be united.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lineage.outbox import Session

Row = dict[str, Any]
_TYPES = {"texts": "varchar", "numbers": "float", "flags": "boolean", "times": "timestamp_ntz"}


@dataclass(frozen=True)
class Part:
    """One query: `sql` selects the columns that are named here by their type, in any order."""

    name: str
    sql: str
    params: Sequence[Any]
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    """Floats, and integers of up to 53 bits; all are floats in the rows."""
    flags: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    order: Callable[[Row], Any] | None = None
    """What the rows are sorted by; the warehouse gives them in no order."""


def gather(session: Session, parts: Sequence[Part]) -> dict[str, list[Row]]:
    """Part's name -> its rows, by one statement."""
    if not parts:
        return {}
    wide = {kind: max(len(getattr(part, kind)) for part in parts) for kind in _TYPES}
    # The slots' types are said once; NULLs of the other parts take them on.
    typed = ", ".join(
        f"null::{sql_type} as {kind}_{number}" for kind, sql_type in _TYPES.items() for number in range(wide[kind])
    )
    selects = [f"select '' as part, {typed} where false"]
    selects += [f"select {', '.join(_slots(part, wide))} from ({part.sql}) as part_rows" for part in parts]
    rows = session.rows("\nunion all\n".join(selects), [value for part in parts for value in part.params])
    return {part.name: _rows(part, wide, [row for row in rows if row[0] == part.name]) for part in parts}


def _slots(part: Part, wide: dict[str, int]) -> list[str]:
    slots = [f"'{part.name}'"]
    for kind, width in wide.items():
        names = getattr(part, kind)
        slots += [f"part_rows.{name}" for name in names] + ["null"] * (width - len(names))
    return slots


def _rows(part: Part, wide: dict[str, int], rows: Sequence[tuple[Any, ...]]) -> list[Row]:
    places, first = [], 1
    for kind, width in wide.items():
        places += [(name, first + number) for number, name in enumerate(getattr(part, kind))]
        first += width
    found = [{name: row[place] for name, place in places} for row in rows]
    return sorted(found, key=part.order) if part.order else found

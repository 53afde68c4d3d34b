"""Write the sample company's extracts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from c360_assets.sample import truth
from c360_assets.sample.extract import Extract
from c360_assets.sample.systems import (
    consent,
    enrichment,
    hubspot,
    netsuite,
    product_analytics,
    salesforce,
    shopify,
    stripe,
    zendesk,
)
from c360_assets.sample.world import World, build

SMALLEST = 500
_WRITERS = (salesforce, netsuite, stripe, zendesk, hubspot, shopify, enrichment, consent, product_analytics)


@dataclass(frozen=True)
class Summary:
    """What was written: rows per `system.object`, entities per kind, the sample's day (0 is the first)."""

    rows: dict[str, int]
    people: int
    organizations: int
    day: int

    @property
    def records(self) -> int:
        """All rows of all extracts."""
        return sum(self.rows.values())


def extracts(world: World) -> Iterator[Extract]:
    """All extracts of a world, one at a time."""
    for writer in _WRITERS:
        yield from writer.extracts(world)


def generate(records: int, seed: int, out: Path) -> Summary:
    """Write extracts of `records` rows in all, with truth.parquet beside them; same arguments, same bytes.

    Raises:
        ValueError: fewer records than a company with all its systems needs.
    """
    if records < SMALLEST:
        raise ValueError(f"{records} records are too few for eight systems; ask for {SMALLEST} or more.")
    world = build(records, seed)
    rows = {}
    for item in extracts(world):
        item.write(out)
        rows[f"{item.system}.{item.object}"] = item.table.num_rows
    truth.write(truth.table(world), out)
    mark(out, records, seed, day=0)
    return Summary(rows, len(world.people), len(world.companies), 0)


def mark(out: Path, records: int, seed: int, day: int) -> None:
    """Note how the sample was made, for the next day's changes."""
    note = {"records": records, "seed": seed, "day": day}
    (out / "sample.json").write_text(json.dumps(note) + "\n", encoding="utf-8")

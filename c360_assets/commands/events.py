"""`c360 events`: the recorded OpenLineage events as a file."""

from __future__ import annotations

from pathlib import Path

import typer

from c360_assets.warehouse import Warehouse
from lineage import outbox


def run_events(out: Path) -> None:
    """Write every event as one line of JSON, in the order in which a consumer wants them."""
    count = 0
    with Warehouse(query_tag="c360 events") as warehouse, out.open("w", encoding="utf-8") as file:
        outbox.ensure_tables(warehouse)
        for (event,) in warehouse.execute(
            f"select to_json(event) from {outbox.TABLE}"
            " order by event_time, run_id, iff(event_type = 'START', 0, 1), event_id"
        ):
            file.write(event + "\n")
            count += 1
    typer.echo(f"wrote {count:,} events to {out}")

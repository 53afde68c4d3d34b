"""`c360 events`: the recorded OpenLineage events as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from c360_assets.warehouse import Warehouse
from lineage import outbox
from lineage.conformance import faults, faults_in_order


def run_events(out: Path, check: bool) -> None:
    """Write every event as one line of JSON, in the order in which a consumer wants them.

    With `check`, tell what is wrong with them; exit code 1 where something is.
    """
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
    if check:
        _check(out)


def _read(written: Path) -> Iterator[dict[str, Any]]:
    with written.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _check(written: Path) -> None:
    found = [
        f"{event['job']['name']} {event['eventType']}: {fault}" for event in _read(written) for fault in faults(event)
    ]
    found += faults_in_order(_read(written))
    for fault in found:
        typer.echo(fault, err=True)
    if found:
        raise typer.Exit(1)
    typer.echo("every column has its lineage, every edge its ends, every run its beginning and end")

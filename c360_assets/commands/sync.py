"""`c360 sync`: what destinations would be told, and telling them."""

from __future__ import annotations

import getpass
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from c360_assets.activation.declaration import DeclarationError, DestinationDeclaration, load_destinations
from c360_assets.activation.deliver import DeliveryResult, deliver
from c360_assets.activation.meter import Progress, every
from c360_assets.activation.plan import Plan, approve, examples
from c360_assets.activation.revocation import settle_where_it_can
from c360_assets.activation.sync import apply_shown, show
from c360_assets.activation.tables import ensure_tables
from c360_assets.locking import writer_lock
from c360_assets.run import Run, begin_run, ensure_run_table
from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse

_TOLD_SECONDS = 10.0
EXIT_OK, EXIT_INCOMPLETE, EXIT_WAITS = 0, 1, 3


def run_sync(destination: str | None, plan: bool, apply: bool, approved: str | None, as_json: bool) -> int:
    """Plan, approve, apply, or all in one go.

    Returns:
        0 where all was told, 1 where a destination stopped before the end or refused rows, 3 where a plan waits.
    """
    declared = _declared(destination)
    if approved and not destination:
        raise DeclarationError("--approve needs the destination that the plan is for.")
    with _session() as (warehouse, run):
        ensure_tables(warehouse)
        if approved:
            approve(warehouse, declared[0].destination, approved, os.environ.get("C360_STEWARD") or getpass.getuser())
        if plan:
            return _show([(show(warehouse, d), d) for d in declared], warehouse, as_json)
        if approved and not apply:
            if as_json:
                print(json.dumps({"approved": approved, "destination": destination}))
                return EXIT_OK
            Console().print(f"Plan {approved} may go: `c360 sync {destination} --apply`, or the next scheduled sync.")
            return EXIT_OK
        settle_where_it_can(warehouse)
        return _tell([_deliver(warehouse, d, run, apply) for d in declared], as_json)


def run_consent(destination: str | None, as_json: bool) -> int:
    """Heed new refusals in the landing zone, everywhere. Does not wait for a run that is under way."""
    from c360_assets.components.consent_path import heed_refusals

    settings = load_settings()
    with Warehouse(settings, "c360 sync consent") as warehouse:
        noticed, results = heed_refusals(warehouse, settings.landing, _declared(destination))
    if not as_json:
        told = f"{noticed.files} new file(s), {noticed.refusals} refusal(s) of {noticed.profiles} profile(s)"
        Console().print(told, highlight=False)
        if noticed.unreadable:
            Console().print(f"{noticed.unreadable} line(s) cannot be read and may be refusals", highlight=False)
    return _tell(results, as_json)


def _deliver(warehouse: Warehouse, declared: DestinationDeclaration, run: Run, shown_only: bool) -> DeliveryResult:
    from c360_assets.components.delivery_lineage import recorded

    outbox = warehouse.settings.outbox
    with recorded(warehouse, declared, run.run_id) as record, _progress() as told:
        if shown_only:
            result = apply_shown(warehouse, declared, run, outbox, progress=told)
        else:
            result = deliver(warehouse, declared, run, outbox, progress=told)
        record(result)
    return result


@contextmanager
def _progress() -> Iterator[Progress]:
    """A line that moves in a terminal; elsewhere one now and then. Beside the results, which are on stdout."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield every(_TOLD_SECONDS, lambda text: console.print(text, highlight=False, soft_wrap=True))
        return
    with console.status("") as status:
        yield lambda meter: status.update(str(meter))


def _declared(destination: str | None) -> list[DestinationDeclaration]:
    declared = load_destinations()
    chosen = [d for d in declared if destination in (None, d.destination)]
    if not chosen:
        names = ", ".join(d.destination for d in declared)
        raise DeclarationError(f"{destination!r} is no destination; declared are {names}.")
    return chosen


@contextmanager
def _session() -> Iterator[tuple[Warehouse, Run]]:
    settings = load_settings()
    with writer_lock(settings, wait=False), Warehouse(settings, "c360 sync") as warehouse:
        ensure_run_table(warehouse)
        yield warehouse, begin_run(warehouse, f"sync-{uuid.uuid4()}")


def _show(plans: list[tuple[Plan, DestinationDeclaration]], warehouse: Warehouse, as_json: bool) -> int:
    found = [asdict(p) | {"rows": p.rows, "examples": examples(warehouse, d, p.plan_id)} for p, d in plans]
    if as_json:
        print(json.dumps(found, default=str))
    else:
        for told in found:
            _print_plan(told)
    return EXIT_WAITS if any(p.status == "waiting" for p, _ in plans) else EXIT_OK


def _print_plan(told: dict[str, Any]) -> None:
    console = Console()
    name = told["destination"]
    head = f"plan {told['plan_id']}" if told["rows"] else "nothing to tell"
    console.print(f"[bold]{name}[/bold]: {head}; it holds {told['held']:,}", highlight=False)
    if told["rows"]:
        counts = ", ".join(f"{rows:,} {operation}" for operation, rows in told["counts"].items() if rows)
        console.print(f"  {counts}", highlight=False)
        console.print(_examples(told["examples"]))
    for reason, rows in told["held_back"].items():
        console.print(f"  held back: {rows:,} {reason}", highlight=False)
    if told["parked"]:
        console.print(f"  parked until they or the mapping change: {told['parked']:,} rows", highlight=False)
    if told["in_doubt"]:
        console.print(f"  sent before without an answer: {told['in_doubt']:,} rows", highlight=False)
    if told["waits_because"]:
        console.print(f"  [yellow]waits for a person[/yellow]: {told['waits_because']}", highlight=False)
        console.print(f"  let it go with: c360 sync {name} --approve {told['plan_id']}", highlight=False)


def _examples(rows: list[dict[str, Any]]) -> Table:
    """Whole ids, which somebody may want to copy; a column in which nothing stands is left out."""
    for row in rows:
        if row["operation"] != "update":
            row["changed_fields"] = None
    columns = {"operation": "operation", "profile_id": "profile", "destination_key": "key",
               "heir_profile_id": "merged into", "changed_fields": "changed", "reason": "why"}  # fmt: skip
    shown = [name for name in columns if any(row[name] for row in rows)]
    whole = ("operation", "profile_id", "heir_profile_id")
    table = _table(*(Column(columns[name], no_wrap=name in whole, overflow="fold") for name in shown))
    for row in rows:
        table.add_row(*(row[name] or "" for name in shown))
    return table


def _table(*columns: Column | str) -> Table:
    return Table(*columns, box=None, padding=(0, 2, 0, 0), pad_edge=False)


def _tell(results: list[DeliveryResult], as_json: bool) -> int:
    if as_json:
        print(json.dumps([asdict(result) for result in results], default=str))
    else:
        console = Console()
        numbers = [Column(name, justify="right") for name in ("delivered", "rejected", "suppressed", "pending")]
        table = _table("destination", *numbers, Column("plan", no_wrap=True), Column("seconds", justify="right"))
        for result in results:
            counts = [f"{result.outcomes.get(s, 0):,}" for s in ("delivered", "rejected", "suppressed", "pending")]
            table.add_row(result.destination, *counts, result.batch_id or "", f"{result.seconds:.1f}")
        console.print(table)
        for result in results:
            for why in filter(None, (result.waits_because, result.stopped)):
                console.print(f"[yellow]{result.destination}[/yellow]: {why}", highlight=False)
    if any(result.waits_because for result in results):
        return EXIT_WAITS
    unfinished = any(result.outcomes.get("rejected") or result.outcomes.get("pending") for result in results)
    return EXIT_INCOMPLETE if unfinished else EXIT_OK

"""`c360 find` and `c360 trace`: from a value to profiles, from a profile to its sources and deliveries, and back."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.table import Table

from c360_assets.commands.trace_show import show_profile, show_record
from c360_assets.warehouse import Warehouse
from lineage import access_log
from lineage.find import find
from lineage.trace import TraceError, trace_profile
from lineage.tracing.delivery import trace_delivery
from lineage.tracing.ledger import is_begun
from lineage.tracing.masking import masked, masked_record, masked_trace
from lineage.tracing.source_record import trace_record

_FOUND = ("profile_id", "entity_kind", "display_name", "found_by", "record_key", "status")
NOTHING_YET = "No profiles are published here yet; `c360 run` does that."
_MASKED = "Personal data are masked; say what they are needed for with --purpose."


def run_find(value: str, purpose: str | None, by: str | None, as_json: bool) -> int:
    """Print the profiles that a value leads to; returns 1 where there is none."""
    with Warehouse(query_tag="c360 find") as warehouse:
        if not is_begun(warehouse):
            typer.echo(NOTHING_YET, err=True)
            return 1
        access_log.ensure_tables(warehouse)
        found = find(warehouse, value)
        shown = access_log.note(
            warehouse, "find", [each.profile_id for each in found], by or getpass.getuser(), purpose
        )
    rows = [
        vars(each) | {"display_name": each.display_name if shown or each.entity_kind != "person" else
                      masked(each.display_name)}
        for each in found
    ]  # fmt: skip
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    elif rows:
        table = Table("profile", "kind", "name", "found by", "record", "status")
        for row in rows:
            table.add_row(*(str(row[name] or "") for name in _FOUND))
        Console().print(table)
        if not shown:
            typer.echo(_MASKED)
    else:
        typer.echo("Nothing found: no id, source key, e-mail address, phone number or name is exactly that.")
    return 0 if rows else 1


def run_trace(
    profile: str | None,
    record: str | None,
    field: str | None,
    delivery: str | None,
    at: datetime | None,
    purpose: str | None,
    by: str | None,
    as_json: bool,
) -> int:
    """Print a profile's or a record's trace; returns 1 where there is nothing to trace."""
    if (profile is None) == (record is None):
        typer.echo("Name either a PROFILE or --record SYSTEM:OBJECT:ID.", err=True)
        return 2
    if delivery and (record or field or at):
        typer.echo("--delivery goes with a PROFILE alone: it says the time and the fields.", err=True)
        return 2
    moment = at.astimezone(UTC).replace(tzinfo=None) if at and at.tzinfo else at
    with Warehouse(query_tag="c360 trace") as warehouse:
        if not is_begun(warehouse):
            typer.echo(NOTHING_YET, err=True)
            return 1
        access_log.ensure_tables(warehouse)
        detail = ", ".join(
            f"{name} {value}" for name, value in (("field", field), ("delivery", delivery), ("as of", moment)) if value
        )
        shown = access_log.note(
            warehouse, "trace", [profile or record or ""], by or getpass.getuser(), purpose, detail or None
        )
        try:
            if profile and delivery:
                trace = trace_delivery(warehouse, profile, delivery)
            elif profile:
                trace = trace_profile(warehouse, profile, moment, field)
            else:
                trace = trace_record(warehouse, record or "", moment, field)
        except TraceError as error:
            typer.echo(str(error), err=True)
            return 1
    if not shown:
        trace = masked_trace(trace) if profile else masked_record(trace)
    if as_json:
        print(json.dumps(trace, default=_json, ensure_ascii=False, indent=1))
    else:
        (show_profile if profile else show_record)(trace)
        if not shown:
            typer.echo(_MASKED)
    return 0


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="microseconds")
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")

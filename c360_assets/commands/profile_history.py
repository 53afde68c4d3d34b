"""`c360 profile-history`: what an id was at a time."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from c360_assets.identity.profile_history import EVENTS_TOLD, ProfileAt, profile_at
from c360_assets.identity.tables import create_tables
from c360_assets.warehouse import Warehouse


def run_profile_history(profile: str, at: datetime | None, as_json: bool) -> int:
    """Print what the id was; returns 1 where it was never given until then."""
    moment = at.astimezone(UTC).replace(tzinfo=None) if at and at.tzinfo else at
    with Warehouse(query_tag="c360 profile-history") as warehouse:
        create_tables(warehouse)
        found = profile_at(warehouse, profile, moment)
    if as_json:
        print(json.dumps(asdict(found), default=str))
    else:
        _show(found, moment)
    return 1 if found.status == "unknown" else 0


def _show(found: ProfileAt, at: datetime | None) -> None:
    console = Console(soft_wrap=True)
    when = f"on {at:%Y-%m-%d %H:%M:%S} UTC" if at else "now"
    if found.status == "unknown":
        typer.echo(f"{found.profile_id}: not given to anybody {when}.")
        return
    typer.echo(f"{found.profile_id}, {when}: {found.status} since {found.since:%Y-%m-%d %H:%M:%S} UTC.")
    if found.status == "merged":
        why = f", linked by {found.reason}" if found.reason else ""
        end = f"; redirects lead to {found.leads_to}" if found.leads_to != found.merged_into else ""
        typer.echo(f"Merged into {found.merged_into}{why}{end}.")
    for key in found.members:
        console.print(f"  {escape(key)}", highlight=False)
    table = Table("when (UTC)", "profile", "what happened", "run", title="History", title_justify="left")
    for event in found.events:
        what = EVENTS_TOLD[str(event["event"])].format(other=event["other_profile_id"])
        reason = f" ({event['reason']})" if event["event"] == "merged" and event["reason"] else ""
        table.add_row(f"{event['changed_at']:%Y-%m-%d %H:%M:%S}", str(event["profile_id"]), what + reason,
                      str(event["run_id"] or ""))  # fmt: skip
    Console().print(table)

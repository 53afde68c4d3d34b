"""`c360 relations`: what a profile is related to, since when, by whose word, and the figures of its group."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from c360_assets.identity.related import Related, read_related
from c360_assets.identity.tables import create_tables
from c360_assets.warehouse import Warehouse


def run_relations(profile: str, at: datetime | None, as_json: bool) -> int:
    """Print the relations; returns 1 where there is no such profile."""
    moment = at.astimezone(UTC).replace(tzinfo=None) if at and at.tzinfo else at
    with Warehouse(query_tag="c360 relations") as warehouse:
        create_tables(warehouse)
        known = warehouse.scalar("select count(*) from MATCH_CLUSTER.PROFILE_REGISTRY where profile_id = %s", [profile])
        found = read_related(warehouse, profile, moment)
    if as_json:
        print(json.dumps(asdict(found), default=str))
    elif known:
        _show(found)
    else:
        typer.echo(f"{profile}: not given to anybody; `c360 trace` finds profiles by e-mail, phone, id or name.")
    return 0 if known else 1


def _show(found: Related) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"{found.profile_id} " + ("…" if found.relations else "is related to nothing that is known."))
    for each in found.relations:
        since = f", since {each.valid_from:%Y-%m-%d}" if each.valid_from else ""
        until = f" until {each.valid_to:%Y-%m-%d}" if each.valid_to else ""
        why = f"{', '.join(each.records)}: {'; '.join(each.rules)}"
        console.print(f"  {each.says} [bold]{escape(each.other)}[/]{since}{until} [dim]({escape(why)})[/]")
    for conflict in found.conflicts:
        console.print(f"Not followed, because its sources contradict each other: it {escape(conflict)}.")
    if found.group:
        figures = Table("with all below it", "", title="Group", title_justify="left")
        for name, value in found.group.items():
            figures.add_row(name.replace("_", " "), escape(str(value)))
        console.print(figures)

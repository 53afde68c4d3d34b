"""`c360 review preview`: what would change, before it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from c360_assets.activation import load_destinations
from c360_assets.commands.review import say
from c360_assets.commands.review_show import line
from c360_assets.identity.stewardship.preview import LISTED, Change, Preview, preview
from c360_assets.identity.stewardship.settings import StewardError


def run_preview(decision: Sequence[str], thresholds: Sequence[str], rules: Sequence[str], as_json: bool) -> None:
    """Try the change and show what comes of it."""
    decisions: tuple[tuple[str, str, str], ...] = ()
    if decision:
        if len(decision) != 3:
            raise StewardError("A decision is RECORD_L RECORD_R same|different; give all three or none.")
        left, right, verdict = decision
        decisions = ((left, right, verdict),)
    change = Change(
        decisions,
        {kind: _share(value) for kind, value in map(_assignment, thresholds)},
        dict(map(_assignment, rules)),
    )
    found = preview(change, [destination.feed for destination in load_destinations()])
    say(asdict(found)) if as_json else _show(found)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise StewardError(f"{text!r}: NAME=VALUE is needed, for example person=0.97.")
    return name, value


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise StewardError(f"{text!r} is no number; a threshold lies between 0 and 1.") from None


def _show(found: Preview) -> None:
    line(
        f"{found.merged:,} profile(s) would be merged into others, {found.split:,} would lose records to others, "
        f"{found.founded:,} would be new; {found.records_moved:,} record(s) move."
    )
    if found.conflicts:
        line(f"{found.conflicts:,} conflict(s) between decisions would stand; `c360 review conflicts` after the run.")
    console = Console()
    if found.merges or found.splits:
        table = Table("profile", "what", "profile", "records")
        for row in found.merges:
            table.add_row(row["profile_id"], "merged into", row["into"], f"{row['records']:,}")
        for row in found.splits:
            what = "split: to the new" if row["is_new"] else "loses records to"
            table.add_row(row["profile_id"], what, row["gives_to"], f"{row['records']:,}")
        console.print(table)
        if max(len(found.merges), len(found.splits)) == LISTED:
            line(f"Only the first {LISTED} of each are listed.")
    if found.feeds:
        feeds = Table("feed", "rows whose profile id goes", "rows whose profile has other records")
        for feed, counts in found.feeds.items():
            feeds.add_row(feed, f"{counts['rows_removed']:,}", f"{counts['rows_touched']:,}")
        console.print(feeds)
    line("Nothing was changed.")

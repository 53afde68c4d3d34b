"""`c360 review failures`: what destinations would not take."""

from __future__ import annotations

import json

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from c360_assets.activation import load_destinations
from c360_assets.activation.failures import write_back_failures
from c360_assets.warehouse import Warehouse


def run_failures(limit: int, as_json: bool) -> None:
    """Print them."""
    with Warehouse(query_tag="c360 review") as warehouse:
        found = write_back_failures(warehouse, load_destinations(), limit)
    if as_json:
        print(json.dumps(found, default=str, ensure_ascii=False))
        return
    console = Console()
    if not found:
        console.print("No destination refuses a row.", highlight=False)
        return
    # Whole ids, to look the profile up by.
    table = Table("destination", Column("profile", no_wrap=True), "operation", "since", "reason", box=None)
    for each in found:
        table.add_row(
            each["destination"], each["profile_id"], each["operation"], f"{each['since']:%m-%d %H:%M}",
            escape(each["reason"] or ""),
        )  # fmt: skip
    console.print(table)
    console.print("Each is told again when its row or the mapping changes.", highlight=False)

"""`c360 verify`: replay what the ledger says, and check the hash chains."""

from __future__ import annotations

import json

import typer

from c360_assets.commands.trace import NOTHING_YET
from c360_assets.warehouse import Warehouse
from lineage import access_log
from lineage.tracing.ledger import is_begun
from lineage.verify import verify

_SHOWN = 20


def run_verify(sample: int | None, seed: int, as_json: bool) -> int:
    """Print what is damaged, the first row first; returns 1 where something is."""
    with Warehouse(query_tag="c360 verify") as warehouse:
        if not is_begun(warehouse):
            typer.echo(NOTHING_YET, err=True)
            return 1
        access_log.ensure_tables(warehouse)
        done = verify(warehouse, sample, seed)
    if as_json:
        print(json.dumps(done.plain(), indent=1))
        return 1 if done.findings else 0
    scope = f"{done.profiles:,} profiles" + (" taken at random" if sample else "")
    seconds = sum(done.seconds.values())
    if not done.findings:
        typer.echo(f"Nothing is damaged: {scope} replayed, {len(done.heads)} chains unbroken ({seconds:.1f} s).")
        for name, (entry, link) in sorted(done.heads.items()):
            typer.echo(f"  chain {name}: {entry} entries, ends in {link[:16]}…")
        return 0
    typer.secho(f"DAMAGED: {len(done.findings)} finding(s) in {scope}.", fg=typer.colors.RED)
    for finding in done.findings[:_SHOWN]:
        typer.echo(f"  {finding}")
    if len(done.findings) > _SHOWN:
        typer.echo(f"  and {len(done.findings) - _SHOWN} more (--json lists all)")
    return 1

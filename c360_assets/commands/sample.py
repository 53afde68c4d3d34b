"""`c360 sample`: the extracts of a sample company."""

from __future__ import annotations

from pathlib import Path

import typer

from c360_assets.settings import load_settings


def run_sample(out: Path | None, records: int, seed: int, changes: float | None) -> None:
    """Write the extracts, or the next day's."""
    from c360_assets.sample import generate, generate_changes

    out = (out or load_settings().landing).expanduser()
    try:
        summary = generate(records, seed, out) if changes is None else generate_changes(changes, seed, out, out)
    except (ValueError, FileNotFoundError) as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(
        f"{summary.records:,} rows of {len(summary.rows)} objects under {out} "
        f"({summary.people:,} people, {summary.organizations:,} organizations, day {summary.day})"
    )

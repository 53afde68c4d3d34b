"""`c360 new`: scaffold a source or a destination."""

from __future__ import annotations

from pathlib import Path

import typer

from c360_assets.settings import PROJECT_ROOT


def run_new_source(name: str, files: Path, entity: str) -> None:
    """Write the declaration and the dbt models of a new source."""
    from c360_assets.sources.scaffold import scaffold_source

    written = scaffold_source(name, files, PROJECT_ROOT, entity)
    _tell(written, "Complete the places marked with <…>, then run `c360 run`.")


def run_new_destination(name: str) -> None:
    """Write the declaration and the feed model of a new destination."""
    from c360_assets.activation.scaffold import scaffold_destination

    written = scaffold_destination(name, PROJECT_ROOT)
    _tell(written, "Choose its fields and purpose, then run `c360 run`.")


def _tell(written: list[Path], then: str) -> None:
    for path in written:
        typer.echo(f"wrote {path.relative_to(PROJECT_ROOT)}")
    typer.echo(then)

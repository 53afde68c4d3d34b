"""`c360 new`: scaffold a source or a destination."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

import typer

from c360_assets.settings import PROJECT_ROOT


def run_new_source(name: str, files: Path, entity: str | None) -> None:
    """Write the declaration and the dbt models of a new source."""
    from c360_assets.sources.errors import SourceError
    from c360_assets.sources.scaffold import EntityKind, scaffold_source

    if entity is not None and entity not in get_args(EntityKind):
        raise SourceError(f"--entity {entity!r} is not possible; use {' or '.join(get_args(EntityKind))}.")
    written = scaffold_source(name, files, PROJECT_ROOT, cast(EntityKind | None, entity))
    _tell(
        written,
        "Read both through: owner, cadence and sensitivity in the declaration, which column is what in the model.\n"
        f"Its extracts are expected in {name}/ of the landing zone, or of the folder that `c360 run --sources` names.",
    )
    if not any(path.suffix == ".sql" and name in path.parts for path in written):
        typer.echo(
            "No file looks like people or companies, so there is no model: say --entity person or organization if one "
            "does, or write a model of its facts after those of another source."
        )


def run_new_destination(name: str) -> None:
    """Write the declaration and the feed model of a new destination."""
    from c360_assets.activation.scaffold import scaffold_destination

    written = scaffold_destination(name, PROJECT_ROOT)
    _tell(
        written,
        "As written, the next `c360 run` delivers the people who consented to marketing by e-mail to files in "
        f"outbox/{name}/. Before that, set its purpose, channel and fields.",
    )


def _tell(written: list[Path], then: str) -> None:
    for path in written:
        typer.echo(f"wrote {path.relative_to(PROJECT_ROOT)}")
    typer.echo(then)

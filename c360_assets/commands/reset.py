"""`c360 reset`: back to nothing."""

from __future__ import annotations

import shutil

import typer

from c360_assets.locking import writer_lock
from c360_assets.settings import load_settings

OWNED = ("warehouse", "dagster", "dbt", "landing", "outbox", "lineage", "locks", "writer.lock")


def run_reset(yes: bool) -> None:
    """Remove what the system made under C360_HOME; a Snowflake account's data stay."""
    settings = load_settings()
    if not settings.home.exists():
        typer.echo(f"nothing at {settings.home}")
        return
    if not yes:
        typer.confirm(f"Remove all state under {settings.home}?", abort=True)
    if settings.embedded:
        from c360_assets.warehouse.embedded.process import stop

        stop(settings)
    with writer_lock(settings, wait=False):
        for name in OWNED:
            path = settings.home / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    if not any(settings.home.iterdir()):
        settings.home.rmdir()
    typer.echo(f"removed the state under {settings.home}")

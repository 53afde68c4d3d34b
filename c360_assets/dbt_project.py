"""The dbt project: where it is, the environment it needs, and dbt in this process."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from c360_assets.settings import PROJECT_ROOT, Settings

DBT_DIR = PROJECT_ROOT / "dbt"


class DbtError(RuntimeError):
    """dbt could not start, or the project cannot be read."""


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Environment variables that profiles.yml reads; starts the embedded engine if that is the account."""
    environment = {"C360_DATABASE": settings.database, "DBT_TARGET_PATH": str(settings.dbt_target)}
    if not settings.embedded:
        return environment | {"C360_DBT_TARGET": settings.authentication}
    from c360_assets.warehouse.embedded.process import ensure_running

    engine = ensure_running(settings)
    return environment | {
        "C360_DBT_TARGET": "embedded",
        "C360_ENGINE_TOKEN": engine.token,
        "C360_ENGINE_PORT": str(engine.port),
    }


def manifest_path(settings: Settings) -> Path:
    """dbt's manifest for these settings; parsed anew where a file of the project is younger."""
    path = settings.dbt_target / "manifest.json"
    if not path.exists() or path.stat().st_mtime < _last_change():
        invoke(settings, ["parse", "--quiet"], connect=False)
    return path


def _last_change() -> float:
    folders = ("models", "macros", "seeds", "functions", "tests")
    files = [file for folder in folders for file in (DBT_DIR / folder).rglob("*") if file.is_file()]
    return max(file.stat().st_mtime for file in [DBT_DIR / "dbt_project.yml", DBT_DIR / "profiles.yml", *files])


def invoke(
    settings: Settings,
    arguments: Sequence[str],
    manifest: Any = None,
    callbacks: list[Callable[[Any], None]] | None = None,
    connect: bool = True,
) -> Any:
    """Run dbt in this process and return its dbtRunnerResult.

    A manifest that was parsed before saves the parse. `connect=False` is for commands that need no warehouse.

    Raises:
        DbtError: dbt could not start or read the project; failed nodes are in the result instead.
    """
    from dbt.cli.main import dbtRunner

    os.environ.update(dbt_environment(settings) if connect else {"C360_DATABASE": settings.database})
    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    paths = ["--project-dir", str(DBT_DIR), "--profiles-dir", str(DBT_DIR)]
    paths += ["--target-path", str(settings.dbt_target), "--log-path", str(settings.dbt_target / "logs")]
    result = dbtRunner(manifest=manifest, callbacks=callbacks or []).invoke([*arguments, *paths])
    if result.exception:
        raise DbtError(f"dbt {arguments[0]} failed: {result.exception}") from result.exception
    return result

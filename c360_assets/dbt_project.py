"""The dbt project: where it is, the environment it needs, and dbt in this process."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from c360_assets.settings import PROJECT_ROOT, Settings

DBT_DIR = PROJECT_ROOT / "dbt"


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
    """dbt's manifest for these settings."""
    return settings.dbt_target / "manifest.json"


def invoke(
    settings: Settings,
    arguments: Sequence[str],
    manifest: Any = None,
    callbacks: list[Callable[[Any], None]] | None = None,
) -> Any:
    """Run dbt in this process and return its dbtRunnerResult.

    A manifest that was parsed before saves the parse.
    """
    from dbt.cli.main import dbtRunner

    os.environ.update(dbt_environment(settings))
    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    paths = ["--project-dir", str(DBT_DIR), "--profiles-dir", str(DBT_DIR)]
    paths += ["--target-path", str(settings.dbt_target), "--log-path", str(settings.dbt_target / "logs")]
    return dbtRunner(manifest=manifest, callbacks=callbacks or []).invoke([*arguments, *paths])

"""Dagster's home under C360_HOME: the repository's dagster.yaml with its storage placed there."""

from __future__ import annotations

from pathlib import Path

import yaml

from c360_assets.settings import PROJECT_ROOT, Settings


def prepare_dagster_home(settings: Settings) -> Path:
    """Write dagster.yaml under C360_HOME and return that folder, for DAGSTER_HOME."""
    configuration = yaml.safe_load((PROJECT_ROOT / "dagster.yaml").read_text())
    configuration["storage"]["sqlite"]["base_dir"] = str(settings.dagster_home)
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    target = settings.dagster_home / "dagster.yaml"
    text = "# Written by c360 from the repository's dagster.yaml.\n" + yaml.safe_dump(configuration, sort_keys=False)
    if not target.exists() or target.read_text() != text:
        target.write_text(text)
    return settings.dagster_home

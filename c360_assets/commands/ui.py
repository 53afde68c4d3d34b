"""`c360 ui`: the Dagster UI on this home."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import typer

from c360_assets.dagster_home import prepare_dagster_home
from c360_assets.dbt_project import manifest_path
from c360_assets.settings import PROJECT_ROOT, load_settings


def run_ui(host: str, port: int) -> int:
    """Run `dagster dev` in the foreground until it is interrupted; its exit code."""
    settings = load_settings()
    manifest_path(settings)
    environment = os.environ | {
        "DAGSTER_HOME": str(prepare_dagster_home(settings)),
        "C360_HOME": str(settings.home),
        # Deprecations inside the packages, about which a user can do nothing.
        "PYTHONWARNINGS": "ignore",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    typer.echo(f"Dagster UI: http://{host}:{port}  (Ctrl-C ends it)")
    command = [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml", "-h", host, "-p", str(port)]
    # Also where this process was started with Ctrl-C ignored, as a shell's background jobs are; a handler set here
    # becomes the default again in the child.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    child = subprocess.Popen([*command, "--log-level", "warning"], cwd=PROJECT_ROOT, env=environment)
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.send_signal(signal.SIGINT)
        return child.wait()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt

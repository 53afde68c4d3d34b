"""`c360 ui`: the Dagster UI and the console on this home."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from c360_assets.dagster_home import prepare_dagster_home
from c360_assets.dbt_project import manifest_path
from c360_assets.settings import PROJECT_ROOT, load_settings

CONSOLE = PROJECT_ROOT / "console" / "app.py"
# The console knows no passwords, so it is for this machine alone, whatever address Dagster listens on.
CONSOLE_HOST = "127.0.0.1"
_LOOK = 0.2
_PATIENCE = 30.0


def run_ui(host: str, port: int, console_port: int) -> int:
    """Run `dagster dev` and the console in the foreground until interrupted or one of them ends; its exit code."""
    settings = load_settings()
    taken = _taken({f"--port {port}": (host, port), f"--console-port {console_port}": (CONSOLE_HOST, console_port)})
    if taken or port == console_port:
        what = " and ".join(taken) or f"--console-port {console_port}, which is Dagster's,"
        typer.secho(f"error: {what}: the port is taken. Give another, or end what listens there.", fg="red", err=True)
        return 2
    manifest_path(settings)
    environment = os.environ | {
        "DAGSTER_HOME": str(prepare_dagster_home(settings)),
        "C360_HOME": str(settings.home),
        # Deprecations inside the packages, about which a user can do nothing.
        "PYTHONWARNINGS": "ignore",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    typer.echo(f"Dagster UI: http://{host}:{port}")
    typer.echo(f"Console:    http://{CONSOLE_HOST}:{console_port}  (Ctrl-C ends both)")
    dagster = ["-m", "dagster", "dev", "-w", "workspace.yaml", "-h", host, "-p", str(port), "--log-level", "warning"]
    # Also where this process was started with Ctrl-C ignored, as a shell's background jobs are; a handler set here
    # becomes the default again in the children.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in (("dagster", dagster), ("streamlit", _console(console_port))):
            children[name] = subprocess.Popen([sys.executable, *command], cwd=PROJECT_ROOT, env=environment)
        return _wait(children)
    except KeyboardInterrupt:
        return 0
    finally:
        _end(list(children.values()))


def _console(port: int) -> list[str]:
    return [
        "-m", "streamlit", "run", str(CONSOLE),
        "--server.address", CONSOLE_HOST, "--server.port", str(port), "--server.headless", "true",
        "--browser.gatherUsageStats", "false", "--logger.level", "warning", "--logger.hideWelcomeMessage", "true",
    ]  # fmt: skip


def _taken(wanted: Mapping[str, tuple[str, int]]) -> list[str]:
    """Those whose address somebody listens on."""
    found = []
    for option, address in wanted.items():
        with socket.socket() as probe:
            # A connection that has just ended does not take the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError:
                found.append(option)
    return found


def _wait(children: Mapping[str, subprocess.Popen[bytes]]) -> int:
    """The exit code of the first that ends."""
    while True:
        for name, child in children.items():
            if (code := child.poll()) is not None:
                typer.secho(f"error: {name} ended with exit code {code}; ending both.", fg="red", err=True)
                return code or 1
        time.sleep(_LOOK)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """End those that still run, and wait for them: a second interrupt must not leave one behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
    deadline = time.monotonic() + _PATIENCE
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt

"""The Dagster UI on the home of the shared first run, and a browser to look at it."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 240


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The installed browser; without one the tests skip and say so."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on PATH; on Debian: apt install chromium")
    return found


@pytest.fixture(scope="session")
def ui(browser_path: str, first_run: Any) -> Iterator[str]:
    """The address of `c360 ui` on the first run's home."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Not into pipes that nobody reads: a full one would stop the server.
    process = subprocess.Popen(
        first_run.home.command("ui", "--port", str(port)),
        env=first_run.home.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(process, f"{address}/server_info")
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, "c360 ui ended by itself"
        assert time.monotonic() < deadline, f"c360 ui did not answer within {START_SECONDS} s"
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)


@pytest.fixture(scope="session")
def page(browser_path: str, ui: str) -> Iterator[Any]:
    """A page of the browser, with the UI as its base address."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        page = browser.new_page(base_url=ui, viewport={"width": 1600, "height": 900})
        page.set_default_timeout(60_000)
        yield page
        browser.close()

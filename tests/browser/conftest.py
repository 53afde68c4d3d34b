"""The Dagster UI and the console on the home of the shared first run, and a browser to look at them."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

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


class Ui(NamedTuple):
    """Where `c360 ui` answers."""

    dagster: str
    console: str


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@pytest.fixture(scope="session")
def ui(browser_path: str, first_run: Any) -> Iterator[Ui]:
    """`c360 ui` on the first run's home."""
    port, console_port = _free_ports(2)
    # Not into pipes that nobody reads: a full one would stop the server.
    process = subprocess.Popen(
        first_run.home.command("ui", "--port", str(port), "--console-port", str(console_port)),
        env=first_run.home.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    found = Ui(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{console_port}")
    try:
        _wait(process, f"{found.dagster}/server_info")
        _wait(process, f"{found.console}/_stcore/health")
        yield found
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
def browser(browser_path: str) -> Iterator[Any]:
    """The browser, for all tests one."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def page(browser: Any, ui: Ui) -> Any:
    """A page of the browser, with the Dagster UI as its base address."""
    page = browser.new_page(base_url=ui.dagster, viewport={"width": 1600, "height": 900})
    page.set_default_timeout(60_000)
    return page


@pytest.fixture
def visit(browser: Any, ui: Ui) -> Iterator[Callable[..., Any]]:
    """Open a page of the console as somebody, or as nobody yet; each call is a person at a browser of their own.

    `purpose` is told in the sidebar of the pages that show pairs of records.
    """
    contexts = []

    def open_page(path: str, name: str, purpose: str = "") -> Any:
        context = browser.new_context(base_url=ui.console, viewport={"width": 1500, "height": 950})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(path)
        field = page.get_by_label("Your name")
        field.wait_for()
        if name:
            field.fill(name)
            field.press("Enter")
            page.get_by_text(f"You are {name}").wait_for()
        if purpose:
            field = page.get_by_label("Purpose")
            field.fill(purpose)
            field.press("Enter")
            page.get_by_text(f"Purpose: {purpose}").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()

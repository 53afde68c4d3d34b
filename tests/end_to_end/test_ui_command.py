"""`c360 ui` serves Dagster and the console, and leaves nothing behind when it is ended."""

from __future__ import annotations

import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from pipeline_home import PipelineHome

START_SECONDS = 240


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except (urllib.error.URLError, OSError):
        return False
    return True


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["ctrl_c", "sigterm"])
def test_both_answer_and_both_end_also_where_ctrl_c_was_ignored_at_the_start(
    tmp_path: Path, ending: signal.Signals
) -> None:
    home = PipelineHome(tmp_path / "home")
    port, console_port = free_ports(2)
    # As a shell starts its background jobs.
    process = home.start(
        "ui", "--port", str(port), "--console-port", str(console_port),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )  # fmt: skip
    try:
        deadline = time.monotonic() + START_SECONDS
        for address in (f"http://127.0.0.1:{port}/server_info", f"http://127.0.0.1:{console_port}/_stcore/health"):
            while not answers(address):
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < deadline, f"{address} does not answer"
                time.sleep(0.3)
        process.send_signal(ending)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        home.close()
    assert process.returncode == 0
    assert f"http://127.0.0.1:{port}" in out and f"http://127.0.0.1:{console_port}" in out
    assert not listens(port) and not listens(console_port)


@pytest.mark.parametrize("taken", ["--port", "--console-port"])
def test_a_port_that_is_taken_is_told_and_nothing_is_started(tmp_path: Path, taken: str) -> None:
    home = PipelineHome(tmp_path / "home")
    ports = dict(zip(("--port", "--console-port"), free_ports(2), strict=True))
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", ports[taken]))
        holder.listen()
        done = home.call("ui", *(text for name, port in ports.items() for text in (name, str(port))), timeout=60)
    assert done.code == 2
    assert f"{taken} {ports[taken]}: the port is taken" in done.err
    assert not listens(next(port for name, port in ports.items() if name != taken))


def test_one_port_for_both_is_told(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    done = PipelineHome(tmp_path / "home").call("ui", "--port", str(port), "--console-port", str(port), timeout=60)
    assert done.code == 2 and "which is Dagster's" in done.err

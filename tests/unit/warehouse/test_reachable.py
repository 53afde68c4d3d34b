"""The look at the network before connecting: quick where there is nobody, quiet where there is."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from c360_assets.settings import load_settings
from c360_assets.warehouse import reachable


@pytest.fixture(autouse=True)
def first_time() -> Iterator[None]:
    reachable.knock.cache_clear()
    yield
    reachable.knock.cache_clear()


def test_a_host_that_answers_is_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        reachable.knock("localhost", server.getsockname()[1], 5)


def test_a_closed_port_is_told_at_once_with_host_and_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(OSError, match=f"localhost does not answer on port {port}"):
        reachable.knock("localhost", port, 30)


def test_a_name_that_nobody_has_is_told() -> None:
    with pytest.raises(OSError, match=r"nobody-has-this.invalid could not be resolved"):
        reachable.knock("nobody-has-this.invalid", 443, 8)


def test_a_resolver_that_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(20))
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        reachable.knock("slow.example", 443, 0.3)
    assert time.monotonic() - started < 5


def test_behind_a_proxy_nothing_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    settings = load_settings(
        {
            "C360_ENV": "dev",
            "SNOWFLAKE_ACCOUNT": "nobody-has_this.invalid",
            "SNOWFLAKE_USER": "u",
            "SNOWFLAKE_ROLE": "r",
            "SNOWFLAKE_WAREHOUSE": "w",
            "SNOWFLAKE_OAUTH_TOKEN": "t",
        }
    )
    with pytest.raises(OSError, match="invalid"):
        reachable.look(settings)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    reachable.look(settings)

"""A look at key and network before the connector goes: what is wrong is told in a moment, not after its retries."""

from __future__ import annotations

import socket
import threading
import time
import urllib.request
from functools import cache

from c360_assets.settings import Settings

HTTPS = 443
PATIENCE = 8.0
"""Seconds. Longer than any network needs that then carries a run; within it nothing is given up."""


def look(settings: Settings) -> None:
    """Read the key, resolve the account's host and knock at its port, once per process and host.

    Behind a proxy, which resolves and connects in our place, only the key is looked at.

    Raises:
        ValueError, TypeError: the key file holds no key that the passphrase opens.
        OSError: the key file cannot be read, or the host has no address or does not answer.
    """
    if settings.private_key_file:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        passphrase = settings.private_key_passphrase
        load_pem_private_key(settings.private_key_file.read_bytes(), passphrase.encode() if passphrase else None)
    proxies = urllib.request.getproxies()
    if proxies.get("https") or proxies.get("all"):
        return
    from snowflake.connector.util_text import construct_hostname

    knock(construct_hostname(None, settings.account), HTTPS, PATIENCE)


@cache
def knock(host: str, port: int, seconds: float) -> None:
    """Open and close a connection within so many seconds, names included.

    Raises:
        OSError: the host has no address, or none of its addresses answers in time.
    """
    deadline = time.monotonic() + seconds
    # At least a moment, so that the error is the address's own and not that no time was left.
    last: OSError = TimeoutError(f"{host} does not answer on port {port}.")
    for address in _addresses(host, port, seconds):
        try:
            socket.create_connection(address, timeout=max(0.5, deadline - time.monotonic())).close()
        except OSError as error:
            last = OSError(f"{host} does not answer on port {port} ({error.strerror or error}).")
        else:
            return
        if time.monotonic() > deadline:
            break
    raise last


def _addresses(host: str, port: int, seconds: float) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    failed: list[OSError] = []

    def resolve() -> None:
        try:
            found.extend((str(a[4][0]), port) for a in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            failed.append(error)

    # The resolver knows no time limit; a daemon thread may outlast us.
    thread = threading.Thread(target=resolve, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise OSError(f"{host} could not be resolved ({failed[0].strerror or failed[0]}).")
    if not found:
        raise TimeoutError(f"{host} could not be resolved within {seconds:.0f} s.")
    return found

"""Any transport of the OpenLineage client, by the client's usual configuration."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# These report success before, or without, an event's arrival; an outbox must know.
_UNSURE = {
    "async_http": "http",
    "noop": "http, kafka or file",
    "composite": "one transport, for it goes on after a failure",
}


class TransportError(RuntimeError):
    """The transport cannot say whether an event arrived; the message says which to use."""


class ClientTransport:
    """Sends through one of the client's transports: http, kafka, file …"""

    def __init__(self, transport: Any) -> None:
        kind = getattr(transport, "kind", "")
        if kind in _UNSURE:
            raise TransportError(f"OpenLineage transport {kind!r} loses failures; use {_UNSURE[kind]}.")
        self._transport = transport

    def send(self, event: dict[str, Any]) -> None:
        """Deliver one event. The client changes what it is given, so it gets a copy."""
        self._transport.emit(copy.deepcopy(event))

    def flush(self) -> None:
        """Wait for a transport that sends in the background, such as Kafka's.

        Raises:
            TransportError: events are still on their way.
        """
        wait = getattr(self._transport, "wait_for_completion", None)
        if wait is not None and not wait(timeout=30):
            raise TransportError("The OpenLineage transport did not finish within 30 s; the events stay pending.")


def is_configured(environ: Mapping[str, str] | None = None) -> bool:
    """True where the environment or an openlineage.yml says where to send."""
    environ = os.environ if environ is None else environ
    if environ.get("OPENLINEAGE_DISABLED", "").lower() == "true":
        return False
    named = any(environ.get(name) for name in ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG"))
    nested = any(name.startswith("OPENLINEAGE__TRANSPORT") for name in environ)
    files = (Path("openlineage.yml"), Path.home() / ".openlineage" / "openlineage.yml")
    return named or nested or any(file.exists() for file in files)


def configured() -> ClientTransport | None:
    """The transport that the client's configuration names, None where there is no configuration."""
    if not is_configured():
        return None
    from openlineage.client import OpenLineageClient

    return ClientTransport(OpenLineageClient().transport)

"""A strict stand-in for Snowflake's external-lineage endpoint: it refuses what the documentation says is refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

REQUIRED = ("inputs", "outputs", "eventType", "eventTime", "job")
TOKEN_TYPES = ("KEYPAIR_JWT", "OAUTH", "PROGRAMMATIC_ACCESS_TOKEN")


@dataclass
class Endpoint:
    """What the endpoint knows, and the edges that it took."""

    objects: set[str]
    """Snowflake objects that the user's default role can see."""
    token: str = "token"
    may_ingest: bool = True
    edges: set[tuple[str, str]] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)
    answers: list[int] = field(default_factory=list)
    down_for: int = 0
    """So many requests are answered by 503 first."""
    url: str = ""

    def take(self, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, str]]:
        """The status and body of the answer to a POST."""
        if self.down_for:
            self.down_for -= 1
            return 503, {"message": "unavailable"}
        if path != "/api/v2/lineage/external-lineage":
            return 404, {"message": "no such endpoint"}
        if headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"message": "authentication failed"}
        if headers.get("X-Snowflake-Authorization-Token-Type") not in TOKEN_TYPES:
            return 401, {"message": "unknown token type"}
        if not self.may_ingest:
            return 403, {"message": "INGEST LINEAGE is not granted"}
        if not headers.get("Content-Type", "").startswith("application/json"):
            return 415, {"message": "not JSON"}
        return self._event(json.loads(body))

    def _event(self, event: dict[str, Any]) -> tuple[int, dict[str, str]]:
        if missing := [name for name in REQUIRED if name not in event]:
            return 400, {"message": f"{missing[0]} is missing"}
        if event["eventType"] != "COMPLETE":
            return 400, {"message": "only COMPLETE events are accepted"}
        if "/spec/2-" in event.get("schemaURL", ""):
            return 400, {"message": "OpenLineage version 2 is not supported"}
        datasets = [*event["inputs"], *event["outputs"]]
        for dataset in datasets:
            if len(dataset["name"]) > 1000:
                return 400, {"message": "a name is too long"}
            if dataset["namespace"].startswith("snowflake://") and dataset["name"] not in self.objects:
                return 400, {"code": "394919", "message": "an object does not exist or is not authorized"}
        made = {(i["name"], o["name"]) for i in event["inputs"] for o in event["outputs"]}
        if len(event["inputs"]) * len(event["outputs"]) > 15_000:
            return 400, {"message": "too many edges in one event"}
        if len(self.edges | made) > 20_000:
            return 400, {"message": "too many edges in the account"}
        self.edges |= made
        inputs = {(i["namespace"], i["name"]) for i in event["inputs"]}
        for output in event["outputs"]:
            fields = output.get("facets", {}).get("columnLineage", {}).get("fields", {})
            for column, sources in fields.items():
                for edge in sources["inputFields"]:
                    if (edge["namespace"], edge["name"]) in inputs:
                        self.columns.add((f"{edge['name']}.{edge['field']}", f"{output['name']}.{column}"))
        return 200, {}


@contextmanager
def running(endpoint: Endpoint) -> Iterator[Endpoint]:
    """The endpoint on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = endpoint.take(self.path, self.headers, body)
            endpoint.answers.append(status)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()

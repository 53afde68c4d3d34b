"""An HTTP server whose answers a test can spoil."""

from __future__ import annotations

import copy
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Fault:
    """What goes wrong with the next request. `after`: the request is carried out, and the answer does not arrive."""

    kind: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)


class Simulator:
    """Subclasses answer in `handle`, which one request at a time enters."""

    def __init__(self) -> None:
        self.faults: deque[Fault | None] = deque()
        self.requests: list[Request] = []
        self.keeps_requests = True
        self.before: Callable[[Request], None] = lambda request: None
        self.after: Callable[[Request], None] = lambda request: None
        self.clock_ahead = 0.0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def handle(self, request: Request) -> Reply:
        raise NotImplementedError

    def remember(self) -> dict[str, Any]:
        """What it holds, to go back to."""
        with self._lock:
            held = (dict, list, set, int, str)
            return {name: copy.deepcopy(value) for name, value in vars(self).items() if isinstance(value, held)}

    def go_back(self, remembered: dict[str, Any]) -> None:
        with self._lock:
            vars(self).update(copy.deepcopy(remembered))

    def _handler(simulator) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_: Any) -> None:
                """Quiet: a simulator's log would hold customers."""

            def date_time_string(self, timestamp: float | None = None) -> str:
                return formatdate((timestamp or time.time()) + simulator.clock_ahead, usegmt=True)

            def body(self) -> bytes:
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                read = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    read += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return read

            def answer(self) -> None:
                split = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(
                    self.command,
                    split.path,
                    parse_qs(split.query, keep_blank_values=True),
                    headers,
                    self.body(),
                )
                with simulator._lock:
                    if simulator.keeps_requests:
                        simulator.requests.append(request)
                    simulator.before(request)
                    fault = simulator.faults.popleft() if simulator.faults else None
                    if fault and fault.kind == "status":
                        reply = Reply(fault.status, {"message": "fault"}, fault.headers)
                    else:
                        reply = simulator.handle(request)
                    simulator.after(request)
                self.reply(reply, fault.kind if fault else "")

            def reply(self, reply: Reply, kind: str) -> None:
                content = reply.content
                if kind == "lost":
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if kind == "slow":
                    content += b" " * 400
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command == "HEAD":
                    return
                if kind == "truncated":
                    self.wfile.write(content[: len(content) // 2])
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                elif kind == "slow":
                    try:
                        for byte in content:
                            self.wfile.write(bytes([byte]))
                            time.sleep(0.02)
                    except OSError:
                        self.close_connection = True
                else:
                    self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        return Handler

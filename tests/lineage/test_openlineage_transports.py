import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lineage.events import complete_event
from lineage.transports import configured
from lineage.transports.openlineage import ClientTransport, TransportError


class Sink(BaseHTTPRequestHandler):
    status = 200
    received: list[dict] = []  # noqa: RUF012

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.status == 200:
            self.received.append(json.loads(body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def sink(monkeypatch):
    server = HTTPServer(("127.0.0.1", 0), Sink)
    Sink.received, Sink.status = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(
        "OPENLINEAGE__TRANSPORT", json.dumps({"type": "http", "url": f"http://127.0.0.1:{server.server_port}"})
    )
    yield Sink
    server.shutdown()
    server.server_close()


def test_the_clients_http_transport_sends_the_event_unchanged(sink, asset_run):
    event = complete_event(asset_run)
    transport = configured()
    transport.send(event)
    transport.flush()
    assert sink.received == [event] == [complete_event(asset_run)]


def test_a_refused_event_is_an_error(sink, asset_run):
    sink.status = 400
    with pytest.raises(Exception, match="400"):
        configured().send(complete_event(asset_run))


def test_a_transport_that_loses_failures_is_refused():
    class Async:
        kind = "async_http"

    with pytest.raises(TransportError, match="use http"):
        ClientTransport(Async())


def test_without_configuration_there_is_no_transport(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    assert configured() is None

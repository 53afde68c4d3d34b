"""What benchmarks/delivery.py runs as processes of their own: a simulator, a delivery, the same batches sent bare."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from confluent_kafka.admin import AdminClient

# Of the tests; delivery.py puts their folders on the path.
from simulators.braze import BrazeSimulator
from simulators.hubspot import HubSpotSimulator
from simulators.salesforce import SalesforceSimulator
from simulators.webhook import WebhookSimulator
from simulators.zendesk import ZendeskSimulator
from toy_world import FAST, MODULES, START, VALUES, World

from benchmarks.harness import processor_seconds
from c360_assets.activation import deliver
from c360_assets.activation.connect import batch_rows
from c360_assets.activation.destinations import kafka
from c360_assets.activation.waves import threads, waves
from c360_assets.activation.wire import Batch, Row
from c360_assets.run import Run
from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse

SIMULATORS: dict[str, Any] = {
    "webhook": WebhookSimulator, "hubspot": HubSpotSimulator, "braze": BrazeSimulator,
    "salesforce": SalesforceSimulator, "zendesk": ZendeskSimulator,
}  # fmt: skip


def simulate(connector: str) -> None:
    """Answer until the other side closes standard input."""
    if connector == "kafka":
        # The brokers live as long as the client that made them.
        maker = AdminClient({"test.mock.num.brokers": 1, "log_level": 0})
        print(",".join(f"{b.host}:{b.port}" for b in maker.list_topics(timeout=10).brokers.values()), flush=True)
        sys.stdin.read()
        return
    with SIMULATORS[connector]() as server:
        server.keeps_requests = False
        print(server.url, flush=True)
        sys.stdin.read()


def deliver_rows(connector: str, url: str, rows: int, channel: str | None, concurrency: int) -> dict[str, float]:
    """One delivery: plan, send, receipts; and the processor's part, of this process and of the embedded engine."""
    with Warehouse(load_settings()) as warehouse, tempfile.TemporaryDirectory() as outbox:
        world = World(warehouse, connector, None, Path(outbox), channel=channel)
        world.fill(rows)
        warehouse.execute(
            "insert into GOLDEN_PROFILE.CONSENT select profile_id, 'marketing', 'email', 'ALL', 'granted', null"
            " from ACTIVATION_FEED.TOY_FEED"
        )
        destination = replace(world.destination, limits=replace(FAST, concurrency=concurrency))
        started, own, both = time.perf_counter(), time.process_time(), processor_seconds(warehouse)
        result = deliver(
            warehouse, destination, Run("bench", START), Path(outbox), connect=lambda declared: _open(declared, url)
        )
        seconds, own = time.perf_counter() - started, time.process_time() - own
        both = processor_seconds(warehouse) - both
    assert result.delivered == rows, result.outcomes
    return {"seconds": seconds, "processor": own, "engine": both - own}


def bare(connector: str, url: str, rows: int, channel: str | None, concurrency: int) -> dict[str, float]:
    """The same batches by the same connector, with no warehouse."""
    with Warehouse(load_settings()) as warehouse, tempfile.TemporaryDirectory() as outbox:
        destination = World(warehouse, connector, None, Path(outbox), channel=channel).destination
    limits, size = replace(FAST, concurrency=concurrency), batch_rows(destination)["create"]
    told = [_row(number) for number in range(rows)]
    batches = [Batch(f"b{start}", tuple(told[start : start + size])) for start in range(0, rows, size)]
    connection = _open(replace(destination, limits=limits), url)
    started, own = time.perf_counter(), time.process_time()
    with threads(concurrency) as at_once:
        for wave in waves(batches, limits):
            at_once(lambda batch: list(connection.send(batch)), wave)
    return {"seconds": time.perf_counter() - started, "processor": time.process_time() - own, "engine": 0.0}


def _row(number: int) -> Row:
    key = f"per_{number:08d}"
    fields = {"email": f"{key}@x.example", "name": f"Ann {number}"}
    return Row(key, "create", key, event_id=f"e{number}", changed=fields, whole=fields)


def _open(declared: Any, url: str) -> Any:
    token = "zd-token" if declared.connector == "zendesk" else "pat-token"
    module = (MODULES | {"kafka": kafka})[declared.connector]
    return module.open_destination(declared, VALUES | {"url": url, "bootstrap_servers": url, "token": token})


def main() -> None:
    """`simulate CONNECTOR`, or `deliver|bare CONNECTOR URL ROWS CHANNEL CONCURRENCY`."""
    what, connector, *rest = sys.argv[1:]
    if what == "simulate":
        simulate(connector)
        return
    url, rows, channel, concurrency = rest
    send = bare if what == "bare" else deliver_rows
    told = send(connector, url, int(rows), channel or None, int(concurrency))
    print(json.dumps(told | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main()

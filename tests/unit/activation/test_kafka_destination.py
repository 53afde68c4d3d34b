"""Kafka, against librdkafka's own brokers in memory."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.destinations.kafka import KafkaDestination, open_destination
from c360_assets.activation.limits import Limits
from c360_assets.activation.sender import Sender
from c360_assets.activation.wire import Batch, Row

DECLARED = DestinationDeclaration(
    destination="toy", title="Toy", owner="team:test", feed="ACTIVATION_FEED.TOY_FEED", key=("profile_id",),
    purpose="service", legal_basis="contract", fields=("name", "city"), connector="kafka",
    limits=Limits(timeout_seconds=20, backoff_seconds=0.05, breaker_failures=50),
)  # fmt: skip


@pytest.fixture(scope="module")
def brokers() -> Iterator[str]:
    """The brokers live as long as the client that made them."""
    maker = AdminClient({"test.mock.num.brokers": 1, "log_level": 0})
    found = maker.list_topics(timeout=10).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in found)


def read(brokers: str, topic: str, expected: int, quiet: float = 20) -> list[tuple[str, Any, dict[str, bytes]]]:
    consumer = Consumer({
        "bootstrap.servers": brokers, "group.id": f"g{time.time()}", "auto.offset.reset": "earliest",
        "isolation.level": "read_committed", "log_level": 0,
    })  # fmt: skip
    consumer.subscribe([topic])
    found: list[tuple[str, Any, dict[str, bytes]]] = []
    until = time.monotonic() + 20
    last = time.monotonic()
    while len(found) < expected and time.monotonic() < until and (not found or time.monotonic() - last < quiet):
        message = consumer.poll(0.2)
        if message is not None and not message.error():
            value = json.loads(message.value()) if message.value() else None
            last = time.monotonic()
            found.append((message.key().decode(), value, dict(message.headers() or [])))
    consumer.close()
    return found


def destination(brokers: str, topic: str) -> KafkaDestination:
    from dataclasses import replace

    return open_destination(replace(DECLARED, objects={"topic": topic}), {"bootstrap_servers": brokers})


def row(number: int, operation: str = "create", **more: Any) -> Row:
    whole = {"name": f"Ann {number}", "city": "Bonn"}
    changed = {"name": whole["name"]}
    return Row(f"per_{number}", operation, event_id=f"e{number}", changed=changed, whole=whole, **more)


def test_an_update_holds_every_field_and_what_has_to_go_is_a_tombstone(brokers: str) -> None:
    opened = destination(brokers, "all")
    sender = Sender(opened, DECLARED.limits)
    assert {o.status for o in sender.send(Batch("b1", (row(1), row(2, "update"))))} == {"delivered"}
    assert {o.status for o in sender.send(Batch("b2", (row(2, "merge", heir_profile_id="per_1"),)))} == {"delivered"}
    opened.close()
    # In order within a partition, which is to say within a key.
    messages = sorted(read(brokers, "all", 3), key=lambda message: message[0])
    assert [(key, value and value["fields"]) for key, value, _ in messages] == [
        ("per_1", {"name": "Ann 1", "city": "Bonn"}), ("per_2", {"name": "Ann 2", "city": "Bonn"}), ("per_2", None),
    ]  # fmt: skip
    assert messages[1][1]["changed"] == ["name"]
    assert messages[2][2]["merged_into"] == b"per_1" and messages[0][2]["event_id"] == b"e1"


def test_a_message_that_is_too_large_is_told_apart_and_the_others_arrive(brokers: str) -> None:
    opened = destination(brokers, "large")
    huge = Row("per_2", "create", event_id="e2", whole={"name": "x" * 2_000_000})
    outcomes = Sender(opened, DECLARED.limits).send(Batch("b1", (row(1), huge, row(3), row(4))))
    opened.close()
    assert {o.profile_id for o in outcomes if o.status == "rejected"} == {"per_2"}
    # The mock brokers show aborted transactions too, so a message of one may be there twice.
    keys = {key for key, _, _ in read(brokers, "large", 99, quiet=2)}
    assert keys == {"per_1", "per_3", "per_4"}


def test_brokers_that_are_away_leave_the_rows_pending() -> None:
    opened = open_destination(DECLARED, {"bootstrap_servers": "127.0.0.1:1"})
    opened._timeout = 0.3
    sender = Sender(opened, Limits(attempts=2, backoff_seconds=0.01))
    assert {(o.status, o.in_doubt) for o in sender.send(Batch("b1", (row(1),)))} == {("pending", False)}

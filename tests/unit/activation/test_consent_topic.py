"""Consent events of a topic, against librdkafka's own brokers in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from c360_assets.activation import consent_topic
from c360_assets.activation.consent_topic import ConsentTopic, ConsentTopicError, receive, waiting

FILES = "consent_events*.jsonl*"


@pytest.fixture(scope="module")
def brokers() -> Iterator[str]:
    """The brokers live as long as the client that made them."""
    maker = AdminClient({"test.mock.num.brokers": 1, "log_level": 0})
    found = maker.list_topics(timeout=10).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in found)


def say(topic: ConsentTopic, *values: Any) -> None:
    producer = Producer({"bootstrap.servers": topic.bootstrap_servers, "log_level": 0})
    for value in values:
        producer.produce(topic.topic, value=value if isinstance(value, bytes) else json.dumps(value).encode())
    assert producer.flush(10) == 0


def landed(folder: Path) -> list[Any]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]


def test_events_are_written_down_once_and_then_committed(brokers: str, tmp_path: Path) -> None:
    topic = ConsentTopic(brokers, "once")
    say(topic, {"event_id": "e1", "status": "withdrawn"}, {"status": "denied"})
    assert waiting(topic) == 2
    assert receive(topic, tmp_path, FILES) == 2 and waiting(topic) == 0
    first, second = sorted(landed(tmp_path), key=lambda event: event["status"], reverse=True)
    assert first["event_id"] == "e1" and second["event_id"].startswith("once:") and second["recorded_at"]
    assert receive(topic, tmp_path, FILES) == 0 and len(landed(tmp_path)) == 2
    say(topic, {"event_id": "e3", "status": "denied"})
    assert receive(topic, tmp_path, FILES) == 1 and len(landed(tmp_path)) == 3


def test_what_is_not_on_the_disk_is_not_committed(
    brokers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = ConsentTopic(brokers, "disk")
    say(topic, {"event_id": "e1"})

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(consent_topic.os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            receive(topic, tmp_path, FILES)
    assert list(tmp_path.iterdir()) == [] and waiting(topic) == 1
    # Killed between the file and the commit: it comes again, under the same id.
    with monkeypatch.context() as patched:
        patched.setattr(consent_topic._Reader, "commit", lambda self: None)
        receive(topic, tmp_path, FILES)
    assert receive(topic, tmp_path, FILES) == 1
    assert [event["event_id"] for event in landed(tmp_path)] == ["e1", "e1"] and waiting(topic) == 0


def test_what_is_no_event_is_one_line_that_the_loader_tells_of(brokers: str, tmp_path: Path) -> None:
    topic = ConsentTopic(brokers, "odd")
    say(topic, b"not\njson", {"event_id": "e1"})
    assert receive(topic, tmp_path, FILES) == 2
    (path,) = tmp_path.glob("consent_events*.jsonl")
    assert "not json" in path.read_text().splitlines()


def test_a_file_that_nobody_would_read_is_not_written(brokers: str, tmp_path: Path) -> None:
    topic = ConsentTopic(brokers, "pattern")
    say(topic, {"event_id": "e1"})
    with pytest.raises(ConsentTopicError, match="would not be found"):
        receive(topic, tmp_path, "consent/*.csv")
    assert waiting(topic) == 1 and list(tmp_path.iterdir()) == []


def test_brokers_that_are_away_are_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(consent_topic, "_SECONDS", 0.5)
    with pytest.raises(ConsentTopicError, match="cannot be read"):
        receive(ConsentTopic("127.0.0.1:1", "away"), tmp_path, FILES)


def test_a_topic_without_brokers_is_no_declaration() -> None:
    assert ConsentTopic.declared({}) is None
    with pytest.raises(ConsentTopicError, match="C360_CONSENT_BOOTSTRAP_SERVERS"):
        ConsentTopic.declared({"C360_CONSENT_TOPIC": "consent"})
    found = ConsentTopic.declared({
        "C360_CONSENT_TOPIC": "consent", "C360_CONSENT_BOOTSTRAP_SERVERS": "b:9092", "C360_CONSENT_PASSWORD": "secret",
    })  # fmt: skip
    assert found and found.options == {"sasl.password": "secret"} and "secret" not in repr(found)

"""A refusal in the consent topic reaches a destination within a minute, and the profile with the next run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from pipeline_home import PipelineHome


@pytest.fixture(scope="module")
def brokers() -> Iterator[str]:
    """The brokers live as long as the client that made them."""
    maker = AdminClient({"test.mock.num.brokers": 1, "log_level": 0})
    found = maker.list_topics(timeout=10).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in found)


class Home(PipelineHome):
    """With a consent topic."""

    brokers = ""

    @property
    def environment(self) -> dict[str, str]:
        topic = {"C360_CONSENT_TOPIC": "consent", "C360_CONSENT_BOOTSTRAP_SERVERS": self.brokers}
        return super().environment | topic


@pytest.mark.slow
def test_a_refusal_in_the_topic_is_heeded_at_once_and_then_taken_in(brokers: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.brokers = brokers
    held = "select destination_key from ACTIVATION_FEED.DESTINATION_STATE where destination = 'marketing'"
    try:
        home.sample(records=600, seed=4)
        assert home.run().code == 0
        before = [key for (key,) in home.rows(held)]
        address = sorted(before)[0]
        event = {
            "event_id": "from-the-topic", "subject_type": "email", "subject_value": address.upper(),
            "purpose": "marketing", "channel": "email", "status": "withdrawn", "occurred_at": "2030-01-01T00:00:00Z",
        }  # fmt: skip
        producer = Producer({"bootstrap.servers": brokers, "log_level": 0})
        producer.produce("consent", value=json.dumps(event).encode())
        assert producer.flush(10) == 0
        files, started = set(home.outbox()), time.monotonic()
        assert home.call("sync", "--consent").code == 0
        seconds = time.monotonic() - started
        after = [key for (key,) in home.rows(held)]
        assert address not in after and len(after) == len(before) - 1 and seconds < 60
        (told,) = set(home.outbox()) - files
        assert told.startswith("marketing/") and b"delete" in home.outbox()[told]
        again = home.call("sync", "--consent")
        assert "0 new file(s)" in again.out and len(home.rows(held)) == len(after)
        assert home.run().code == 0
        states = home.rows(
            "select distinct consent.state from GOLDEN_PROFILE.CONSENT as consent"
            " inner join NORMALIZED_RECORD.CONSENT_EVENT as event on event.fact_key like '%from-the-topic'"
            " inner join GOLDEN_PROFILE.PERSON as person on person.profile_id = consent.profile_id"
            f" where person.email = '{address}' and consent.purpose = 'marketing' and consent.channel = 'email'"
        )
        assert states == [("withdrawn",)]
        assert address not in [key for (key,) in home.rows(held)]
    finally:
        home.close()

"""The sensor that watches for refusals: in the landing zone, and in the topic."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest

from c360_assets.activation.consent_topic import ConsentTopic, ConsentTopicError
from c360_assets.defs.orchestration import consent


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(consent, "load_settings", lambda: SimpleNamespace(landing=tmp_path))
    monkeypatch.delenv("C360_CONSENT_TOPIC", raising=False)
    (tmp_path / "consent").mkdir()
    return tmp_path / "consent"


def tick(cursor: str | None) -> tuple[bool, str | None]:
    """Whether a run was asked for, and the cursor after it."""
    told = consent.new_consent_file(dg.build_sensor_context(cursor=cursor))
    assert isinstance(told, dg.SensorResult | dg.SkipReason)
    return isinstance(told, dg.SensorResult), told.cursor if isinstance(told, dg.SensorResult) else cursor


def test_a_new_or_changed_file_asks_for_a_run_once(landing: Path) -> None:
    assert tick(None) == (False, None)
    (landing / "consent_events_1.jsonl").write_text("{}\n")
    (landing / "other.jsonl").write_text("{}\n")
    asked, cursor = tick(None)
    assert asked and tick(cursor) == (False, cursor)
    (landing / "consent_events_1.jsonl").write_text("{}\n{}\n")
    asked, cursor = tick(cursor)
    assert asked and tick(cursor) == (False, cursor)


def test_messages_in_the_topic_ask_for_a_run_and_brokers_that_are_away_for_none(
    landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("C360_CONSENT_TOPIC", "consent")
    monkeypatch.setenv("C360_CONSENT_BOOTSTRAP_SERVERS", "b:9092")
    monkeypatch.setattr(consent, "waiting", lambda topic: 2 if topic == ConsentTopic("b:9092", "consent") else 0)
    assert tick(None)[0]
    monkeypatch.setattr(consent, "waiting", lambda topic: 0)
    assert not tick(None)[0]

    def away(topic: ConsentTopic) -> int:
        raise ConsentTopicError("away")

    monkeypatch.setattr(consent, "waiting", away)
    assert not tick(None)[0]

"""Consent events from a Kafka topic, written down in the landing zone as an extract of the consent store.

From there they go the way of every other consent file: at once by the short way, and with the next run into the
profiles. Offsets are committed when the file is on the disk and not before: killed in between, events come twice, which
their ids allow for.
"""

from __future__ import annotations

import fnmatch
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from c360_assets.sources.errors import SourceError

VARIABLES = {
    "C360_CONSENT_SECURITY_PROTOCOL": "security.protocol",
    "C360_CONSENT_SASL_MECHANISM": "sasl.mechanism",
    "C360_CONSENT_USERNAME": "sasl.username",
    "C360_CONSENT_PASSWORD": "sasl.password",
}
_MOST = 50_000
_SECONDS = 20.0


class ConsentTopicError(SourceError):
    """The topic cannot be read; what it holds stays there."""


@dataclass(frozen=True)
class ConsentTopic:
    """Where consent events come in."""

    bootstrap_servers: str
    topic: str
    group: str = "c360-consent"
    # Credentials are kept out of repr, and so out of logs and tracebacks.
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def declared(cls, environ: Mapping[str, str] | None = None) -> ConsentTopic | None:
        """From C360_CONSENT_TOPIC and C360_CONSENT_BOOTSTRAP_SERVERS; None where no topic is set.

        Raises:
            ConsentTopicError: a topic is set and no brokers are.
        """
        environ = os.environ if environ is None else environ
        topic, servers = environ.get("C360_CONSENT_TOPIC"), environ.get("C360_CONSENT_BOOTSTRAP_SERVERS")
        if not topic:
            return None
        if not servers:
            raise ConsentTopicError("C360_CONSENT_TOPIC is set; set C360_CONSENT_BOOTSTRAP_SERVERS as well.")
        options = {option: environ[name] for name, option in VARIABLES.items() if environ.get(name)}
        return cls(servers, topic, environ.get("C360_CONSENT_GROUP") or cls.group, options)


def waiting(topic: ConsentTopic) -> int:
    """How many messages lie behind the committed offsets.

    Raises:
        ConsentTopicError: the brokers do not answer.
    """
    with _Reader(topic) as reader:
        return sum(high - max(low, start) for low, high, start in reader.bounds())


def receive(topic: ConsentTopic, landing: Path, files: str) -> int:
    """Write what is new into one file of the landing zone, then commit; returns how many events it has.

    `files` is the pattern by which the consent extract is found there.

    Raises:
        ConsentTopicError: the brokers do not answer, or no such file would be found; nothing is committed then.
        OSError: the file cannot be written; nothing is committed then.
    """
    with _Reader(topic) as reader:
        messages = reader.read()
        lines = [line for message in messages if (line := _line(message))]
        if lines:
            _write(landing / _file_name(files), lines)
        if messages:
            reader.commit()
    return len(lines)


def _file_name(files: str) -> str:
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    name = f"{files.partition('*')[0]}_topic_{now}_{uuid.uuid4().hex[:8]}.jsonl"
    if not fnmatch.fnmatchcase(name, files):
        raise ConsentTopicError(f"A file of consent events would not be found by the declared pattern {files!r}.")
    return name


def _write(path: Path, lines: list[bytes]) -> None:
    """The file is whole, and its name on the disk, before this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as handle:
            handle.writelines(lines)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        part.unlink(missing_ok=True)


def _line(message: Any) -> bytes:
    """One line of the extract. What is no JSON object goes in as it is, and the loader tells it as unreadable."""
    value = message.value()
    if value is None:
        return b""
    try:
        event = json.loads(value)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        return value.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"
    # Where the sender gives no id, the place in the topic is one; it stays the same however often it is read.
    event.setdefault("event_id", f"{message.topic()}:{message.partition()}:{message.offset()}")
    _, milliseconds = message.timestamp()
    if milliseconds > 0:
        event.setdefault("recorded_at", datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat())
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class _Reader:
    """All partitions from the committed offsets on. There is one reader at a time, so no group is joined."""

    def __init__(self, topic: ConsentTopic) -> None:
        from confluent_kafka import Consumer

        self._topic = topic
        self._consumer = Consumer(
            {
                "bootstrap.servers": topic.bootstrap_servers, "group.id": topic.group, "enable.auto.commit": False,
                "enable.auto.offset.store": False, "enable.partition.eof": True, "log_level": 0, **topic.options,
            }
        )  # fmt: skip
        self._next: dict[int, int] = {}

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def bounds(self) -> list[tuple[int, int, int]]:
        """First and one past the last message of each partition, and where to begin."""
        from confluent_kafka import KafkaException, TopicPartition

        try:
            known = self._consumer.list_topics(self._topic.topic, timeout=_SECONDS).topics[self._topic.topic]
            if known.error is not None:
                return []
            parts = [TopicPartition(self._topic.topic, number) for number in sorted(known.partitions)]
            found = []
            for part in self._consumer.committed(parts, timeout=_SECONDS):
                low, high = self._consumer.get_watermark_offsets(part, timeout=_SECONDS)
                # What retention took away cannot be read; a group that is new begins with the first that is left.
                start = max(low, part.offset)
                self._next[part.partition] = start
                found.append((low, high, start))
            return found
        except KafkaException as error:
            raise _told(error) from None

    def read(self) -> list[Any]:
        """The messages from there to the end of each partition, or as many as one file should hold."""
        from confluent_kafka import KafkaError, KafkaException, TopicPartition

        self.bounds()
        if not self._next:
            return []
        self._consumer.assign([TopicPartition(self._topic.topic, p, offset) for p, offset in self._next.items()])
        found: list[Any] = []
        unfinished = set(self._next)
        try:
            while unfinished and len(found) < _MOST:
                message = self._consumer.poll(_SECONDS)
                if message is None:
                    raise ConsentTopicError("The consent topic's brokers stopped answering; it is read again later.")
                error, partition = message.error(), int(message.partition() or 0)
                if error is None:
                    found.append(message)
                    self._next[partition] = int(message.offset() or 0) + 1
                elif error.code() == KafkaError._PARTITION_EOF:
                    unfinished.discard(partition)
                else:
                    raise KafkaException(error)
        except KafkaException as error:
            raise _told(error) from None
        return found

    def commit(self) -> None:
        """What was read is kept: the next reader begins behind it."""
        from confluent_kafka import KafkaException, TopicPartition

        places = [TopicPartition(self._topic.topic, p, offset) for p, offset in self._next.items()]
        try:
            self._consumer.commit(offsets=places, asynchronous=False)
        except KafkaException as error:
            raise _told(error) from None


def _told(error: Exception) -> ConsentTopicError:
    cause: Any = error.args[0] if error.args else None
    name = cause.name() if hasattr(cause, "name") else type(error).__name__
    return ConsentTopicError(f"The consent topic cannot be read (Kafka: {name}).")

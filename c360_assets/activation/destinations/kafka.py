"""Kafka: one message per profile, keyed by the profile id, each batch in one transaction.

Readers with `isolation.level=read_committed` see a batch whole or not at all. A profile that has to go is a
tombstone, so that a compacted topic is what the destination should hold. The transactional id is the destination's: a
producer that comes after one that was killed ends what that one left open, before it sends anything itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.wire import UPSERTS, AccessRefused, Batch, BatchRefused, Outcome, Row, TryLater

NEEDS = ("bootstrap_servers",)
BATCH_ROWS = dict.fromkeys(("create", "update", "merge", "delete", "suppress"), 1_000)
_OPTIONS = {
    "security_protocol": "security.protocol",
    "sasl_mechanism": "sasl.mechanism",
    "username": "sasl.username",
    "password": "sasl.password",
}
_NO_ACCESS = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED,
              KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, KafkaError.SASL_AUTHENTICATION_FAILED,
              KafkaError._AUTHENTICATION)  # fmt: skip


class KafkaDestination:
    """One topic."""

    def __init__(self, declaration: DestinationDeclaration, options: Mapping[str, Any], topic: str) -> None:
        self._declaration, self._options, self._topic = declaration, options, topic
        self._timeout = declaration.limits.timeout_seconds
        self._producer: Producer | None = None

    def send(self, batch: Batch) -> Sequence[Outcome]:
        """One transaction."""
        try:
            producer = self._ready()
            producer.begin_transaction()
        except KafkaException as error:
            raise self._told(error, uncertain=False) from None
        try:
            key = batch.key.encode()
            for row in batch.rows:
                self._produce(producer, row, key)
        except (KafkaException, BufferError) as error:
            self._abort(producer)
            raise self._told(error, uncertain=False) from None
        try:
            producer.commit_transaction(self._timeout)
        except KafkaException as error:
            self._abort(producer)
            raise self._told(error, uncertain=True) from None
        return [Outcome(row.profile_id, "delivered") for row in batch.rows]

    def _ready(self) -> Producer:
        if self._producer is None:
            producer = Producer(dict(self._options))
            producer.init_transactions(self._timeout)
            self._producer = producer
        return self._producer

    def _produce(self, producer: Producer, row: Row, batch_key: bytes) -> None:
        headers: list[tuple[str, str | bytes | None]] = [
            ("event_id", row.event_id.encode()),
            ("operation", row.operation.encode()),
            ("batch", batch_key),
        ]
        if row.operation == "merge" and row.heir_profile_id:
            headers.append(("merged_into", row.heir_profile_id.encode()))
        value = self._value(row) if row.operation in UPSERTS else None
        for last in (False, True):
            try:
                producer.produce(self._topic, key=row.profile_id.encode(), value=value, headers=headers)
                return
            except BufferError:
                if last:
                    raise
                producer.poll(self._timeout)

    def _value(self, row: Row) -> bytes:
        mapping = self._declaration.mapping
        # All fields: of a compacted topic only the last message is left.
        fields = {mapping.get(name, name): value for name, value in row.whole.items()}
        told = {"profile_id": row.profile_id, "fields": fields, "changed": [mapping.get(n, n) for n in row.changed]}
        return json.dumps(told, ensure_ascii=False).encode()

    def _abort(self, producer: Producer) -> None:
        try:
            producer.abort_transaction(self._timeout)
        except KafkaException:
            # The next producer of this transactional id aborts what this one cannot.
            self._producer = None

    def _told(self, error: BaseException, uncertain: bool) -> Exception:
        cause = error.args[0] if error.args and isinstance(error.args[0], KafkaError) else None
        if cause is None:
            return TryLater("the producer's buffer is full")
        if cause.fatal():
            self._producer = None
        if cause.code() in _NO_ACCESS:
            return AccessRefused(f"Kafka: {cause.name()}")
        if cause.code() == KafkaError.MSG_SIZE_TOO_LARGE:
            return BatchRefused(f"Kafka: {cause.name()}")
        return TryLater(f"Kafka: {cause.name()}", uncertain=uncertain)

    def close(self) -> None:
        """Let go of the producer."""
        self._producer = None


def open_destination(declaration: DestinationDeclaration, values: Mapping[str, str]) -> KafkaDestination:
    """The topic `objects.topic`, by default c360.<destination>."""
    topic = declaration.objects.get("topic", f"c360.{declaration.destination}")
    options: dict[str, Any] = {
        "bootstrap.servers": values["bootstrap_servers"],
        "transactional.id": f"c360-{declaration.destination}",
        "enable.idempotence": True,
        "transaction.timeout.ms": 60_000,
        "linger.ms": 5,
        "log_level": 2,
        **{_OPTIONS[name]: value for name, value in values.items() if name in _OPTIONS},
    }
    return KafkaDestination(declaration, options, topic)

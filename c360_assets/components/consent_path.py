"""The short way of a refusal, with what is recorded about it: for the command, the job and the sensor."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from c360_assets.activation.consent_topic import ConsentTopic, ConsentTopicError, receive
from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.deliver import DeliveryResult, deliver_refusals, destination_lock
from c360_assets.activation.revocation import Noticed, notice, settle_where_it_can
from c360_assets.components.declarations import declared_systems
from c360_assets.components.delivery_lineage import recorded
from c360_assets.locking import writer_lock
from c360_assets.run import Run
from c360_assets.sources.declaration import SourceObject
from c360_assets.warehouse import Warehouse

SYSTEM, OBJECT = "consent", "consent_event"


def consent_extract() -> SourceObject:
    """The consent store's events, as declared."""
    return next(system for system in declared_systems() if system.system == SYSTEM).object(OBJECT)


def heed_refusals(
    warehouse: Warehouse, landing: Path, destinations: Sequence[DestinationDeclaration]
) -> tuple[Noticed, list[DeliveryResult]]:
    """Read new consent files and take the people in them who refuse out of every destination that goes by consent.

    Events of the consent topic, where there is one, become such a file first.

    It asks for no writer's lock: a long run does not hold it up. A destination that is being served meanwhile reads
    the refusals itself before each batch, and is served here right after.

    Raises:
        ConsentTopicError: the topic cannot be read; the landing zone's refusals have been told.
    """
    declared_extract = consent_extract()
    unread = None
    with writer_lock(warehouse.settings, name="locks/consent"):
        try:
            if topic := ConsentTopic.declared():
                receive(topic, landing, declared_extract.files)
        except ConsentTopicError as error:
            # What lies in the landing zone is heeded all the same.
            unread = error
        noticed = notice(warehouse, landing, declared_extract)
    settle_where_it_can(warehouse)
    run = Run(f"consent-{uuid.uuid4()}", datetime.now(UTC).replace(tzinfo=None))
    results = []
    for declared in destinations:
        if declared.channel is None:
            continue
        # The lock from START to the end: whoever gets hold of it knows that no delivery is under way.
        with destination_lock(warehouse, declared), recorded(warehouse, declared, run.run_id) as record:
            result = deliver_refusals(warehouse, declared, run, warehouse.settings.outbox)
            record(result)
        results.append(result)
    if unread:
        raise unread
    return noticed, results

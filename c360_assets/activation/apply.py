"""Deliver a plan: batch by batch to the wire, window by window into the warehouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from pathlib import Path

from c360_assets.activation import receipts
from c360_assets.activation.batches import idle_seconds, read, windows, write_ahead
from c360_assets.activation.connect import Connect
from c360_assets.activation.consent import refused_in, watch
from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.destinations import files
from c360_assets.activation.destinations.object_store import ObjectStore
from c360_assets.activation.diff import OPERATIONS
from c360_assets.activation.pacing import Clock
from c360_assets.activation.rows import stream
from c360_assets.activation.sender import Sender
from c360_assets.activation.tables import PLAN, PLAN_ROW, listed
from c360_assets.activation.waves import threads, waves
from c360_assets.activation.wire import UPSERTS, Batch, Outcome
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


def begin(warehouse: Warehouse, destination: str, plan_id: str) -> None:
    """From here on the plan may have reached the destination."""
    warehouse.execute(
        f"update {PLAN} set status = 'applying' where destination = %s and plan_id = %s", [destination, plan_id]
    )


def to_wire(
    warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, run: Run, connect: Connect,
    only: Sequence[str] = OPERATIONS, clock: Clock | None = None,
    told: Callable[[Sequence[Outcome]], None] | None = None,
) -> str | None:  # fmt: skip
    """Send the plan's rows of these operations. Returns why it stopped before the end, if it did.

    Each window is written down before it is sent, and its receipts after it: killed in between, it is in doubt, and
    goes out again under the same keys.
    """
    idle = idle_seconds(warehouse, destination.destination)
    connection = connect(replace(destination, limits=replace(destination.limits, idle_seconds=idle)))
    try:
        sender = Sender(connection, destination.limits, clock)
        with threads(destination.limits.concurrency) as at_once:
            for batch_ids in windows(warehouse, destination.destination, plan_id, tuple(only)):
                if sender.stopped:
                    break
                write_ahead(warehouse, destination, plan_id, batch_ids, run)
                watch(warehouse, destination, plan_id, batch_ids)
                outcomes: list[Outcome] = []
                in_doubt = set()
                # In hand before the first is sent: a cursor must not wait while a destination is asked to be patient.
                for wave in waves(list(read(warehouse, destination, plan_id, batch_ids)), destination.limits):
                    refused = _refused(warehouse, destination, wave)
                    for batch, found in zip(wave, at_once(partial(_send, sender, refused), wave), strict=True):
                        outcomes += found
                        if any(outcome.in_doubt for outcome in found) or _held_back_of_doubt(found):
                            in_doubt.add(batch.batch_id)
                        if told:
                            told(found)
                attempts, sender.attempts = sender.attempts, []
                receipts.acknowledge(warehouse, destination, plan_id, batch_ids, outcomes, in_doubt, attempts, run)
        return sender.stopped
    finally:
        connection.close()


def _refused(warehouse: Warehouse, destination: DestinationDeclaration, wave: Sequence[Batch]) -> set[str]:
    """Whom consent does not allow to be told, read when all else is ready for these batches to be sent."""
    upserts = [batch.batch_id for batch in wave if batch.rows[0].operation in UPSERTS]
    return refused_in(warehouse, destination, upserts)


def _send(sender: Sender, refused: AbstractSet[str], batch: Batch) -> list[Outcome]:
    held_back = refused & {row.profile_id for row in batch.rows} if batch.rows[0].operation in UPSERTS else set()
    outcomes = [Outcome(profile, "suppressed", "consent_refused_at_sending") for profile in sorted(held_back)]
    allowed = tuple(row for row in batch.rows if row.profile_id not in held_back)
    return outcomes + (sender.send(replace(batch, rows=allowed)) if allowed else [])


def _held_back_of_doubt(outcomes: Sequence[Outcome]) -> bool:
    """A batch that went out before may have carried a row that is held back now: it must be asked about again."""
    return any(outcome.status == "suppressed" for outcome in outcomes)


def to_file(
    warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, run: Run, outbox: Path,
    only: Sequence[str] = OPERATIONS, after_file: Callable[[], None] | None = None, store: ObjectStore | None = None,
) -> Path:  # fmt: skip
    """Write the plan's rows of these operations as one file, in place before its receipts are written.

    With a `store` the file is in place there, and of this machine's only the name is left.
    """
    write_ahead(warehouse, destination, plan_id, [plan_id], run)
    name = files.file_name(destination.destination, plan_id, destination.format)
    schema, batches, nested = stream(warehouse, _content(destination, plan_id, only))
    path = files.write(outbox / destination.destination, name, destination.format, schema, batches, nested)
    if store:
        store.put(path)
        path.unlink()
        path = Path(path.name)
    if after_file:
        after_file()
    receipts.acknowledge_all(warehouse, destination, plan_id, only, name, run)
    return path


def _content(destination: DestinationDeclaration, plan_id: str, only: Sequence[str]) -> str:
    own = {
        "operation": "iff(told.operation in ('merge', 'suppress'), 'delete', told.operation) as operation",
        "destination_key": "told.destination_key",
        "previous_key": "told.previous_key",
        "profile_id": "told.profile_id",
        "merged_into": "told.heir_key as merged_into",
    }
    columns = [*own.values(), *(f"feed.{field}" for field in destination.written if field not in own)]
    return f"""
select {", ".join(columns)}
from {PLAN_ROW} as told
left join {destination.feed} as feed
  on feed.profile_id = told.profile_id and feed.payload_hash = told.payload_hash
where told.destination = '{destination.destination}' and told.plan_id = '{plan_id}'
  and told.operation in ({listed(only)})
order by told.profile_id
"""

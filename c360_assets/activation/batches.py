"""A plan's batches on their way: written down, read with their fields, sent, and written down again."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.rows import stream
from c360_assets.activation.tables import ATTEMPT, BATCH, PLAN_ROW, listed
from c360_assets.activation.wire import UPSERTS, Batch, Row
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

NOW = "current_timestamp()::timestamp_ntz"
WINDOW_ROWS, WINDOW_BATCHES = 10_000, 100
"""What is in hand at once, and the most that a kill leaves without receipts."""


def windows(warehouse: Warehouse, destination: str, plan_id: str, only: tuple[str, ...]) -> list[list[str]]:
    """The plan's batch ids in the order in which they are sent, in windows; `only` these operations."""
    marks = ", ".join(["%s"] * len(only))
    rows = warehouse.rows(
        f"select batch_id, count(*) from {PLAN_ROW} where destination = %s and plan_id = %s"
        f" and operation in ({marks}) group by batch_id order by min(step), min(profile_id), batch_id",
        [destination, plan_id, *only],
    )
    found: list[list[str]] = []
    room = 0
    for batch_id, count in rows:
        if not found or count > room or len(found[-1]) >= WINDOW_BATCHES:
            found.append([])
            room = WINDOW_ROWS
        found[-1].append(batch_id)
        room -= count
    return found


def idle_seconds(warehouse: Warehouse, destination: str) -> float:
    """Since the destination was last asked anything; 0 where that is not known, because what asked was killed."""
    found = warehouse.rows(
        f"""
select
  (select count(*) from {BATCH} where destination = %s and status = 'sent'),
  (select datediff('millisecond', max(attempted_at), {NOW}) from {ATTEMPT} where destination = %s)
""",
        [destination, destination],
    )
    unanswered, milliseconds = found[0]
    if unanswered:
        return 0.0
    return math.inf if milliseconds is None else max(0.0, float(milliseconds) / 1_000)


def write_ahead(
    warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, batch_ids: list[str], run: Run
) -> None:
    """Note the batches before any of them is sent: after a kill it is known which may have arrived."""
    marks = ", ".join(["%s"] * len(batch_ids))
    with warehouse.transaction():
        warehouse.execute(
            f"delete from {BATCH} where destination = %s and batch_id in ({marks})",
            [destination.destination, *batch_ids],
        )
        warehouse.execute(
            f"""
insert into {BATCH} (batch_id, destination, plan_id, mapping_version, status, batch_rows, run_id, sent_at)
select batch_id, destination, plan_id, %s, 'sent', count(*), %s, {NOW}
from {PLAN_ROW}
where destination = %s and plan_id = %s and batch_id in ({marks})
group by batch_id, destination, plan_id
""",
            [destination.mapping_version, run.run_id, destination.destination, plan_id, *batch_ids],
        )


def read(
    warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, batch_ids: list[str]
) -> Iterator[Batch]:
    """The batches with what the feed says now. A row whose feed row moved since the plan is not among them.

    An update holds the fields that changed, a row that is new or in doubt holds all.
    """
    # The feed's columns stand beside the plan's own of the same name.
    fields = ", ".join(f"feed.{field} as told_{field}" for field in destination.written)
    schema, batches, nested = stream(
        warehouse,
        f"""
select told.batch_id, told.profile_id, told.operation, told.destination_key, told.event_id, told.remote_id,
  told.heir_profile_id, told.heir_remote_id, array_to_string(told.changed_fields, ',') as changed, {fields}
from {PLAN_ROW} as told
left join {destination.feed} as feed
  on feed.profile_id = told.profile_id and feed.payload_hash = told.payload_hash
where told.destination = '{destination.destination}' and told.plan_id = '{plan_id}'
  and told.batch_id in ({listed(batch_ids)})
  and (feed.profile_id is not null or told.operation not in ({listed(UPSERTS)}))
order by told.step, told.batch_id, told.profile_id
""",
    )
    batch_id = ""
    rows: list[Row] = []
    for table in batches:
        columns = (_values(column, name in nested) for column, name in zip(table.columns, schema.names, strict=True))
        for of_batch, profile_id, operation, key, event_id, remote_id, heir, heir_remote_id, changed, *told in zip(
            *columns, strict=True
        ):
            if of_batch != batch_id:
                if rows:
                    yield Batch(batch_id, tuple(rows))
                batch_id, rows = of_batch, []
            whole = dict(zip(destination.written, told, strict=True)) if operation in UPSERTS else {}
            names = changed.split(",") if changed and whole else ()
            rows.append(
                Row(
                    profile_id=profile_id,
                    operation=operation,
                    destination_key=key,
                    event_id=event_id,
                    remote_id=remote_id,
                    heir_profile_id=heir,
                    heir_remote_id=heir_remote_id,
                    changed={name: whole[name] for name in names},
                    whole=whole,
                )
            )
    if rows:
        yield Batch(batch_id, tuple(rows))


def _values(column: pa.Array, is_nested: bool) -> list[Any]:
    """A column's values as JSON has them."""
    values: list[Any] = column.to_pylist()
    if is_nested:
        return [json.loads(value) if value else None for value in values]
    if pa.types.is_temporal(column.type):
        return [value and value.isoformat() for value in values]
    return values

"""What was delivered: a receipt per profile and batch, what each destination now holds, what it refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.sender import Attempt
from c360_assets.activation.tables import ATTEMPT, BATCH, PARKED, PLAN, PLAN_ROW, RECEIPT, SCHEMA, STATE, listed
from c360_assets.activation.wire import Outcome
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse
from lineage import chain

NOW = "current_timestamp()::timestamp_ntz"
DELIVERED = "delivered"
_PER_STATEMENT = 600_000
"""Characters of rows in one statement's text, which Snowflake limits to a megabyte."""


def file_names(warehouse: Warehouse, destination: str) -> set[str]:
    """Files of which there are receipts."""
    sql = f"select distinct file_name from {RECEIPT} where destination = %s and file_name is not null"
    return {name for (name,) in warehouse.rows(sql, [destination])}


def settled(warehouse: Warehouse, destination: DestinationDeclaration, batch_id: str) -> bool:
    """True where a batch has its receipts."""
    sql = f"select count(*) from {RECEIPT} where destination = %s and batch_id = %s"
    return bool(warehouse.scalar(sql, [destination.destination, batch_id]))


def acknowledge_all(
    warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, operations: Sequence[str],
    file_name: str, run: Run,
) -> None:  # fmt: skip
    """Receipts of a plan whose file is in place, all or nothing, and once however often called."""
    if settled(warehouse, destination, plan_id):
        return
    outcome = f"""
select profile_id, 'delivered' as status, null::varchar as reason, null::varchar as remote_id, 0 as in_doubt
from {PLAN_ROW}
where destination = '{destination.destination}' and plan_id = '{plan_id}' and operation in ({listed(operations)})
"""
    with warehouse.transaction():
        _write(warehouse, destination, plan_id, outcome, run, file_name)
        _close_batches(warehouse, destination, [plan_id], [])
        chain.seal_within(warehouse, "delivery")


def acknowledge(
    warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, batch_ids: list[str],
    outcomes: Sequence[Outcome], open_batches: Iterable[str], attempts: Sequence[Attempt], run: Run,
) -> None:  # fmt: skip
    """Write down what became of a window's rows, all or nothing. `open_batches` stay in doubt."""
    table = f"{SCHEMA}.{destination.destination.upper()}_OUTCOME"
    warehouse.execute(
        f"create or replace temporary table {table} (profile_id varchar, status varchar, reason varchar,"
        " remote_id varchar, in_doubt number(1, 0))"
    )
    for told in _as_json([o.profile_id, o.status, o.reason, o.remote_id, int(o.in_doubt)] for o in outcomes):
        warehouse.execute(
            f"insert into {table} select f.value[0]::varchar, f.value[1]::varchar, f.value[2]::varchar,"
            " f.value[3]::varchar, f.value[4]::number(1, 0) from table(flatten(input => parse_json(%s))) as f",
            [told],
        )
    with warehouse.transaction():
        _write(warehouse, destination, plan_id, f"select * from {table}", run, None)
        _note_attempts(warehouse, destination.destination, attempts, run)
        _close_batches(warehouse, destination, batch_ids, open_batches)
        chain.seal_within(warehouse, "delivery")


def _write(
    warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, outcome: str, run: Run,
    file_name: str | None,
) -> None:  # fmt: skip
    name = destination.destination
    told = f"from {PLAN_ROW} as told inner join ({outcome}) as outcome on outcome.profile_id = told.profile_id"
    which = f"where told.destination = '{name}' and told.plan_id = '{plan_id}'"
    when = f"to_timestamp_ntz('{run.started_at_text}')"
    # A file's reader knows three words.
    word = "iff(told.operation in ('merge', 'suppress'), 'delete', told.operation)" if file_name else "told.operation"
    warehouse.execute(
        f"""
insert into {RECEIPT} (destination, profile_id, destination_key, operation, payload_hash, consent_basis, batch_id,
  file_name, status, run_id, delivered_at, plan_id, profile_row_hash, remote_id, reason, recorded_at)
select told.destination, told.profile_id, told.destination_key, {word}, told.payload_hash, told.consent_basis,
  told.batch_id, %s, outcome.status, %s, iff(outcome.status = 'delivered', {when}, null), told.plan_id,
  told.profile_row_hash, coalesce(outcome.remote_id, told.remote_id), coalesce(outcome.reason, told.reason), {NOW}
{told}
{which} and outcome.status <> 'pending'
""",
        [file_name, run.run_id],
    )
    delivered = f"select told.profile_id {told} {which} and outcome.status = 'delivered'"
    warehouse.execute(f"delete from {STATE} where destination = '{name}' and profile_id in ({delivered})")
    warehouse.execute(
        f"""
insert into {STATE} (destination, profile_id, destination_key, payload_hash, batch_id, delivered_at, field_hashes,
  profile_row_hash, remote_id)
select told.destination, told.profile_id, told.destination_key, told.payload_hash, told.batch_id, {when},
  told.field_hashes, told.profile_row_hash, coalesce(outcome.remote_id, told.remote_id)
{told}
{which} and outcome.status = 'delivered' and told.operation in ('create', 'update')
"""
    )
    if file_name:
        return
    decided = f"select told.profile_id {told} {which} and outcome.status in ('delivered', 'rejected')"
    warehouse.execute(f"delete from {PARKED} where destination = '{name}' and profile_id in ({decided})")
    # What has to go is never parked: it is tried again at every sync until it has gone.
    warehouse.execute(
        f"""
insert into {PARKED} (destination, profile_id, operation, destination_key_hash, payload_hash, mapping_version, reason,
  batch_id, run_id, parked_at)
select told.destination, told.profile_id, told.operation, md5(told.destination_key), told.payload_hash, %s,
  outcome.reason, told.batch_id, %s, {NOW}
{told}
{which} and outcome.status = 'rejected' and told.operation in ('create', 'update')
""",
        [destination.mapping_version, run.run_id],
    )


def _close_batches(
    warehouse: Warehouse, destination: DestinationDeclaration, batch_ids: list[str], still_open: Iterable[str]
) -> None:
    done = sorted(set(batch_ids) - set(still_open))
    if done:
        warehouse.execute(
            f"update {BATCH} set status = 'done', settled_at = {NOW}"
            f" where destination = %s and batch_id in ({', '.join(['%s'] * len(done))})",
            [destination.destination, *done],
        )


def _note_attempts(warehouse: Warehouse, destination: str, attempts: Sequence[Attempt], run: Run) -> None:
    for told in _as_json(
        [a.batch_id, a.part, a.attempt, a.rows, a.outcome, a.detail, round(a.seconds, 3)] for a in attempts
    ):
        warehouse.execute(
            f"""
insert into {ATTEMPT} (destination, batch_id, part, attempt, request_rows, outcome, detail, seconds,
  run_id, attempted_at)
select %s, f.value[0]::varchar, f.value[1]::varchar, f.value[2]::number(38, 0), f.value[3]::number(38, 0),
  f.value[4]::varchar, f.value[5]::varchar, f.value[6]::float, %s, {NOW}
from table(flatten(input => parse_json(%s))) as f
""",
            [destination, run.run_id, told],
        )


def _as_json(rows: Iterable[list[Any]]) -> Iterator[str]:
    """The rows as few JSON lists, each short enough for a statement."""
    some: list[str] = []
    length = 0
    for row in rows:
        text = json.dumps(row)
        if some and length + len(text) > _PER_STATEMENT:
            yield f"[{','.join(some)}]"
            some, length = [], 0
        some.append(text)
        length += len(text) + 1
    if some:
        yield f"[{','.join(some)}]"


def close_plan(warehouse: Warehouse, destination: str, plan_id: str, done: bool = True) -> dict[str, int]:
    """Count what became of the plan's rows and write it beside the plan; the four sum up to its rows.

    A plan of which rows are pending stays open (`done` false): it waits for approval.
    """
    delivered, rejected, suppressed, rows = warehouse.rows(
        f"""
select count_if(receipt.status = 'delivered'), count_if(receipt.status = 'rejected'),
  count_if(receipt.status = 'suppressed'), count(*)
from {PLAN_ROW} as told
left join {RECEIPT} as receipt
  on receipt.destination = told.destination and receipt.plan_id = told.plan_id
  and receipt.profile_id = told.profile_id and receipt.batch_id = told.batch_id
where told.destination = %s and told.plan_id = %s
""",
        [destination, plan_id],
    )[0]
    counts = {
        "delivered": int(delivered), "rejected": int(rejected), "suppressed": int(suppressed),
        "pending": int(rows - delivered - rejected - suppressed),
    }  # fmt: skip
    warehouse.execute(
        f"update {PLAN} set delivered = %s, rejected = %s, suppressed = %s, pending = %s"
        + (f", status = 'applied', finished_at = {NOW}" if done else "")
        + " where destination = %s and plan_id = %s",
        [*counts.values(), destination, plan_id],
    )
    return counts

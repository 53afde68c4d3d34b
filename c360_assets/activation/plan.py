"""Plans as rows: what a destination would be told, by an id that says what world it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from c360_assets.activation.declaration import DeclarationError, DestinationDeclaration
from c360_assets.activation.diff import OPERATIONS, STEPS, content_sql, diff_sql, diff_table
from c360_assets.activation.tables import BATCH, PARKED, PLAN, PLAN_ROW, RECEIPT, SCHEMA, STATE, listed
from c360_assets.warehouse import Warehouse, WarehouseError

NOW = "current_timestamp()::timestamp_ntz"
OPEN = ("planned", "waiting", "approved")
"""A plan that was begun is `applying`, then `applied`; one that another took the place of is `superseded`."""


class PlanError(DeclarationError):
    """A plan cannot be applied: it is unknown, waits for approval, or the world has moved."""


@dataclass(frozen=True)
class Plan:
    """One plan: counts by operation, and why it waits, if it does."""

    plan_id: str
    destination: str
    status: str
    counts: dict[str, int]
    held: int = 0
    waits_because: str | None = None
    in_doubt: int = 0
    parked: int = 0
    held_back: dict[str, int] = field(default_factory=dict)
    """Profiles that consent, checks or rules keep out, by reason."""

    @property
    def rows(self) -> int:
        """All operations together."""
        return sum(self.counts.values())


def make_plan(
    warehouse: Warehouse, destination: DestinationDeclaration, run_id: str, at: datetime, batch_rows: Mapping[str, int]
) -> Plan:
    """Work out the plan inside the warehouse and keep it; the tables must exist.

    The id follows from the content and from how much the destination was told before. So the same world gives the
    same plan, also after a kill, and planning again shows whether the world has moved. Without
    `batch_rows`, by operation, all is one batch.
    """
    name = destination.destination
    _work_out(warehouse, destination, at)
    table = diff_table(name)
    fingerprint, doubts, *numbers = warehouse.rows(_fingerprint_sql(table, destination), [name, name])[0]
    counts = dict(zip(OPERATIONS, map(int, numbers), strict=True))
    held = int(warehouse.scalar(f"select count(*) from {STATE} where destination = %s", [name]))
    waits = destination.guard.exceeded(held, counts["delete"] + counts["merge"], counts["update"])
    plan_id = fingerprint[:16]
    status = _keep(warehouse, destination, plan_id, fingerprint, held, sum(counts.values()), waits, run_id, batch_rows)
    return Plan(
        plan_id,
        name,
        status,
        counts,
        held,
        waits if status == "waiting" else None,
        int(doubts),
        *_left_out(warehouse, destination),
    )


def is_current(warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, at: datetime) -> bool:
    """True where planning again would give the same plan: feed, state and consent are as they were."""
    _work_out(warehouse, destination, at)
    name = destination.destination
    sql = _fingerprint_sql(diff_table(name), destination)
    return str(warehouse.rows(sql, [name, name])[0][0])[:16] == plan_id


def _work_out(warehouse: Warehouse, destination: DestinationDeclaration, at: datetime) -> None:
    moment = f"to_timestamp_ntz('{at.isoformat(sep=' ', timespec='microseconds')}')"
    try:
        warehouse.execute(diff_sql(destination, moment))
    except WarehouseError:
        if wrong := _feed_lacks(warehouse, destination):
            raise PlanError(wrong) from None
        raise


def _feed_lacks(warehouse: Warehouse, destination: DestinationDeclaration) -> str | None:
    """What the declaration names and the warehouse has not, in words."""
    rows = warehouse.rows(
        "select lower(column_name) from information_schema.columns where table_schema = %s and table_name = %s",
        destination.feed.split("."),
    )
    name, columns = destination.destination, {column for (column,) in rows}
    if not columns:
        return f"{name}: its feed {destination.feed} is not there; build it with `c360 run`, or mend `feed`."
    lacking = [field for field in destination.written if field not in columns]
    if not lacking:
        return None
    return (
        f"{name}: its feed {destination.feed} has no {', '.join(lacking)}; mend `fields`, or the feed's model and"
        " build it with `c360 run`."
    )


def newest_plan(warehouse: Warehouse, destination: str) -> tuple[str, str] | None:
    """Id and status of the plan that may be applied."""
    rows = warehouse.rows(
        f"select plan_id, status from {PLAN} where destination = %s and status in ({listed((*OPEN, 'applying'))})"
        " order by made_at desc, plan_id limit 1",
        [destination],
    )
    return rows[0] if rows else None


def approve(warehouse: Warehouse, destination: str, plan_id: str, by: str) -> None:
    """Let a plan that waits go.

    Raises:
        PlanError: there is no such plan, or it does not wait.
    """
    status = warehouse.scalar(
        f"select status from {PLAN} where destination = %s and plan_id = %s", [destination, plan_id]
    )
    if status != "waiting":
        told = f"is {status}" if status else "is unknown"
        raise PlanError(f"Plan {plan_id} of {destination} {told}, and only a waiting plan can be approved.")
    warehouse.execute(
        f"update {PLAN} set status = 'approved', approved_by = %s, approved_at = {NOW}"
        " where destination = %s and plan_id = %s",
        [by, destination, plan_id],
    )


def examples(warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, each: int = 3) -> list[Any]:
    """A few rows of each operation. Keys are masked where the destination is told of persons."""
    rows = warehouse.rows(
        f"""
select operation, profile_id, destination_key, heir_profile_id, array_to_string(changed_fields, ', '), reason
from {PLAN_ROW}
where destination = %s and plan_id = %s
qualify row_number() over (partition by operation order by profile_id) <= {int(each)}
order by step, operation, profile_id
""",
        [destination.destination, plan_id],
    )
    names = ("operation", "profile_id", "destination_key", "heir_profile_id", "changed_fields", "reason")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for row in found:
        if row["destination_key"] != row["profile_id"]:
            row["destination_key"] = masked(row["destination_key"])
    return found


def masked(key: str | None) -> str | None:
    """Enough of a key to recognise it by, not enough to use it."""
    if key is None:
        return None
    local, at, domain = key.partition("@")
    return f"{local[:1]}…@{domain}" if at else f"{key[:4]}…"


def _left_out(warehouse: Warehouse, destination: DestinationDeclaration) -> tuple[int, dict[str, int]]:
    name = destination.destination
    parked = warehouse.scalar(f"select count(*) from {PARKED} where destination = %s", [name])
    reasons = warehouse.rows(
        f"select reason, count(*) from {SCHEMA}.SUPPRESSED where destination = %s group by reason order by 2 desc, 1",
        [name],
    )
    return int(parked), {str(reason): int(count) for reason, count in reasons}


def _fingerprint_sql(table: str, destination: DestinationDeclaration) -> str:
    counts = ", ".join(f"count_if(operation = '{operation}') as {operation}_rows" for operation in OPERATIONS)
    named = ", ".join(f"max(counted.{operation}_rows)" for operation in OPERATIONS)
    # In buckets: one list of all rows would outgrow what a Snowflake string may hold.
    return f"""
with
told as (select count(*) as receipts from {RECEIPT} where destination = %s),
counted as (select count_if(doubt_batch_id is not null) as doubts, {counts} from {table}),
line as (select md5(profile_id || '|' || {content_sql("diff")} || coalesce(doubt_batch_id, '')) as content
  from {table} as diff),
bucket as (
  select left(content, 3) as bucket, md5(listagg(content) within group (order by content)) as content
  from line
  group by left(content, 3)
)
select
  md5(%s || '|{destination.mapping_version}|' || max(told.receipts) || '|'
    || coalesce(listagg(bucket.content) within group (order by bucket.bucket), '')),
  max(counted.doubts), {named}
from told
cross join counted
left join bucket on true
"""


def _keep(
    warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, fingerprint: str, held: int, rows: int,
    waits: str | None, run_id: str, batch_rows: Mapping[str, int],
) -> str:  # fmt: skip
    name = destination.destination
    known = warehouse.rows(f"select status from {PLAN} where destination = %s and plan_id = %s", [name, plan_id])
    if known and known[0][0] in (*OPEN, "applying"):
        return str(known[0][0])
    if not rows:
        _supersede(warehouse, name, plan_id)
        return "applied"
    status = "waiting" if waits and not _goes_on(warehouse, name) else "planned"
    with warehouse.transaction():
        warehouse.execute(f"delete from {PLAN} where destination = %s and plan_id = %s", [name, plan_id])
        warehouse.execute(f"delete from {PLAN_ROW} where destination = %s and plan_id = %s", [name, plan_id])
        warehouse.execute(_rows_sql(destination, plan_id, batch_rows))
        approved = (
            f"select max(approved_by) as by_whom, max(approved_at) as at_when from {PLAN}"
            " where destination = %s and status in ('approved', 'applying', 'planned')"
        )
        warehouse.execute(
            f"""
insert into {PLAN} (plan_id, destination, fingerprint, mapping_version, status, held, plan_rows, waits_because,
  run_id, made_at, approved_by, approved_at)
select %s, %s, %s, %s, %s, %s, %s, %s, %s, {NOW}, before.by_whom, before.at_when from ({approved}) as before
""",
            [plan_id, name, fingerprint, destination.mapping_version, status, held, rows, waits, run_id, name],
        )
        _supersede(warehouse, name, plan_id)
    return status


def _goes_on(warehouse: Warehouse, destination: str) -> bool:
    """True where an approved plan was not finished and all that would need approval was in it."""
    begun = (
        f"select plan_id from {PLAN} where destination = %s and status in ('approved', 'applying', 'planned')"
        " and approved_by is not null"
    )
    if warehouse.scalar(begun, [destination]) is None:
        return False
    new = warehouse.scalar(
        f"""
select count(*) from {diff_table(destination)} as diff
left join {PLAN_ROW} as told on told.destination = %s and told.profile_id = diff.profile_id
  and told.plan_id in ({begun}) and {content_sql("told")} = {content_sql("diff")}
where diff.operation in ('update', 'merge', 'delete') and told.profile_id is null
""",
        [destination, destination],
    )
    return not new


def _supersede(warehouse: Warehouse, destination: str, plan_id: str) -> None:
    """Another plan takes the place of these; of what was never begun only the plan's own row stays."""
    statuses = listed((*OPEN, "applying"))
    warehouse.execute(
        f"update {PLAN} set status = 'superseded', finished_at = {NOW}"
        f" where destination = %s and plan_id <> %s and status in ({statuses})",
        [destination, plan_id],
    )
    warehouse.execute(
        f"delete from {PLAN_ROW} where destination = %s and plan_id in (select plan_id from {PLAN}"
        " where destination = %s and status = 'superseded')"
        f" and plan_id not in (select plan_id from {BATCH} where destination = %s)",
        [destination, destination, destination],
    )


def _rows_sql(destination: DestinationDeclaration, plan_id: str, batch_rows: Mapping[str, int]) -> str:
    steps = " ".join(f"when '{operation}' then {step}" for operation, step in STEPS.items())
    columns = (
        "profile_id, operation, destination_key, previous_key, heir_profile_id, heir_key, remote_id, heir_remote_id,"
        " payload_hash, changed_fields, field_hashes, consent_basis, profile_row_hash, reason, event_id"
    )
    batch = f"'{plan_id}'"
    if batch_rows:
        size = " ".join(f"when '{operation}' then {rows}" for operation, rows in batch_rows.items())
        number = f"floor((ordinal - 1) / case operation {size} end)::number(38, 0)"
        batch = f"coalesce(again_batch_id, left(md5('{plan_id}|' || step || entity || '|' || {number}), 16))"
    # A batch whose answer is missing, and whose rows are all as they were, goes out again under its own id.
    return f"""
insert into {PLAN_ROW} (plan_id, destination, {columns}, step, batch_id)
with diff as (select * from {diff_table(destination.destination)}),

again as (
  select diff.doubt_batch_id as batch_id
  from diff
  inner join {BATCH} as batch on batch.batch_id = diff.doubt_batch_id
    and batch.mapping_version = '{destination.mapping_version}'
  left join {RECEIPT} as receipt
    on receipt.destination = batch.destination and receipt.batch_id = batch.batch_id
  where diff.doubt_content = {content_sql("diff")} and receipt.batch_id is null
  group by diff.doubt_batch_id
  having count(*) = max(diff.doubt_rows)
),

stepped as (
  select diff.*, again.batch_id as again_batch_id, left(diff.profile_id, 3) as entity,
    case diff.operation {steps} end as step
  from diff
  left join again on again.batch_id = diff.doubt_batch_id
),

numbered as (
  select stepped.*,
    row_number() over (partition by step, entity, again_batch_id is null order by profile_id) as ordinal
  from stepped
)

select '{plan_id}', '{destination.destination}', {columns}, step,
  {batch}
from numbered
"""

"""What a destination must be told: the difference between its feed and what it was given last."""

from __future__ import annotations

import re
from dataclasses import dataclass

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.run import Run
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse

SCHEMA = Stage.ACTIVATION_FEED.schema
OPERATIONS = ("create", "update", "delete")


@dataclass(frozen=True)
class Plan:
    """One batch: where its rows stand, what it is called, how many rows of each operation it has."""

    table: str
    batch_id: str
    counts: dict[str, int]

    @property
    def rows(self) -> int:
        """All operations together."""
        return sum(self.counts.values())


def plan_table(destination: str) -> str:
    """The table that holds the batch while it is written."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", destination):
        raise ValueError(f"{destination!r} is not a destination's name.")
    return f"{SCHEMA}.{destination.upper()}_PLAN"


def plan_sql(destination: DestinationDeclaration) -> str:
    """One row per profile that the destination must create, update or delete; parameters: run start, destination.

    Consent is read again, from the consent table as it is now: a feed that was built before a withdrawal delivers
    nothing for the one who withdrew, and takes back what was delivered.
    """
    fields = "".join(f",\n  feed.{field}" for field in destination.fields)
    return f"""
create or replace temporary table {plan_table(destination.destination)} as
with
held as (
  select profile_id, destination_key, payload_hash
  from {SCHEMA}.DESTINATION_STATE
  where destination = '{destination.destination}'
),

feed as (
  select feed.*
  from {destination.feed} as feed
  {_consent_join(destination)}
)

select
  coalesce(feed.profile_id, held.profile_id) as profile_id,
  coalesce(feed.destination_key, held.destination_key) as destination_key,
  -- The key to look for where it has changed, such as a new e-mail address.
  iff(held.destination_key <> feed.destination_key, held.destination_key, null) as previous_key,
  case
    when held.profile_id is null then 'create'
    when feed.profile_id is null then 'delete'
    else 'update'
  end as operation,
  feed.payload_hash as payload_hash,
  feed.consent_basis as consent_basis{fields}
from feed
full outer join held on held.profile_id = feed.profile_id
where held.payload_hash is distinct from feed.payload_hash
   or held.destination_key is distinct from feed.destination_key
"""


def _consent_join(destination: DestinationDeclaration) -> str:
    if destination.channel is None:
        return ""
    return f"""inner join (
    select profile_id
    from GOLDEN_PROFILE.CONSENT
    where purpose = '{destination.purpose}' and channel = '{destination.channel}'
    group by profile_id
    having count_if(state = 'granted' and (expires_at is null or expires_at > %s)) = count(*)
  ) as consent on consent.profile_id = feed.profile_id"""


def make_plan(warehouse: Warehouse, destination: DestinationDeclaration, run: Run) -> Plan:
    """Work out the batch inside the warehouse.

    The batch id follows from the content and from how much the destination was told before, so that a run that was
    killed is planned again as the same batch, and the same content at another time is another batch.
    """
    parameters = [run.started_at] if destination.channel else []
    warehouse.execute(plan_sql(destination), parameters or None)
    table = plan_table(destination.destination)
    counts = dict.fromkeys(OPERATIONS, 0)
    counts.update(
        (operation, int(rows))
        for operation, rows in warehouse.rows(f"select operation, count(*) from {table} group by operation")
    )
    return Plan(table, _batch_id(warehouse, destination.destination, table), counts)


def _batch_id(warehouse: Warehouse, destination: str, table: str) -> str:
    # In buckets: one list of all rows would outgrow what a Snowflake string may hold.
    return str(
        warehouse.scalar(
            f"""
with
told as (
  select count(*) as receipts from {SCHEMA}.RECEIPT where destination = %s
),

line as (
  select md5(profile_id || '|' || operation || '|' || destination_key || '|' || coalesce(payload_hash, '')) as content
  from {table}
),

bucket as (
  select left(content, 3) as bucket, md5(listagg(content) within group (order by content)) as content
  from line
  group by left(content, 3)
)

select left(md5(
  %s || '|' || max(told.receipts) || '|'
  || coalesce(listagg(bucket.content) within group (order by bucket.bucket), '')
), 16)
from told
left join bucket on true
""",
            [destination, destination],
        )
    )

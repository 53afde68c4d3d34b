"""Write-back failures: rows that a destination does not take, for a steward to look at. No values of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.tables import PARKED, RECEIPT, STATE, ensure_tables
from c360_assets.warehouse import Warehouse

_COLUMNS = ("destination", "profile_id", "operation", "reason", "since", "batch_id")


def write_back_failures(
    warehouse: Warehouse, destinations: Sequence[DestinationDeclaration], limit: int = 1_000
) -> list[dict[str, Any]]:
    """What is not taken, the newest first, with the destination's own reason.

    A row is no failure any more when it is delivered, when what the feed says of it has changed, or when the mapping
    has: then the next sync tells it again. What has to go and is not let go is tried at every sync.
    """
    ensure_tables(warehouse)
    found: list[tuple[Any, ...]] = []
    for destination in destinations:
        if _exists(warehouse, destination.feed):
            found += warehouse.rows(_failures_sql(destination, limit))
    newest = sorted(found, key=lambda row: row[4], reverse=True)[:limit]
    return [dict(zip(_COLUMNS, row, strict=True)) for row in newest]


def _exists(warehouse: Warehouse, table: str) -> bool:
    sql = "select count(*) from information_schema.tables where table_schema = %s and table_name = %s"
    return bool(warehouse.scalar(sql, table.split(".")))


def _failures_sql(destination: DestinationDeclaration, limit: int) -> str:
    name = destination.destination
    return f"""
with
parked as (
  select parked.profile_id, parked.operation, parked.reason, parked.parked_at as since, parked.batch_id
  from {PARKED} as parked
  inner join {destination.feed} as feed on feed.profile_id = parked.profile_id
    and feed.payload_hash = parked.payload_hash and md5(feed.destination_key) = parked.destination_key_hash
  where parked.destination = '{name}' and parked.mapping_version = '{destination.mapping_version}'
),

-- Of those that the destination still holds, whom it would not let go when it was last asked.
kept as (
  select profile_id, operation, reason, recorded_at as since, batch_id, status
  from {RECEIPT}
  where destination = '{name}' and profile_id in (select profile_id from {STATE} where destination = '{name}')
  qualify row_number() over (partition by profile_id order by recorded_at desc, batch_id asc) = 1
)

select '{name}', profile_id, operation, reason, since, batch_id from parked
union all
select '{name}', profile_id, operation, reason, since, batch_id
from kept
where status = 'rejected' and operation not in ('create', 'update')
order by since desc
limit {int(limit)}
"""

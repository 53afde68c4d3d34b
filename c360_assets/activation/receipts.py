"""What was delivered: a receipt per profile and batch, and what each destination now holds."""

from __future__ import annotations

from c360_assets.activation.plan import SCHEMA, Plan
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

_TABLES = {
    "RECEIPT": """destination varchar not null, profile_id varchar not null, destination_key varchar,
        operation varchar not null, payload_hash varchar, consent_basis varchar, batch_id varchar not null,
        file_name varchar, status varchar not null, run_id varchar not null, delivered_at timestamp_ntz""",
    "DESTINATION_STATE": """destination varchar not null, profile_id varchar not null, destination_key varchar,
        payload_hash varchar not null, batch_id varchar not null, delivered_at timestamp_ntz not null""",
}
DELIVERED = "delivered"


def ensure_tables(warehouse: Warehouse) -> None:
    """Create what dbt does not: these tables remember the past, so no build may replace them."""
    warehouse.execute(f"create schema if not exists {SCHEMA}")
    for table, columns in _TABLES.items():
        warehouse.execute(f"create table if not exists {SCHEMA}.{table} ({columns})")


def file_names(warehouse: Warehouse, destination: str) -> set[str]:
    """Files of which there are receipts."""
    sql = f"select distinct file_name from {SCHEMA}.RECEIPT where destination = %s and file_name is not null"
    return {name for (name,) in warehouse.rows(sql, [destination])}


def acknowledge(warehouse: Warehouse, destination: str, plan: Plan, file_name: str, run: Run) -> None:
    """Write receipts and state of a batch whose file is in place, all or nothing, and once however often called."""
    known = warehouse.scalar(
        f"select count(*) from {SCHEMA}.RECEIPT where destination = %s and batch_id = %s",
        [destination, plan.batch_id],
    )
    if known:
        return
    batch = [destination, plan.batch_id]
    warehouse.execute("begin")
    try:
        warehouse.execute(
            f"""
insert into {SCHEMA}.RECEIPT
  (destination, profile_id, destination_key, operation, payload_hash, consent_basis, batch_id, file_name, status,
   run_id, delivered_at)
select %s, profile_id, destination_key, operation, payload_hash, consent_basis, %s, %s, '{DELIVERED}', %s,
  to_timestamp_ntz(%s)
from {plan.table}
""",
            [*batch, file_name, run.run_id, run.started_at_text],
        )
        warehouse.execute(
            f"delete from {SCHEMA}.DESTINATION_STATE where destination = %s"
            f" and profile_id in (select profile_id from {plan.table})",
            [destination],
        )
        warehouse.execute(
            f"""
insert into {SCHEMA}.DESTINATION_STATE
  (destination, profile_id, destination_key, payload_hash, batch_id, delivered_at)
select %s, profile_id, destination_key, payload_hash, %s, to_timestamp_ntz(%s)
from {plan.table}
where operation <> 'delete'
""",
            [*batch, run.started_at_text],
        )
    except BaseException:
        warehouse.execute("rollback")
        raise
    warehouse.execute("commit")

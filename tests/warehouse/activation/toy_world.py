"""A feed, a consent table and a registry of profiles that a test changes by hand."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from simulators.server import Simulator

from c360_assets.activation import DeliveryResult, DestinationDeclaration, deliver
from c360_assets.activation.destinations import braze, hubspot, salesforce, webhook, zendesk
from c360_assets.activation.limits import Guard, Limits
from c360_assets.activation.tables import TABLES, ensure_tables
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse
from lineage import chain

START = datetime(2026, 3, 10, 9)
FAST = Limits(requests=100_000, per_seconds=1, burst=10_000, timeout_seconds=5, backoff_seconds=0.01,
              breaker_failures=50)  # fmt: skip
# Without its receipts a chain would be broken.
CHAINED = (chain.ENTRY, chain.ROW, chain.HEAD, "LINEAGE.ACCESS_LOG")
MODULES: dict[str, Any] = {
    "hubspot": hubspot, "braze": braze, "salesforce": salesforce, "zendesk": zendesk, "webhook": webhook,
}  # fmt: skip
VALUES = {
    "api_key": "braze-key", "client_id": "id", "client_secret": "sf-secret",
    "email": "agent@acme.example", "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
}  # fmt: skip


def declared(connector: str, channel: str | None = None, guard: Guard | None = None) -> DestinationDeclaration:
    return DestinationDeclaration(
        destination="toy", title="Toy", owner="team:test", feed="ACTIVATION_FEED.TOY_FEED", key=("profile_id",),
        purpose="marketing", channel=channel, legal_basis="consent" if channel else "contract",
        fields=("email", "name"), connector=connector, guard=guard or Guard(1.0, 1.0), limits=FAST,
        format="csv" if connector == "files" else "",
    )  # fmt: skip


class World:
    """What the pipeline would have written, and one destination."""

    def __init__(self, warehouse: Warehouse, connector: str, server: Simulator | None, outbox: Path,
                 channel: str | None = None, guard: Guard | None = None) -> None:  # fmt: skip
        self.warehouse, self.server, self.outbox = warehouse, server, outbox
        self.destination = declared(connector, channel, guard)
        self.days = 0
        create(warehouse)

    def put(self, profile: str, name: str = "Ann", email: str | None = None) -> None:
        self.remove(profile)
        email = email or f"{profile}@x.example"
        payload = hashlib.md5(f"{email}{name}".encode()).hexdigest()
        self.warehouse.execute(
            "insert into ACTIVATION_FEED.TOY_FEED select %s, %s, %s, %s, %s, 'contract', 'h'",
            [profile, profile, email, name, payload],
        )

    def fill(self, rows: int) -> None:
        fill(self.warehouse, rows)

    def remove(self, profile: str) -> None:
        self.warehouse.execute("delete from ACTIVATION_FEED.TOY_FEED where profile_id = %s", [profile])

    def consent(self, profile: str, state: str) -> None:
        self.warehouse.execute("delete from GOLDEN_PROFILE.CONSENT where profile_id = %s", [profile])
        self.warehouse.execute(
            "insert into GOLDEN_PROFILE.CONSENT select %s, 'marketing', 'email', 'ALL', %s, null", [profile, state]
        )

    def merge(self, profile: str, heir: str) -> None:
        self.remove(profile)
        self.warehouse.execute(
            "insert into MATCH_CLUSTER.PROFILE_REGISTRY (profile_id, entity_kind, founder_record_key, status,"
            " merged_into) select %s, 'person', 'r', 'merged', %s",
            [profile, heir],
        )

    def connect(self, destination: DestinationDeclaration) -> Any:
        assert self.server
        module = MODULES[destination.connector]
        token = "zd-token" if destination.connector == "zendesk" else "pat-token"
        return module.open_destination(destination, VALUES | {"url": self.server.url, "token": token})

    def sync(self, **changes: Any) -> DeliveryResult:
        self.days += 1
        run = Run(f"run{self.days}", START + timedelta(days=self.days))
        destination = replace(self.destination, **changes)
        return deliver(self.warehouse, destination, run, self.outbox, connect=self.connect)

    def rows(self, table: str, columns: str = "*", where: str = "true") -> list[tuple[Any, ...]]:
        return self.warehouse.rows(f"select {columns} from ACTIVATION_FEED.{table} where {where}")


def create(warehouse: Warehouse) -> None:
    """Empty tables, in place of those of another test."""
    warehouse.script(
        [
            "create schema if not exists GOLDEN_PROFILE",
            "create schema if not exists ACTIVATION_FEED",
            "create or replace table ACTIVATION_FEED.TOY_FEED (profile_id varchar, destination_key varchar,"
            " email varchar, name varchar, payload_hash varchar, consent_basis varchar, profile_row_hash varchar)",
            "create or replace table ACTIVATION_FEED.SUPPRESSED (destination varchar, profile_id varchar,"
            " reason varchar)",
            "create or replace table GOLDEN_PROFILE.CONSENT (profile_id varchar, purpose varchar, channel varchar,"
            " region varchar, state varchar, expires_at timestamp_ntz)",
            *(f"drop table if exists {table}" for table in (*TABLES, *CHAINED)),
        ]
    )
    ensure_tables(warehouse)
    warehouse.execute("delete from MATCH_CLUSTER.PROFILE_REGISTRY")


def fill(warehouse: Warehouse, rows: int, name: str = "Ann") -> None:
    """A feed of so many persons, by one statement."""
    warehouse.execute("delete from ACTIVATION_FEED.TOY_FEED")
    warehouse.execute(f"""
insert into ACTIVATION_FEED.TOY_FEED
select key, key, key || '@x.example', '{name} ' || n, md5(key || '{name}'), 'contract', 'h'
from (select seq4() as n, 'per_' || lpad(seq4()::varchar, 8, '0') as key from table(generator(rowcount => {rows})))
""")

"""Where recorded lineage events go: to Snowflake's own graph, an OpenLineage transport, or a file under C360_HOME."""

from __future__ import annotations

import os
from functools import partial

from c360_assets.settings import Settings, SettingsError
from c360_assets.warehouse import Warehouse
from c360_assets.warehouse.rest import authorization, base_url
from lineage import chain, outbox
from lineage.forward import Forwarded, forward
from lineage.transports import ExternalLineage, JsonLines, Transport, configured

EXTERNAL_LINEAGE = "external_lineage"


def forward_events(settings: Settings, warehouse: Warehouse) -> Forwarded:
    """Send what waits in the outbox; what cannot be sent waits on.

    C360_LINEAGE_TRANSPORT=external_lineage chooses Snowflake's own lineage graph; OPENLINEAGE_URL, OPENLINEAGE_CONFIG
    or an openlineage.yml any other transport.

    Raises:
        SettingsError: the chosen transport cannot be used.
    """
    outbox.ensure_tables(warehouse)
    # Sealed before anybody has seen them, so that what was sent can be held against what was written.
    if chain.exists(warehouse, chain.HEAD):
        chain.seal(warehouse, "event")
    transport = _transport(settings, warehouse)
    sent, last = 0, forward(warehouse, transport)
    while last.sent and not last.waiting:
        sent += last.sent
        last = forward(warehouse, transport)
    return Forwarded(sent + last.sent, last.waiting, last.problem)


def _transport(settings: Settings, warehouse: Warehouse) -> Transport:
    chosen = os.environ.get("C360_LINEAGE_TRANSPORT") or ""
    if chosen == EXTERNAL_LINEAGE:
        authorization(settings)
        known = {
            f"{settings.database}.{schema}.{table}"
            for schema, table in warehouse.rows("select table_schema, table_name from information_schema.tables")
        }
        return ExternalLineage(base_url(settings), partial(authorization, settings), known.__contains__)
    if chosen:
        raise SettingsError(f"C360_LINEAGE_TRANSPORT={chosen!r} is unknown; {EXTERNAL_LINEAGE} is the one choice.")
    return configured() or JsonLines(settings.home / "lineage" / "events.jsonl")

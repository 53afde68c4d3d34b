"""Where recorded lineage events go: to the configured OpenLineage transport, else to a file under C360_HOME."""

from __future__ import annotations

from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse
from lineage import outbox
from lineage.forward import Forwarded, forward
from lineage.transports import JsonLines, configured


def forward_events(settings: Settings, warehouse: Warehouse) -> Forwarded:
    """Send what waits in the outbox; what cannot be sent waits on.

    OPENLINEAGE_URL, OPENLINEAGE_CONFIG or an openlineage.yml choose the transport.
    """
    outbox.ensure_tables(warehouse)
    transport = configured() or JsonLines(settings.home / "lineage" / "events.jsonl")
    sent, last = 0, forward(warehouse, transport)
    while last.sent and not last.waiting:
        sent += last.sent
        last = forward(warehouse, transport)
    return Forwarded(sent + last.sent, last.waiting, last.problem)

"""Why a customer was in a delivery: the profile as it was then, the consent it rested on, and what was carried."""

from __future__ import annotations

from typing import Any

from lineage.outbox import Session
from lineage.trace import TraceError, trace_profile
from lineage.tracing import history
from lineage.tracing.column_paths import edges_then
from lineage.tracing.delivered import destinations_of
from lineage.tracing.gather import gather
from lineage.tracing.known import known_of
from lineage.tracing.moment import moment_of


def trace_delivery(session: Session, profile: str, batch: str) -> dict[str, Any]:
    """The trace of the profile at the time of a delivery, of the fields that the delivery carried.

    Raises:
        TraceError: the profile was not delivered in that batch.
    """
    now = moment_of(session)
    if not history.is_delivering(session, known_of(session, now)):
        raise TraceError("Nothing was delivered yet.")
    part = history.deliveries_part([profile], now)
    told = [row for row in gather(session, [part])[part.name] if row["batch_id"] == batch]
    if not told:
        raise TraceError(f"Profile {profile} was not delivered in batch {batch!r}; `c360 trace {profile}` lists them.")
    delivery = {name: value for name, value in told[-1].items() if name != "profile_id"}
    trace = trace_profile(session, profile, delivery["delivered_at"])
    then = moment_of(session, delivery["delivered_at"])
    edges = edges_then(session, then, known_of(session, then))
    carried = [
        field
        for field in trace["fields"]
        if delivery["destination"] in destinations_of(edges, trace["entity_kind"], field["field"])
    ]
    same = next((row for row in trace["deliveries"] if row["batch_id"] == batch), None)
    return {**trace, "fields": carried, "delivery": same or {**delivery, "version": trace["version"]["version"]}}

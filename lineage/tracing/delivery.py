"""Why a customer was in a delivery: the profile as it was then, the consent it rested on, and what was carried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lineage.outbox import Session
from lineage.trace import TraceError, trace_profile
from lineage.tracing import history
from lineage.tracing.delivered import GIVES
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
    receipts = [row for row in gather(session, [part])[part.name] if row["batch_id"] == batch]
    if not receipts:
        raise TraceError(f"Profile {profile} was not delivered in batch {batch!r}; `c360 trace {profile}` lists them.")
    delivery = history.deliveries(receipts)[0][-1]
    trace = trace_profile(session, profile, delivery["delivered_at"])
    same = next((row for row in trace["deliveries"] if row["batch_id"] == batch), None)
    told = same or {**delivery, "version": trace["version"]["version"]}
    if delivery["operation"] not in GIVES:
        # Nothing but the key went out.
        return {**trace, "fields": [], "delivery": told | {"because": _why_taken_back(trace, delivery)}}
    carried = [field for field in trace["fields"] if batch in {each["batch_id"] for each in field["deliveries"]}]
    return {**trace, "fields": carried, "delivery": told}


def _why_taken_back(trace: Mapping[str, Any], delivery: Mapping[str, Any]) -> str:
    """What had become of the profile, or of its consents, that a destination was to forget it."""
    status = trace["status"]
    if status["status"] == "merged":
        return f"it was merged into {status['into']}"
    if status["status"] == "retired":
        return "none of its records is left"
    refused = [
        f"consent to {each['purpose']} by {each['channel']} ({each['region']}) is {each['state']}"
        for each in trace["consents"]
        if each["state"] != "granted"
    ]
    if refused:
        return "; ".join(refused)
    given = [
        each["consent_basis"] or ""
        for each in trace["deliveries"]
        if each["destination"] == delivery["destination"] and each["operation"] in GIVES
    ]
    granted = [f"{each['since']:%Y-%m-%d %H:%M:%S}" for each in trace["consents"]]
    if given and given[-1].startswith("consent") and not any(since in given[-1] for since in granted):
        return f"what it was given on before, {given[-1]}, is no longer in force"
    if reason := delivery.get("reason"):
        return f"the destination leaves it out: {reason.replace('_', ' ')}"
    return "it is no longer what the destination asks for"

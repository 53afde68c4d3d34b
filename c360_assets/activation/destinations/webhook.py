"""Any HTTP endpoint: signed messages by Standard Webhooks (standardwebhooks.com), a batch in each.

A receiver that has seen a `webhook-id` before has seen the batch; each event in it has an id of its own, which stays
the same however often, and in whatever company, it is sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from standardwebhooks import Webhook

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.destinations.http import Answer, HttpClient
from c360_assets.activation.wire import UPSERTS, AccessRefused, Batch, Outcome, Row

NEEDS = ("url", "secret")
BATCH_ROWS = dict.fromkeys(("create", "update", "merge", "delete", "suppress"), 500)
_SKEW_THAT_MATTERS = 60.0
"""Receivers tolerate minutes."""


class WebhookDestination:
    """Posts batches to one URL."""

    def __init__(self, declaration: DestinationDeclaration, http: HttpClient, secret: str) -> None:
        self._declaration, self._http, self._signer = declaration, http, Webhook(secret)

    def send(self, batch: Batch) -> Sequence[Outcome]:
        """One message with all rows."""
        answer = self._post(batch)
        if answer.status == 401 and abs(self._http.skew_seconds) > _SKEW_THAT_MATTERS:
            # Signed for another minute than the receiver's; now its clock is known.
            answer = self._post(batch)
        if answer.status == 401:
            raise AccessRefused("HTTP 401: the signature is not accepted")
        refused = _refused(answer) if answer.status == 207 else {}
        return [
            Outcome(row.profile_id, "rejected", refused[row.event_id])
            if row.event_id in refused
            else Outcome(row.profile_id, "delivered")
            for row in batch.rows
        ]

    def _post(self, batch: Batch) -> Answer:
        now = self._http.now()
        message = {
            "type": "c360.profiles.changed",
            "timestamp": now.isoformat(),
            "data": {"destination": self._declaration.destination, "events": [self._event(row) for row in batch.rows]},
        }
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": f"msg_{batch.key}",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(f"msg_{batch.key}", now, text),
        }
        return self._http.request("POST", "", content=text.encode(), headers=headers, accept=(401,))

    def _event(self, row: Row) -> dict[str, Any]:
        event: dict[str, Any] = {"id": row.event_id, "operation": row.operation, "profile_id": row.profile_id}
        if row.operation in UPSERTS:
            mapping = self._declaration.mapping
            event["fields"] = {mapping.get(name, name): value for name, value in row.changed.items()}
        if row.operation == "merge":
            event["merged_into"] = row.heir_profile_id
        return event

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def _refused(answer: Answer) -> dict[str, str]:
    found = answer.json().get("refused", [])
    return {str(each["id"]): str(each.get("reason") or "refused") for each in found}


def _reason(body: Any) -> str | None:
    return body.get("message") or body.get("error")


def open_destination(declaration: DestinationDeclaration, values: Mapping[str, str], **http: Any) -> WebhookDestination:
    """The endpoint at `url`; `secret` is `whsec_…`."""
    client = HttpClient(values["url"], declaration.limits, reason=_reason, **http)
    return WebhookDestination(declaration, client, values["secret"])

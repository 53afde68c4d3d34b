"""A receiver of Standard Webhooks that heeds each message id, and each event id, once."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from simulators.server import Reply, Request, Simulator

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


class WebhookSimulator(Simulator):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []
        self._seen: set[str] = set()
        self.events: list[dict[str, Any]] = []
        self.held: dict[str, dict[str, Any]] = {}
        self.invalid_names: set[str] = set()

    def handle(self, request: Request) -> Reply:
        try:
            self._verify(request)
        except WebhookVerificationError:
            return Reply(401, {"message": "invalid signature"})
        if request.headers["webhook-id"] in self._seen:
            return Reply(200, {"refused": []})
        self.messages.append(request.headers["webhook-id"])
        self._seen.add(request.headers["webhook-id"])
        refused = []
        for event in request.json["data"]["events"]:
            if event["id"] in self._seen:
                continue
            if (name := event.get("fields", {}).get("name")) in self.invalid_names:
                refused.append({"id": event["id"], "reason": f"name {name} is not valid"})
                continue
            self._seen.add(event["id"])
            self.events.append(event)
            if event["operation"] in ("create", "update"):
                self.held.setdefault(event["profile_id"], {}).update(event["fields"])
            else:
                self.held.pop(event["profile_id"], None)
        return Reply(207 if refused else 200, {"refused": refused})

    def _verify(self, request: Request) -> None:
        # The library compares with the machine's clock; this receiver's may be another.
        told = float(request.headers["webhook-timestamp"])
        if abs(told - (time.time() + self.clock_ahead)) > 300:
            raise WebhookVerificationError("timestamp")
        signer = Webhook(SECRET)
        expected = signer.sign(
            request.headers["webhook-id"], datetime.fromtimestamp(int(told), UTC), request.body.decode()
        )
        if request.headers["webhook-signature"] != expected:
            raise WebhookVerificationError("signature")

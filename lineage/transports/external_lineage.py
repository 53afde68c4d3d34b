"""Snowflake's own lineage graph, through its external-lineage endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from lineage.external_lineage import accepted
from lineage.transports.openlineage import TransportError

PATH = "/api/v2/lineage/external-lineage"
UNRESOLVED = "394919"


class ExternalLineage:
    """Posts what the endpoint takes of an event; what it never takes, such as START, counts as sent.

    `headers` gives the authorization, anew for each request, since tokens run out.
    """

    def __init__(
        self,
        base_url: str,
        headers: Callable[[], Mapping[str, str]],
        exists: Callable[[str], bool],
        client: httpx.Client | None = None,
    ) -> None:
        self._url = base_url.rstrip("/") + PATH
        self._headers, self._exists = headers, exists
        self._client = client or httpx.Client(timeout=30)

    def send(self, event: dict[str, Any]) -> None:
        """Deliver one event.

        Raises:
            TransportError: the endpoint refused it; the message says what to do. No value of the event is in it.
            httpx.HTTPError: there was no answer.
        """
        for part in accepted(event, self._exists):
            answer = self._client.post(self._url, json=part, headers={"Accept": "application/json", **self._headers()})
            if not answer.is_success:
                raise TransportError(f"{part['job']['name']}: {_advice(answer)}")

    def flush(self) -> None:
        """Every event was answered."""


def _advice(answer: httpx.Response) -> str:
    if answer.status_code in (401, 403):
        return (
            f"status {answer.status_code}; the user's default role needs GRANT INGEST LINEAGE ON ACCOUNT, and the "
            "token must be in force."
        )
    if answer.status_code == 400 and UNRESOLVED in answer.text:
        return (
            "an object cannot be resolved by the user's default role; grant it USAGE on database and schemas and "
            "SELECT on their tables, those of the future too."
        )
    return f"status {answer.status_code} from Snowflake's external-lineage endpoint."

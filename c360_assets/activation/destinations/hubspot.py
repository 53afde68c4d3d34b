"""HubSpot: contacts and companies, by the CRM API's batches of 100.

A contact or company is known by a unique property of its own (`id_property`, by default c360_profile_id), created in
HubSpot once with unique values. A batch upsert is taken row by row (207 names what failed) or refused as a whole: a
value that another record has already gives 409 for all 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.destinations.http import HttpClient
from c360_assets.activation.wire import Batch, Outcome, Row

NEEDS = ("url", "token")
BATCH_ROWS = {"create": 100, "update": 100, "merge": 1, "delete": 100, "suppress": 100}
_OBJECTS = {"person": "contacts", "organization": "companies"}
_ID_PROPERTY = "c360_profile_id"


class HubSpotDestination:
    """Contacts and companies of one portal."""

    def __init__(self, declaration: DestinationDeclaration, http: HttpClient) -> None:
        self._declaration, self._http = declaration, http
        self._id = declaration.objects.get("id_property", _ID_PROPERTY)

    def send(self, batch: Batch) -> Sequence[Outcome]:
        """One batch of one object."""
        path = f"/crm/v3/objects/{self._object(batch.rows[0])}"
        operation = batch.rows[0].operation
        if operation == "merge":
            return [self._merge(path, batch.rows[0])]
        if operation in ("delete", "suppress"):
            return self._archive(path, batch)
        return self._upsert(path, batch)

    def _upsert(self, path: str, batch: Batch) -> list[Outcome]:
        inputs = [
            {
                "id": row.profile_id,
                "idProperty": self._id,
                "objectWriteTraceId": row.profile_id,
                "properties": {self._id: row.profile_id} | self._properties(row),
            }
            for row in batch.rows
        ]
        told = self._http.request("POST", f"{path}/batch/upsert", {"inputs": inputs}).json()
        outcomes = [
            Outcome(self._profile_of(result), "delivered", remote_id=str(result["id"]))
            for result in told.get("results", [])
        ]
        for error in told.get("errors", []):
            for profile in error.get("context", {}).get("objectWriteTraceId", []):
                outcomes.append(Outcome(profile, "rejected", _reason(error)))
        return outcomes

    def _archive(self, path: str, batch: Batch) -> list[Outcome]:
        ids = {row.profile_id: row.remote_id for row in batch.rows if row.remote_id}
        # A record may be there of which the id never arrived.
        unknown = [row for row in batch.rows if not row.remote_id]
        if unknown:
            wanted = [{"id": row.profile_id} for row in unknown]
            body = {"idProperty": self._id, "properties": [self._id], "inputs": wanted}
            found = self._http.request("POST", f"{path}/batch/read", body).json().get("results", [])
            ids |= {self._profile_of(result): str(result["id"]) for result in found}
        if ids:
            self._http.request("POST", f"{path}/batch/archive", {"inputs": [{"id": id} for id in ids.values()]})
        return [Outcome(row.profile_id, "delivered") for row in batch.rows]

    def _merge(self, path: str, row: Row) -> Outcome:
        if row.remote_id is None or row.heir_remote_id is None:
            # Nothing to merge with: the heir's fields are told by its own row.
            return self._archive(path, Batch("", (row,)))[0]
        body = {"primaryObjectId": row.heir_remote_id, "objectIdToMerge": row.remote_id}
        # 404: it went with an earlier merge whose answer was lost.
        self._http.request("POST", f"{path}/merge", body, accept=(404,))
        return Outcome(row.profile_id, "delivered")

    def _properties(self, row: Row) -> dict[str, str]:
        mapping = self._declaration.mapping
        # An empty text clears a property; HubSpot's values are texts.
        return {mapping.get(name, name): _text(value) for name, value in row.changed.items()}

    def _profile_of(self, result: Mapping[str, Any]) -> str:
        return str(result.get("objectWriteTraceId") or result.get("properties", {}).get(self._id) or "")

    def _object(self, row: Row) -> str:
        return self._declaration.objects.get(row.entity, _OBJECTS[row.entity])

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def _reason(error: Any) -> str:
    return f"{error.get('category', 'ERROR')}: {error.get('message', '')}"


def open_destination(declaration: DestinationDeclaration, values: Mapping[str, str], **http: Any) -> HubSpotDestination:
    """The portal that the private app's `token` belongs to."""
    headers = {"Authorization": f"Bearer {values['token']}"}
    client = HttpClient(values["url"], declaration.limits, headers, _reason, **http)
    return HubSpotDestination(declaration, client)

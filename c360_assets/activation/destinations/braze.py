"""Braze: users by external id. /users/track takes 75 attribute objects and names by index those that it did not take;
/users/delete and /users/merge take 50."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.destinations.http import HttpClient
from c360_assets.activation.wire import Batch, Outcome

NEEDS = ("url", "api_key")
BATCH_ROWS = {"create": 75, "update": 75, "merge": 50, "delete": 50, "suppress": 50}


class BrazeDestination:
    """Users of one workspace."""

    def __init__(self, declaration: DestinationDeclaration, http: HttpClient) -> None:
        self._declaration, self._http = declaration, http

    def send(self, batch: Batch) -> Sequence[Outcome]:
        """One request."""
        operation = batch.rows[0].operation
        if operation in ("delete", "suppress"):
            self._http.request("POST", "/users/delete", {"external_ids": [row.profile_id for row in batch.rows]})
            return [Outcome(row.profile_id, "delivered") for row in batch.rows]
        if operation == "merge":
            return self._merge(batch)
        attributes = [
            {"external_id": row.profile_id, "_update_existing_only": False}
            | {self._declaration.mapping.get(name, name): value for name, value in row.changed.items()}
            for row in batch.rows
        ]
        told = self._http.request("POST", "/users/track", {"attributes": attributes}).json()
        refused = {
            int(error["index"]): str(error["type"])
            for error in told.get("errors", [])
            if error.get("input_array") == "attributes"
        }
        return [
            Outcome(row.profile_id, "rejected", refused[index])
            if index in refused
            else Outcome(row.profile_id, "delivered")
            for index, row in enumerate(batch.rows)
        ]

    def _merge(self, batch: Batch) -> list[Outcome]:
        updates = [
            {
                "identifier_to_merge": {"external_id": row.profile_id},
                "identifier_to_keep": {"external_id": row.heir_profile_id},
            }
            for row in batch.rows
        ]
        self._http.request("POST", "/users/merge", {"merge_updates": updates})
        return [Outcome(row.profile_id, "delivered") for row in batch.rows]

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def _reason(body: Any) -> str | None:
    errors = [str(error.get("type", error)) if isinstance(error, dict) else str(error) for error in body["errors"]]
    return "; ".join([str(body.get("message", "")), *errors])


def open_destination(declaration: DestinationDeclaration, values: Mapping[str, str], **http: Any) -> BrazeDestination:
    """The workspace that `api_key` belongs to, at the instance's `url`."""
    headers = {"Authorization": f"Bearer {values['api_key']}"}
    return BrazeDestination(declaration, HttpClient(values["url"], declaration.limits, headers, _reason, **http))

"""Braze's /users/track, /users/delete and /users/merge.

After braze.com/docs/api: 75 attribute objects a request, 50 ids to delete or merge; 201 with errors that name the index
of the objects that were not taken, 400 where none was.
"""

from __future__ import annotations

from typing import Any

from simulators.server import Reply, Request, Simulator


class BrazeSimulator(Simulator):
    def __init__(self, api_key: str = "braze-key") -> None:
        super().__init__()
        self.api_key = api_key
        self.users: dict[str, dict[str, Any]] = {}
        self.redirects: dict[str, str] = {}
        self.invalid_names: set[str] = set()

    def handle(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return Reply(401, {"message": "Invalid API key", "errors": ["Invalid API key"]})
        return {"/users/track": self._track, "/users/delete": self._delete, "/users/merge": self._merge}[request.path](
            request.json
        )

    def _track(self, body: Any) -> Reply:
        attributes = body["attributes"]
        if len(attributes) > 75:
            return Reply(400, {"message": "attributes: too many", "errors": [{"type": "max 75 objects"}]})
        errors, taken = [], 0
        for index, each in enumerate(attributes):
            if not each.get("external_id") or each.get("name") in self.invalid_names:
                kind = "'name' is not a valid string"
                errors.append({"type": kind, "input_array": "attributes", "index": index})
                continue
            taken += 1
            told = {name: value for name, value in each.items() if name != "_update_existing_only"}
            self.users.setdefault(each["external_id"], {}).update(told)
        if errors and not taken:
            return Reply(400, {"message": "Valid data must be provided", "errors": errors})
        answer = {"message": "success", "attributes_processed": taken}
        return Reply(201, answer | {"errors": errors} if errors else answer)

    def _delete(self, body: Any) -> Reply:
        if len(body["external_ids"]) > 50:
            return Reply(400, {"message": "too many", "errors": [{"type": "max 50 ids"}]})
        gone = [self.users.pop(each, None) for each in body["external_ids"]]
        return Reply(201, {"deleted": len([user for user in gone if user]), "message": "success"})

    def _merge(self, body: Any) -> Reply:
        if len(body["merge_updates"]) > 50:
            return Reply(400, {"message": "too many", "errors": [{"type": "max 50 merges"}]})
        for each in body["merge_updates"]:
            merged, kept = each["identifier_to_merge"]["external_id"], each["identifier_to_keep"]["external_id"]
            if self.users.pop(merged, None) is not None:
                self.redirects[merged] = kept
        return Reply(202, {"message": "success"})

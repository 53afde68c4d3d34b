"""HubSpot's CRM API for contacts and companies: batches of 100, 207 for part, 409 for all.

After developers.hubspot.com, CRM API v3: batch/upsert by a unique property, batch/read, batch/archive, merge.
"""

from __future__ import annotations

from typing import Any

from simulators.server import Reply, Request, Simulator

ID = "c360_profile_id"


class HubSpotSimulator(Simulator):
    def __init__(self, token: str = "pat-token") -> None:
        super().__init__()
        self.token = token
        self.records: dict[str, dict[str, dict[str, str]]] = {"contacts": {}, "companies": {}}
        """Object -> id -> properties, of those that are not archived."""
        self._ids: dict[str, str] = {}
        self._emails: dict[str, str] = {}
        self.created = 0
        self.redirects: dict[str, str] = {}
        self.known = {"email", "name", "score", "brands", ID}
        self.invalid_names: set[str] = set()

    def by_profile(self, kind: str = "contacts") -> dict[str, dict[str, str]]:
        return {record[ID]: record for record in self.records[kind].values()}

    def handle(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, {"status": "error", "message": "Authentication credentials not found.",
                               "category": "INVALID_AUTHENTICATION"})  # fmt: skip
        kind, action = request.path.removeprefix("/crm/v3/objects/").split("/", 1)
        inputs = request.json.get("inputs", [])
        if len(inputs) > 100:
            return _error(400, "VALIDATION_ERROR", "The maximum number of inputs supported in a batch request is 100")
        return {
            "batch/upsert": self._upsert, "batch/read": self._read, "batch/archive": self._archive,
            "merge": self._merge,
        }[action](self.records[kind], request.json)  # fmt: skip

    def _upsert(self, records: dict[str, Any], body: Any) -> Reply:
        inputs = body["inputs"]
        if len({each["id"] for each in inputs}) < len(inputs):
            return _error(400, "VALIDATION_ERROR", "Duplicate IDs found in batch input")
        claimed: dict[str, str] = {}
        for each in inputs:
            assert each["idProperty"] == ID and each["properties"][ID] == each["id"]
            email = each["properties"].get("email")
            if email and claimed.get(email, self._emails.get(email, each["id"])) != each["id"]:
                return _error(409, "CONFLICT", f"Contact already exists. Existing contact has email {email}")
            if email:
                claimed[email] = each["id"]
            if unknown := set(each["properties"]) - self.known:
                return _error(400, "VALIDATION_ERROR", f'Property "{min(unknown)}" does not exist')
        results, errors = [], []
        for each in inputs:
            if each["properties"].get("name") in self.invalid_names:
                errors.append({"status": "error", "category": "VALIDATION_ERROR", "message": "name was not valid",
                               "context": {"objectWriteTraceId": [each["objectWriteTraceId"]]}})  # fmt: skip
                continue
            key = self._ids.get(each["id"])
            is_new = key is None
            if key is None:
                self.created += 1
                key = str(1000 + self.created)
                records[key] = {}
                self._ids[each["id"]] = key
            before = records[key].get("email")
            records[key].update(each["properties"])
            if before and self._emails.get(before) == each["id"]:
                del self._emails[before]
            if records[key].get("email"):
                self._emails[records[key]["email"]] = each["id"]
            results.append({"id": key, "properties": {ID: each["id"]}, "new": is_new, "archived": False,
                            "objectWriteTraceId": each["objectWriteTraceId"]})  # fmt: skip
        told = {"status": "COMPLETE", "results": results}
        return Reply(207, told | {"numErrors": len(errors), "errors": errors}) if errors else Reply(200, told)

    def _read(self, records: dict[str, Any], body: Any) -> Reply:
        assert body["idProperty"] == ID
        wanted = {each["id"] for each in body["inputs"]}
        keys = [self._ids[each] for each in sorted(wanted & self._ids.keys()) if self._ids[each] in records]
        found = [{"id": key, "properties": records[key]} for key in keys]
        return Reply(207 if len(found) < len(wanted) else 200, {"status": "COMPLETE", "results": found})

    def _archive(self, records: dict[str, Any], body: Any) -> Reply:
        for each in body["inputs"]:
            self._drop(records, each["id"])
        return Reply(204)

    def _drop(self, records: dict[str, Any], key: str) -> str | None:
        gone = records.pop(key, None)
        if gone is None:
            return None
        del self._ids[gone[ID]]
        if self._emails.get(gone.get("email", "")) == gone[ID]:
            del self._emails[gone["email"]]
        return str(gone[ID])

    def _merge(self, records: dict[str, Any], body: Any) -> Reply:
        primary, merged = body["primaryObjectId"], body["objectIdToMerge"]
        if primary not in records or merged not in records:
            return _error(404, "OBJECT_NOT_FOUND", "resource not found")
        self.redirects[str(self._drop(records, merged))] = records[primary][ID]
        return Reply(200, {"id": primary})


def _error(status: int, category: str, message: str) -> Reply:
    return Reply(status, {"status": "error", "category": category, "message": message})

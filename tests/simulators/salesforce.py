"""Salesforce's Bulk API 2.0 ingest: create a job, upload CSV, close, poll, read results; OAuth client credentials.

After developer.salesforce.com, Bulk API 2.0: states Open, UploadComplete, InProgress, JobComplete; one upload a job;
sf__Id, sf__Created and sf__Error in the results; #N/A clears a field, an empty cell leaves it.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from simulators.server import Reply, Request, Simulator

EXTERNAL_ID = "C360_Profile_Id__c"


class SalesforceSimulator(Simulator):
    def __init__(self, polls: int = 1) -> None:
        super().__init__()
        self.polls = polls
        self.tokens = 0
        self.valid_token: str | None = None
        self.jobs: dict[str, dict[str, Any]] = {}
        self.records: dict[str, dict[str, str]] = {}
        self._keys: dict[str, str] = {}
        self.created = 0
        self.invalid_names: set[str] = set()

    def by_profile(self) -> dict[str, dict[str, str]]:
        return {record[EXTERNAL_ID]: record for record in self.records.values()}

    def expire_token(self) -> None:
        self.valid_token = None

    def handle(self, request: Request) -> Reply:
        if request.path == "/services/oauth2/token":
            if b"client_secret=sf-secret" not in request.body:
                return Reply(400, {"error": "invalid_client", "error_description": "invalid client credentials"})
            self.tokens += 1
            self.valid_token = f"token-{self.tokens}"
            return Reply(200, {"access_token": self.valid_token, "token_type": "Bearer"})
        if self.valid_token is None or request.headers.get("authorization") != f"Bearer {self.valid_token}":
            return Reply(401, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
        path = request.path.split("/")[4:]
        if path[0] == "sobjects":
            found = self._keys.get(path[3])
            none = [{"errorCode": "NOT_FOUND", "message": "none"}]
            return Reply(200, {"Id": found}) if found else Reply(404, none)
        return self._ingest(request, path[2:])

    def _ingest(self, request: Request, path: list[str]) -> Reply:
        if not path:
            job = request.json | {"id": f"750{len(self.jobs):012d}", "state": "Open", "polls": self.polls}
            self.jobs[job["id"]] = job
            return Reply(200, job)
        job = self.jobs[path[0]]
        if request.method == "PUT":
            if "rows" in job:
                return Reply(400, [{"errorCode": "INVALIDJOBSTATE", "message": "only one upload a job"}])
            job["rows"] = list(csv.DictReader(io.StringIO(request.body.decode())))
            return Reply(201)
        if request.method == "PATCH":
            job["state"] = request.json["state"]
            return Reply(200, job | {"rows": None})
        if len(path) == 1:
            return Reply(200, {"id": job["id"], "state": self._advance(job)})
        rows = job["successful" if path[1] == "successfulResults" else "failed"]
        return Reply(200, _csv(rows, path[1] == "successfulResults"), {"Content-Type": "text/csv"})

    def _advance(self, job: dict[str, Any]) -> str:
        if job["state"] in ("UploadComplete", "InProgress"):
            job["state"] = "InProgress"
            job["polls"] -= 1
            if job["polls"] < 0:
                job["successful"], job["failed"] = [], []
                for row in job["rows"]:
                    (self._upsert if job["operation"] == "upsert" else self._delete)(job, row)
                job["state"] = "JobComplete"
        return str(job["state"])

    def _upsert(self, job: dict[str, Any], row: dict[str, str]) -> None:
        assert job["externalIdFieldName"] == EXTERNAL_ID
        if row.get("name") in self.invalid_names:
            job["failed"].append(row | {"sf__Id": "", "sf__Error": f"STRING_TOO_LONG:name: {row['name']}:name --"})
            return
        key = self._keys.get(row[EXTERNAL_ID])
        is_new = key is None
        if key is None:
            self.created += 1
            key = f"001{self.created:012d}"
            self.records[key] = {}
            self._keys[row[EXTERNAL_ID]] = key
        told = {name: "" if value == "#N/A" else value for name, value in row.items() if value}
        self.records[key].update(told)
        job["successful"].append(row | {"sf__Id": key, "sf__Created": str(is_new).lower()})

    def _delete(self, job: dict[str, Any], row: dict[str, str]) -> None:
        gone = self.records.pop(row["Id"], None)
        if gone is None:
            job["failed"].append(row | {"sf__Id": row["Id"], "sf__Error": "ENTITY_IS_DELETED:entity is deleted:--"})
        else:
            del self._keys[gone[EXTERNAL_ID]]
            job["successful"].append(row | {"sf__Id": row["Id"], "sf__Created": "false"})


def _csv(rows: list[dict[str, str]], successful: bool) -> bytes:
    text = io.StringIO()
    own = ["sf__Id", "sf__Created"] if successful else ["sf__Id", "sf__Error"]
    names = [*own, *(name for name in (rows[0] if rows else {}) if not name.startswith("sf__"))]
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()

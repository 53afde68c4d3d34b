"""Zendesk's users/create_or_update_many, destroy_many, merge and job statuses; organizations one by one.

After developer.zendesk.com, Ticketing API: 100 users a request, a job that is queued, then working, then completed,
with a result for each, in order, by index; 429 with Retry-After.
"""

from __future__ import annotations

import base64
from typing import Any

from simulators.server import Reply, Request, Simulator


class ZendeskSimulator(Simulator):
    def __init__(self, polls: int = 1) -> None:
        super().__init__()
        self.polls = polls
        self.basic = base64.b64encode(b"agent@acme.example/token:zd-token").decode()
        self.users: dict[int, dict[str, Any]] = {}
        self.organizations: dict[int, dict[str, Any]] = {}
        self._keys: dict[str, int] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.redirects: dict[str, str] = {}
        self.created = 0
        self.invalid_names: set[str] = set()

    def by_profile(self) -> dict[str, dict[str, Any]]:
        return {user["external_id"]: user for user in self.users.values()}

    def handle(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Basic {self.basic}":
            return Reply(401, {"error": "Couldn't authenticate you"})
        path = request.path.removeprefix("/api/v2/").removesuffix(".json").split("/")
        if path[0] == "job_statuses":
            return self._poll(path[1])
        objects = self.users if path[0] == "users" else self.organizations
        if path[1] == "create_or_update_many":
            users = request.json["users"]
            if len(users) > 100:
                return Reply(400, {"error": "TooManyUsers", "description": "100 at most"})
            return self._job([self._put(objects, each, index) for index, each in enumerate(users)])
        if path[1] == "create_or_update":
            result = self._put(objects, request.json["organization"], 0)
            if result["status"] == "Failed":
                return Reply(422, {"error": "RecordInvalid", "description": result["details"]})
            return Reply(200, {"organization": {"id": result["id"]}})
        if path[1] == "destroy_many":
            for gone in request.query["external_ids"][0].split(","):
                if self._keys.get(gone) in objects:
                    del objects[self._keys.pop(gone)]
            return self._job([])
        return self._merge(objects, int(path[1]), request.json)

    def _put(self, objects: dict[int, dict[str, Any]], told: dict[str, Any], index: int) -> dict[str, Any]:
        if told.get("name") in self.invalid_names:
            details = f"Name: {told['name']} is not valid"
            return {"index": index, "error": "UserCreateError", "details": details, "status": "Failed"}
        key = self._keys.get(told["external_id"])
        status = "Updated" if key else "Created"
        if key is None:
            self.created += 1
            key = self._keys[told["external_id"]] = 9000 + self.created
            objects[key] = {}
        objects[key].update(told)
        return {"index": index, "id": key, "status": status}

    def _merge(self, objects: dict[int, dict[str, Any]], key: int, body: Any) -> Reply:
        winner = body["user"]["id"] if "user" in body else body["organization_merge"]["winner_id"]
        if key not in objects or winner not in objects:
            return Reply(404, {"error": "RecordNotFound", "description": "Not found"})
        merged = objects.pop(key)["external_id"]
        del self._keys[merged]
        self.redirects[merged] = objects[winner]["external_id"]
        return Reply(200, {"user": {"id": winner}})

    def _job(self, results: list[dict[str, Any]]) -> Reply:
        job = {"id": f"job{len(self.jobs)}", "status": "queued", "results": results, "polls": self.polls}
        self.jobs[str(job["id"])] = job
        return Reply(200, {"job_status": {"id": job["id"], "status": "queued", "results": None}})

    def _poll(self, key: str) -> Reply:
        job = self.jobs[key]
        job["polls"] -= 1
        done = job["polls"] < 0
        told = {"id": key, "status": "completed" if done else "working", "results": job["results"] if done else None}
        return Reply(200, {"job_status": told})

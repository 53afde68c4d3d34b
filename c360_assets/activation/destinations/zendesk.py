"""Zendesk: users and organizations by external id. Users go by the hundred, through jobs that are polled for what
became of each; organizations have a create-or-update of one at a time."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.destinations.http import HttpClient
from c360_assets.activation.wire import UPSERTS, Batch, BatchRefused, Outcome, Row, TryLater

NEEDS = ("url", "email", "token")
BATCH_ROWS = {"create": 100, "update": 100, "merge": 1, "delete": 100, "suppress": 100}
_POLL_SECONDS, _POLL_MOST_SECONDS, _JOB_SECONDS = 0.01, 10.0, 600.0
_OWN = {"name", "email", "phone", "notes", "details", "role", "locale", "alias", "domain_names", "tags"}
"""Fields of Zendesk's own; all others are custom fields."""


class ZendeskDestination:
    """Users and organizations of one account."""

    def __init__(self, declaration: DestinationDeclaration, http: HttpClient) -> None:
        self._declaration, self._http = declaration, http

    def send(self, batch: Batch) -> Sequence[Outcome]:
        """One batch of users, or organizations one by one."""
        row = batch.rows[0]
        if row.operation == "merge":
            return [self._merge(row)]
        if row.operation not in UPSERTS:
            return self._destroy(batch)
        if row.entity == "organization":
            return [self._organization(each) for each in batch.rows]
        users = [self._body(each, "user_fields") for each in batch.rows]
        results = self._job(self._http.request("POST", "/api/v2/users/create_or_update_many.json", {"users": users}))
        return [_outcome(batch.rows[place], result) for place, result in _placed(results)]

    def _organization(self, row: Row) -> Outcome:
        body = {"organization": self._body(row, "organization_fields")}
        try:
            told = self._http.request("POST", "/api/v2/organizations/create_or_update.json", body).json()
        except BatchRefused as refused:
            return Outcome(row.profile_id, "rejected", refused.reason)
        return Outcome(row.profile_id, "delivered", remote_id=str(told["organization"]["id"]))

    def _destroy(self, batch: Batch) -> list[Outcome]:
        ids = ",".join(quote(row.profile_id) for row in batch.rows)
        objects = f"{batch.rows[0].entity if batch.rows[0].entity == 'organization' else 'user'}s"
        self._job(self._http.request("DELETE", f"/api/v2/{objects}/destroy_many.json?external_ids={ids}"))
        # What the job did not find has gone before.
        return [Outcome(row.profile_id, "delivered") for row in batch.rows]

    def _merge(self, row: Row) -> Outcome:
        if row.remote_id is None or row.heir_remote_id is None:
            return self._destroy(Batch("", (row,)))[0]
        if row.entity == "organization":
            body: dict[str, Any] = {"organization_merge": {"winner_id": int(row.heir_remote_id)}}
            self._http.request("POST", f"/api/v2/organizations/{row.remote_id}/merge.json", body, accept=(404,))
        else:
            body = {"user": {"id": int(row.heir_remote_id)}}
            self._http.request("PUT", f"/api/v2/users/{row.remote_id}/merge.json", body, accept=(404,))
        return Outcome(row.profile_id, "delivered")

    def _job(self, answer: Any) -> list[dict[str, Any]]:
        job = answer.json()["job_status"]
        pause, until = _POLL_SECONDS, self._http.elapsed() + _JOB_SECONDS
        while job["status"] in ("queued", "working"):
            if self._http.elapsed() > until:
                raise TryLater("the job did not end in time", uncertain=True)
            self._http.sleep(pause)
            pause = min(pause * 2, _POLL_MOST_SECONDS)
            job = self._http.request("GET", f"/api/v2/job_statuses/{job['id']}.json").json()["job_status"]
        if job["status"] != "completed":
            raise TryLater(f"the job is {job['status']}", uncertain=True)
        return list(job.get("results") or [])

    def _body(self, row: Row, custom: str) -> dict[str, Any]:
        body: dict[str, Any] = {"external_id": row.profile_id}
        for name, value in row.changed.items():
            told = self._declaration.mapping.get(name, name)
            if told in _OWN:
                body[told] = value
            else:
                body.setdefault(custom, {})[told] = value
        return body

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def _placed(results: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """Results with the place of their row; they come in the order of the request where they do not say."""
    return [(int(result.get("index", place)), result) for place, result in enumerate(results)]


def _outcome(row: Row, result: dict[str, Any]) -> Outcome:
    if result.get("status") in ("Failed", "Error") or result.get("error"):
        return Outcome(row.profile_id, "rejected", f"{result.get('error')}: {result.get('details') or ''}")
    return Outcome(row.profile_id, "delivered", remote_id=str(result["id"]))


def _reason(body: Any) -> str | None:
    return f"{body.get('error')}: {body.get('description') or body.get('details') or ''}"


def open_destination(declaration: DestinationDeclaration, values: Mapping[str, str], **http: Any) -> ZendeskDestination:
    """The account at `url`, by an agent's e-mail and API token."""
    basic = base64.b64encode(f"{values['email']}/token:{values['token']}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    return ZendeskDestination(declaration, HttpClient(values["url"], declaration.limits, headers, _reason, **http))

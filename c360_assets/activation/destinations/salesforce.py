"""Salesforce: upserts by external id through Bulk API 2.0: create a job, upload CSV, close it, poll, read both results.

Bulk API has no merge: a profile that was merged is deleted, and its heir's fields are told by the heir's own row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import httpx

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.destinations.http import Answer, HttpClient
from c360_assets.activation.wire import UPSERTS, AccessRefused, Batch, Outcome, Row, TryLater

NEEDS = ("url", "client_id", "client_secret")
BATCH_ROWS = dict.fromkeys(("create", "update", "merge", "delete", "suppress"), 2_000)
VERSION = "v62.0"
_OBJECTS = {"person": "Contact", "organization": "Account"}
_EXTERNAL_ID = "C360_Profile_Id__c"
_NULL = "#N/A"
"""What clears a field; an empty cell leaves it as it is."""
_GONE = ("ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID")
_POLL_SECONDS, _POLL_MOST_SECONDS, _JOB_SECONDS = 0.05, 10.0, 900.0


class SalesforceDestination:
    """Accounts and contacts of one org. The access token is fetched when it is needed, and again when it expires."""

    def __init__(self, declaration: DestinationDeclaration, http: HttpClient, client_id: str, secret: str) -> None:
        self._declaration, self._http = declaration, http
        self._client_id, self._secret, self._token = client_id, secret, ""
        self._external_id = declaration.objects.get("external_id", _EXTERNAL_ID)
        self._logging_in = Lock()

    def send(self, batch: Batch) -> Sequence[Outcome]:
        """One job."""
        name = self._declaration.objects.get(batch.rows[0].entity, _OBJECTS[batch.rows[0].entity])
        if batch.rows[0].operation in UPSERTS:
            return self._upsert(name, batch)
        return self._delete(name, batch)

    def _upsert(self, name: str, batch: Batch) -> list[Outcome]:
        mapping = self._declaration.mapping
        names = sorted({field for row in batch.rows for field in row.changed})
        header = [self._external_id, *(mapping.get(field, field) for field in names)]
        cells = [[row.profile_id, *(_cell(row, field) for field in names)] for row in batch.rows]
        job = {"object": name, "operation": "upsert", "externalIdFieldName": self._external_id}
        taken, refused = self._job(job, header, cells)
        outcomes = [Outcome(row[self._external_id], "delivered", remote_id=row["sf__Id"]) for row in taken]
        return outcomes + [Outcome(row[self._external_id], "rejected", row["sf__Error"]) for row in refused]

    def _delete(self, name: str, batch: Batch) -> list[Outcome]:
        found = [(row.remote_id or self._find(name, row), row.profile_id) for row in batch.rows]
        outcomes = [Outcome(profile, "delivered") for id, profile in found if id is None]
        ids = {id: profile for id, profile in found if id is not None}
        if ids:
            taken, refused = self._job({"object": name, "operation": "delete"}, ["Id"], [[id] for id in ids])
            outcomes += [Outcome(ids[row["sf__Id"] or row["Id"]], "delivered") for row in taken]
            for row in refused:
                gone_already = row["sf__Error"].startswith(_GONE)
                profile = ids[row["Id"]]
                outcomes.append(
                    Outcome(profile, "delivered") if gone_already else Outcome(profile, "rejected", row["sf__Error"])
                )
        return outcomes

    def _find(self, name: str, row: Row) -> str | None:
        """The id of a record that may be there although its receipt is not."""
        path = f"/services/data/{VERSION}/sobjects/{name}/{self._external_id}/{row.profile_id}"
        answer = self._call("GET", f"{path}?fields=Id", accept=(404,))
        return None if answer.status == 404 else str(answer.json()["Id"])

    def _job(
        self, job: dict[str, str], header: list[str], cells: list[list[str]]
    ) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        jobs = f"/services/data/{VERSION}/jobs/ingest"
        described = job | {"contentType": "CSV", "lineEnding": "LF"}
        path = f"{jobs}/{self._call('POST', jobs, described).json()['id']}"
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(cells)
        self._call("PUT", f"{path}/batches", content=text.getvalue().encode(), headers={"Content-Type": "text/csv"})
        self._call("PATCH", path, {"state": "UploadComplete"})
        self._wait(path)
        return self._results(f"{path}/successfulResults"), self._results(f"{path}/failedResults")

    def _wait(self, path: str) -> None:
        pause, until = _POLL_SECONDS, self._http.elapsed() + _JOB_SECONDS
        while True:
            told = self._call("GET", path).json()
            if told["state"] == "JobComplete":
                return
            if told["state"] in ("Failed", "Aborted"):
                # Rows of it may have been taken before it failed.
                raise TryLater(f"the job is {told['state']}", uncertain=True)
            if self._http.elapsed() > until:
                raise TryLater("the job did not end in time", uncertain=True)
            self._http.sleep(pause)
            pause = min(pause * 2, _POLL_MOST_SECONDS)

    def _results(self, path: str) -> list[dict[str, str]]:
        answer = self._call("GET", path)
        return list(csv.DictReader(io.StringIO(answer.body.decode())))

    def _call(self, method: str, path: str, body: Any = None, accept: Sequence[int] = (), **given: Any) -> Answer:
        if not self._token:
            self._log_in("")
        own = given.pop("headers", {})
        for _ in range(2):
            token = self._token
            headers = own | {"Authorization": f"Bearer {token}"}
            answer = self._http.request(method, path, body, headers=headers, accept=(*accept, 401), **given)
            if answer.status != 401:
                return answer
            # INVALID_SESSION_ID: the token has expired, which is nobody's fault.
            self._log_in(token)
        raise AccessRefused("HTTP 401: a fresh token is not accepted")

    def _log_in(self, refused: str) -> None:
        with self._logging_in:
            # Another thread may have a fresh one already, which a second login would end.
            if self._token == refused:
                self._token = self._fresh_token()

    def _fresh_token(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": self._client_id, "client_secret": self._secret}
        answer = self._http.request(
            "POST",
            "/services/oauth2/token",
            content=str(httpx.QueryParams(form)).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            accept=(400, 401),
        )
        if answer.status in (400, 401):
            raise AccessRefused(f"HTTP {answer.status}: the client's credentials are not accepted")
        return str(answer.json()["access_token"])

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def _cell(row: Row, field: str) -> str:
    if field not in row.changed:
        return ""
    value = row.changed[field]
    if value is None or value == "":
        return _NULL
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def _reason(body: Any) -> str | None:
    return "; ".join(f"{error['errorCode']}: {error['message']}" for error in body)


def open_destination(
    declaration: DestinationDeclaration, values: Mapping[str, str], **http: Any
) -> SalesforceDestination:
    """The org at `url` (My Domain), by the client-credentials flow of a connected app."""
    client = HttpClient(values["url"], declaration.limits, reason=_reason, **http)
    return SalesforceDestination(declaration, client, values["client_id"], values["client_secret"])

"""The Snowflake connector's HTTP protocol: log in, run statements, log out. Without a session only the login works."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fakesnow import statement_type
from fakesnow.transforms import SERVER_VERSION
from snowflake.connector.errors import ProgrammingError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from c360_assets.warehouse.embedded import repairs
from c360_assets.warehouse.embedded.answers import run_statement
from c360_assets.warehouse.embedded.engine import Engine
from c360_assets.warehouse.embedded.errors import as_sql_error
from c360_assets.warehouse.embedded.process import proof
from c360_assets.warehouse.embedded.protocol import (
    IN_PROGRESS,
    WRONG_PASSWORD,
    failure,
    folded,
    gone,
    ok,
    read_body,
    sql_failure,
)
from c360_assets.warehouse.embedded.query_log import QueryRecord
from c360_assets.warehouse.embedded.session import Session

logger = logging.getLogger(__name__)

POLL_SECONDS = 30.0
_KEEP_SECONDS = 5.0
_KINDS = {
    statement_type.SELECT: "SELECT", statement_type.INSERT: "INSERT", statement_type.UPDATE: "UPDATE",
    statement_type.DELETE: "DELETE", statement_type.MERGE: "MERGE", statement_type.COPY: "COPY",
    statement_type.DDL: "DDL", statement_type.SHOW: "SHOW", statement_type.DESCRIBE: "DESCRIBE",
    statement_type.USE: "USE", statement_type.TCL: "TRANSACTION",
}  # fmt: skip


class App:
    """The routes over one engine. Sessions end when they log out, are idle for long, or their client was killed."""

    def __init__(self, engine: Engine, token: str, idle_seconds: float = 4 * 3600) -> None:
        self.engine = engine
        self._token = token
        self._idle_seconds = idle_seconds
        self.sessions: dict[str, Session] = {}
        self._pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="statement")
        self._running: dict[tuple[str, str], asyncio.Future[JSONResponse]] = {}

    def starlette(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/engine/{nonce}", self.prove, methods=["GET"]),
                Route("/session/v1/login-request", self.login, methods=["POST"]),
                Route("/session/token-request", self.renew, methods=["POST"]),
                Route("/session", self.session, methods=["POST"]),
                Route("/session/heartbeat", self.session, methods=["POST"]),
                Route("/queries/v1/query-request", self.query, methods=["POST"]),
                Route("/queries/{request_id}/result", self.result, methods=["GET"]),
                Route("/queries/v1/abort-request", self.abort, methods=["POST"]),
                Route("/monitoring/queries/{query_id}", self.monitoring, methods=["GET"]),
                Route("/telemetry/send", self.telemetry, methods=["POST"]),
            ]
        )

    async def prove(self, request: Request) -> JSONResponse:
        """Prove to this machine's starter that this is the engine with the token, without telling the token."""
        answer = proof(self._token, request.path_params["nonce"])
        return JSONResponse({"proof": answer, "pid": os.getpid()})

    async def login(self, request: Request) -> JSONResponse:
        """Open a session for whoever knows the engine's token."""
        data = (await read_body(request)).get("data") or {}
        if not secrets.compare_digest(str(data.get("PASSWORD") or "").encode(), self._token.encode()):
            return failure(WRONG_PASSWORD, "Incorrect username or password was specified.")
        await run_in_threadpool(self._end_idle_sessions)
        parameters = data.get("SESSION_PARAMETERS") or {}
        names = [folded(request.query_params.get(n)) for n in ("databaseName", "schemaName")]
        tag = str(parameters.get("QUERY_TAG") or "")
        try:
            session = await run_in_threadpool(self.engine.connect, names[0], names[1], tag)
        except Exception as error:
            if not isinstance(error, ProgrammingError):
                repairs.log_unexpected(error)
            return sql_failure(as_sql_error(error))
        session.client_process = int(parameters.get("C360_CLIENT_PROCESS") or 0)
        session.commits_itself = str(parameters.get("AUTOCOMMIT", True)).lower() != "false"
        key = secrets.token_urlsafe(32)
        self.sessions[key] = session
        return ok(
            {
                "token": key,
                "masterToken": key,
                "serverVersion": SERVER_VERSION,
                "sessionId": int(session.session_id),
                "parameters": [
                    {"name": "AUTOCOMMIT", "value": session.commits_itself},
                    {"name": "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", "value": 3600},
                    {"name": "CLIENT_TELEMETRY_ENABLED", "value": False},
                    {"name": "TIMEZONE", "value": "Etc/UTC"},
                    # 0 keeps bound arrays in the request instead of in a stage.
                    {"name": "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", "value": 0},
                ],
                "sessionInfo": {"databaseName": session.database, "schemaName": session.schema},
            }
        )

    async def renew(self, request: Request) -> JSONResponse:
        """A session's token stays valid as long as the session."""
        found = self._session(request)
        if found is None:
            return gone()
        key, _ = found
        return ok({"sessionToken": key, "masterToken": key, "validityInSecondsST": 14400})

    async def session(self, request: Request) -> JSONResponse:
        """Heartbeat, or logout with ?delete=true."""
        found = self._session(request)
        if found is None:
            return gone()
        key, session = found
        if request.query_params.get("delete"):
            del self.sessions[key]
            await run_in_threadpool(session.end)
        return ok(None)

    async def query(self, request: Request) -> JSONResponse:
        """Run one statement. A request sent again with its id joins the statement that it started."""
        found = self._session(request)
        if found is None:
            return gone()
        session = found[1]
        key = (session.session_id, request.query_params.get("requestId") or secrets.token_hex(16))
        if key not in self._running:
            body = await read_body(request)
            loop = asyncio.get_running_loop()
            self._running[key] = loop.run_in_executor(self._pool, self._run, session, body)
        return await self._result(key)

    async def result(self, request: Request) -> JSONResponse:
        """Ask again for the result of a statement that was still running."""
        found = self._session(request)
        key = (found[1].session_id, request.path_params["request_id"]) if found else ("", "")
        if key not in self._running:
            return gone()
        return await self._result(key)

    async def _result(self, key: tuple[str, str]) -> JSONResponse:
        done, _ = await asyncio.wait({self._running[key]}, timeout=POLL_SECONDS)
        if not done:
            # The connector gives up on an answer after a minute and would send the statement again.
            return JSONResponse(
                {
                    "data": {"getResultUrl": f"/queries/{key[1]}/result", "queryAbortsAfterSecs": 0},
                    "code": IN_PROGRESS,
                    "message": "Query execution in progress. Query result will be available later.",
                    "success": True,
                }
            )
        answer = self._running[key].result()
        # Kept a little longer, in case this answer is lost on its way and the request comes again.
        asyncio.get_running_loop().call_later(_KEEP_SECONDS, self._running.pop, key, None)
        return answer

    async def abort(self, request: Request) -> JSONResponse:
        """Cancel the session's running statement."""
        found = self._session(request)
        if found is None:
            return gone()
        found[1].interrupt()
        return ok(None)

    async def monitoring(self, request: Request) -> JSONResponse:
        """State of a statement that has run."""
        if self._session(request) is None:
            return gone()
        known = request.path_params["query_id"] in self.engine.results_cache
        return ok({"queries": [{"status": "SUCCESS"}] if known else []})

    async def telemetry(self, request: Request) -> JSONResponse:
        """Nothing is collected."""
        return gone() if self._session(request) is None else ok(None)

    def _session(self, request: Request) -> tuple[str, Session] | None:
        header = request.headers.get("Authorization") or ""
        key = header.removeprefix('Snowflake Token="').removesuffix('"')
        session = self.sessions.get(key)
        if session is None:
            return None
        session.last_used = time.monotonic()
        return key, session

    def _end_idle_sessions(self) -> None:
        for key, session in list(self.sessions.items()):
            busy = session.statement_lock.locked()
            idle = time.monotonic() - session.last_used > self._idle_seconds
            if not busy and (idle or not session.client_lives()):
                self.sessions.pop(key, None)
                session.end()

    def end_all_sessions(self) -> None:
        """Log every session out; open transactions are rolled back."""
        while self.sessions:
            _, session = self.sessions.popitem()
            session.end()

    def _run(self, session: Session, body: dict[str, Any]) -> JSONResponse:
        started, clock = datetime.now(UTC), time.perf_counter()
        with session.statement_lock:
            cursor = session.cursor()
            error: ProgrammingError | None = None
            try:
                data = run_statement(cursor, body)
            except Exception as raised:
                if not isinstance(raised, ProgrammingError):
                    repairs.log_unexpected(raised)
                error = as_sql_error(raised)
            session.last_used = time.monotonic()
            record = QueryRecord(
                query_id=cursor.sfqid or "",
                session_id=session.session_id,
                query_tag=session.query_tag,
                query_type=_KINDS.get(cursor.type_id, "OTHER"),
                database_name=session.database,
                schema_name=session.schema,
                execution_status="SUCCESS",
                error_code=None,
                start_time=started,
                total_elapsed_time=int((time.perf_counter() - clock) * 1000),
                rows_produced=cursor.rowcount,
            )
            if error is not None:
                record = replace(record, execution_status="FAIL", error_code=f"{error.errno:06d}", rows_produced=None)
                self.engine.query_log.append(record)
                return sql_failure(error, cursor.sfqid)
            self.engine.query_log.append(record)
            return ok(data)

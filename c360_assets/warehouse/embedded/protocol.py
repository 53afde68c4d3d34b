"""Requests and answers in the connector's envelope."""

from __future__ import annotations

import gzip
import json
from typing import Any

from snowflake.connector.errors import ProgrammingError
from starlette.requests import Request
from starlette.responses import JSONResponse

SESSION_GONE = "390111"
WRONG_PASSWORD = "390100"
IN_PROGRESS = "333333"


async def read_body(request: Request) -> dict[str, Any]:
    """The JSON object of a request, unpacked where it is gzipped; empty if it is none."""
    raw = await request.body()
    try:
        if request.headers.get("Content-Encoding") == "gzip":
            raw = gzip.decompress(raw)
        body = json.loads(raw)
    except (ValueError, OSError):
        # Whoever misses something in it answers with an SQL error; HTTP 500 would be tried again for minutes.
        return {}
    return body if isinstance(body, dict) else {}


def folded(name: str | None) -> str | None:
    """A name as Snowflake stores it: upper case unless quoted."""
    if not name:
        return None
    return name[1:-1] if name.startswith('"') and name.endswith('"') else name.upper()


def ok(data: Any) -> JSONResponse:
    """Success."""
    return JSONResponse({"data": data, "code": None, "message": None, "success": True})


def failure(code: str, message: str, data: Any = None) -> JSONResponse:
    """A failure with Snowflake's code."""
    # Status 200: the connector takes 5xx for a reason to try again for minutes.
    return JSONResponse({"data": data, "code": code, "message": message, "success": False, "headers": None})


def gone() -> JSONResponse:
    """The session is not known (any more)."""
    return failure(SESSION_GONE, "Session no longer exists. New login required to access the service.")


def sql_failure(error: ProgrammingError, query_id: str | None = None) -> JSONResponse:
    """A failed statement."""
    code = f"{error.errno:06d}"
    data = {"errorCode": code, "sqlState": error.sqlstate, "queryId": query_id, "internalError": False}
    return failure(code, error.raw_msg or "", data)

"""The outbox: events become durable together with the data they speak of, and are forwarded from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lineage.naming import event_id
from lineage.serialise import to_json

SCHEMA = "LINEAGE"
TABLE = f"{SCHEMA}.OPENLINEAGE_OUTBOX"
STATEMENT_LIMIT = 700_000
"""Characters of events in one statement; Snowflake takes statements of up to a megabyte."""

_COLUMNS = {
    "event_id": "varchar not null",
    "run_id": "varchar not null",
    "job_name": "varchar not null",
    "event_type": "varchar not null",
    "event_time": "timestamp_ntz not null",
    "stage": "varchar",
    "event": "variant not null",
    "written_at": "timestamp_ntz not null",
    "forwarded_at": "timestamp_ntz",
}


class Session(Protocol):
    """What the outbox needs of a warehouse session."""

    def execute(self, sql: str, params: Sequence[Any] | None = None) -> Any:
        """Run one statement."""

    def rows(self, sql: str, params: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""


@dataclass(frozen=True)
class Pending:
    """An event that is not forwarded yet."""

    event_id: str
    run_id: str
    event: str
    """JSON text."""


def ensure_tables(session: Session) -> None:
    """Create the schema and the outbox where they are missing.

    DDL commits an open transaction in Snowflake: call this before one begins.
    """
    session.execute(f"create schema if not exists {SCHEMA}")
    columns = ", ".join(f"{name} {data_type}" for name, data_type in _COLUMNS.items())
    session.execute(f"create table if not exists {TABLE} ({columns})")


def write(session: Session, events: Iterable[dict[str, Any]], stage: str = "") -> int:
    """Insert events that are not there yet; returns how many were given.

    The caller begins and commits, so that events and data become visible together.
    """
    rows = [_row(event, stage) for event in events]
    for batch in _batches(rows):
        values = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(batch))
        session.execute(
            f"insert into {TABLE}"
            " (event_id, run_id, job_name, event_type, event_time, stage, event, written_at)"
            " select v.id, v.run, v.job, v.type, to_timestamp_ntz(v.moment), v.stage, parse_json(v.text), sysdate()"
            f" from (values {values}) as v (id, run, job, type, moment, stage, text)"
            f" where not exists (select 1 from {TABLE} as o where o.event_id = v.id)",
            [value for row in batch for value in row],
        )
    return len(rows)


def _row(event: dict[str, Any], stage: str) -> tuple[str, ...]:
    run, job, kind = event["run"]["runId"], event["job"]["name"], event["eventType"]
    moment = event["eventTime"].rstrip("Z").replace("T", " ")
    # An escaped $ is the same JSON, and no engine mistakes it for a session variable.
    text = to_json(event).replace("$", "\\u0024")
    return event_id(event), run, job, kind, moment, stage or job.partition(".")[0], text


def _batches(rows: list[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    batch: list[tuple[str, ...]] = []
    size = 0
    for row in rows:
        if batch and size + len(row[-1]) > STATEMENT_LIMIT:
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += len(row[-1])
    if batch:
        yield batch


def pending(session: Session, limit: int = 1000) -> list[Pending]:
    """The oldest events that are not forwarded yet, START before what ends the run."""
    found = session.rows(
        f"select event_id, run_id, to_json(event) from {TABLE} where forwarded_at is null"
        f" order by event_time, run_id, iff(event_type = 'START', 0, 1), event_id limit {limit}"
    )
    return [Pending(*row) for row in found]


def completed(session: Session, run_ids: Sequence[str]) -> set[str]:
    """Those of these runs that have a COMPLETE."""
    if not run_ids:
        return set()
    places = ", ".join(["%s"] * len(run_ids))
    sql = f"select run_id from {TABLE} where event_type = 'COMPLETE' and run_id in ({places})"
    return {run for (run,) in session.rows(sql, list(run_ids))}


def mark_forwarded(session: Session, event_ids: Sequence[str]) -> None:
    """These events have reached their destination."""
    if event_ids:
        places = ", ".join(["%s"] * len(event_ids))
        session.execute(f"update {TABLE} set forwarded_at = sysdate() where event_id in ({places})", list(event_ids))

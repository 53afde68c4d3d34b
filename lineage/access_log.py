"""Who looked at which profile, or exported it, when and for what purpose; written before anything is shown.

note(session, "trace", ["per_..."], by="ana", purpose="complaint 4711")
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from lineage import chain
from lineage.outbox import SCHEMA, Session

TABLE = f"{SCHEMA}.ACCESS_LOG"
NO_PURPOSE = "none given"
_COLUMNS = """access_id varchar not null, accessed_at timestamp_ntz not null, actor varchar not null,
    action varchar not null, subject varchar not null, purpose varchar not null, is_masked boolean not null,
    detail varchar"""
_BATCH = 500


class AccessError(ValueError):
    """An access that cannot be written down; the message says what is missing."""


def ensure_tables(session: Session) -> None:
    """Create the log and its chain where they are missing; DDL, so before a transaction begins."""
    chain.ensure_tables(session)
    session.execute(f"create table if not exists {TABLE} ({_COLUMNS})")


def note(
    session: Session,
    action: str,
    subjects: Sequence[str],
    by: str,
    purpose: str | None = None,
    detail: str | None = None,
) -> bool:
    """Write down that `by` does `action` (`view`, `trace`, `find`, `export`) to these profiles or records.

    Returns whether personal data may be shown: without a purpose they stay masked. `detail` says more, such as a
    field's name or a file's; never a customer's data. The tables must exist (ensure_tables).

    Raises:
        AccessError: nobody is named.
    """
    if not by.strip():
        raise AccessError("Who looks? An access is written down under a name (--by NAME).")
    stated = (purpose or "").strip()
    moment = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    rows = [
        (f"acc_{uuid.uuid4().hex[:20]}", moment, by.strip(), action, subject, stated or NO_PURPOSE, not stated, detail)
        for subject in subjects or ("nobody",)
    ]

    def write() -> int:
        for first in range(0, len(rows), _BATCH):
            batch = rows[first : first + _BATCH]
            marks = ", ".join(["(%s, to_timestamp_ntz(%s), %s, %s, %s, %s, %s, %s)"] * len(batch))
            session.execute(
                f"insert into {TABLE}"
                " (access_id, accessed_at, actor, action, subject, purpose, is_masked, detail)"
                f" values {marks}",
                [value for row in batch for value in row],
            )
        return chain.seal_within(session, "access", [row[0] for row in rows])

    chain.in_transaction(session, write)
    return bool(stated)

"""The hash chain: who alters, removes, adds or reorders a row that was written once is found out.

Each log of chain_logs has a chain. An entry covers the rows that came since the last one: its hash is over the
previous entry's hash and over the rows' hashes in order. Hashes are worked out in the warehouse; only whoever asks
`chain_check` sees rows. `seal` is all that a writer needs to call, in the transaction that writes the rows or after it.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from lineage.chain_logs import LOGS, Log
from lineage.outbox import SCHEMA, Session

ENTRY, ROW, HEAD = f"{SCHEMA}.CHAIN_ENTRY", f"{SCHEMA}.CHAIN_ROW", f"{SCHEMA}.CHAIN_HEAD"
GENESIS = "0" * 64
_TABLES = {
    ENTRY: """log varchar not null, entry number(38, 0) not null, row_count number(38, 0) not null,
        content_hash varchar not null, previous_hash varchar not null, entry_hash varchar not null,
        sealed_at timestamp_ntz not null""",
    ROW: """log varchar not null, entry number(38, 0) not null, row_no number(38, 0) not null,
        row_key varchar not null, row_hash varchar not null""",
    # One row per chain: whoever appends updates it first, so that two writers never continue from the same entry.
    HEAD: "log varchar not null, entry number(38, 0) not null, entry_hash varchar not null",
}
ATTEMPTS = 30
# Lists of hashes are hashed in pieces: one list of all would outgrow what a Snowflake string may hold.
PIECE = 10_000


def ensure_tables(session: Session) -> None:
    """Create what is missing. DDL commits in Snowflake: call this before a transaction begins."""
    known = {
        f"{SCHEMA}.{name}"
        for (name,) in session.rows(
            "select table_name from information_schema.tables where table_schema = %s", [SCHEMA]
        )
    }
    if not known:
        session.execute(f"create schema if not exists {SCHEMA}")
    for table, columns in _TABLES.items():
        if table not in known:
            session.execute(f"create table if not exists {table} ({columns})")
    begun = {name for (name,) in session.rows(f"select log from {HEAD}")}
    for name in LOGS.keys() - begun:
        session.execute(
            f"insert into {HEAD} (log, entry, entry_hash) select %s, 0, %s"
            f" where not exists (select 1 from {HEAD} where log = %s)",
            [name, GENESIS, name],
        )


def seal(session: Session, name: str) -> int:
    """Append the log's rows that no entry covers yet, in a transaction of its own; returns how many.

    Raises:
        Exception: what the warehouse said last, where others kept appending to the same log.
    """
    if not unsealed(session, LOGS[name]):
        return 0
    return in_transaction(session, lambda: seal_within(session, name))


def seal_within(session: Session, name: str, keys: Sequence[str] = ()) -> int:
    """`seal` within the caller's open transaction, so that rows and entry become visible together.

    Call it last in the transaction: a second writer of the same log waits for the first, or fails and tries again.
    `keys` are those of the rows, where the caller knows them: the log's other rows are not looked at then.
    """
    log = LOGS[name]
    session.execute(f"update {HEAD} set entry = entry + 1 where log = %s", [name])
    ((entry, previous),) = session.rows(f"select entry, entry_hash from {HEAD} where log = %s", [name])
    session.execute(
        f"insert into {ROW} (log, entry, row_no, row_key, row_hash)"
        f" select %s, %s, row_number() over (order by row_key), row_key, sha2(content, 256)"
        f" from ({fresh_sql(log, len(keys))})",
        [name, int(entry), *keys],
    )
    contents = entry_contents(session, name, int(entry))
    if not contents:
        session.execute(f"update {HEAD} set entry = entry - 1 where log = %s", [name])
        return 0
    count, content = contents[int(entry)]
    sealed_at = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    link = entry_hash(previous, name, int(entry), count, content, sealed_at)
    session.execute(
        f"insert into {ENTRY} (log, entry, row_count, content_hash, previous_hash, entry_hash, sealed_at)"
        " select %s, %s, %s, %s, %s, %s, to_timestamp_ntz(%s)",
        [name, int(entry), count, content, previous, link, sealed_at],
    )
    session.execute(f"update {HEAD} set entry_hash = %s where log = %s", [link, name])
    return count


def in_transaction(session: Session, write: Callable[[], int]) -> int:
    """Begin, write, commit; from the start again where another writer of the same chain came first.

    Raises:
        Exception: what failed the last time.
    """
    for attempt in range(ATTEMPTS):
        session.execute("begin")
        try:
            done = write()
            session.execute("commit")
        except BaseException as error:
            with contextlib.suppress(Exception):
                session.execute("rollback")
            if attempt + 1 == ATTEMPTS or not isinstance(error, Exception) or not is_conflict(error):
                raise
            # Not in step with the others that were turned away.
            time.sleep(random.uniform(0.005, 0.05) * (attempt + 1))
        else:
            return done
    raise AssertionError("unreachable")


def is_conflict(error: Exception) -> bool:
    """True where another transaction held what this one wanted to change: Snowflake's error 000625."""
    return "000625" in str(error)


def rows_sql(log: Log) -> str:
    """The log's rows as row_key and content."""
    return f"select {log.key} as row_key, {log.content()} as content from {log.source}"


def fresh_sql(log: Log, keys: int = 0) -> str:
    """The log's rows that no entry covers; with `keys`, those of as many keys, which are parameters."""
    # Chosen before their content is put together: most rows are sealed, and a version's content is long.
    if keys:
        return f"{rows_sql(log)} where {log.key} in ({', '.join(['%s'] * keys)})"
    return f"{rows_sql(log)} where {log.key} not in (select row_key from {ROW} where log = '{log.name}')"


def unsealed(session: Session, log: Log) -> bool:
    """True where rows wait for an entry."""
    if not exists(session, log.table):
        return False
    known = f"select row_key from {ROW} where log = '{log.name}'"
    keys = f"select {log.key} as row_key from {log.source}"
    return bool(session.rows(f"select 1 from ({keys}) where row_key not in ({known}) limit 1"))


def exists(session: Session, table: str) -> bool:
    """True where SCHEMA.TABLE is there."""
    return bool(
        session.rows(
            "select 1 from information_schema.tables where table_schema = %s and table_name = %s", table.split(".")
        )
    )


def entry_contents(session: Session, name: str, entry: int | None = None) -> dict[int, tuple[int, str]]:
    """Per entry of a log, or for one: how many rows it has, and the hash over their hashes in order."""
    only = "" if entry is None else f"and entry = {int(entry)}"
    return {
        int(number): (int(count), content)
        for number, count, content in session.rows(
            f"""
with piece as (
  select entry, floor(row_no / {PIECE}) as piece, count(*) as rows_in_piece,
    sha2(listagg(row_key || '=' || row_hash, ';') within group (order by row_no, row_key), 256) as piece_hash
  from {ROW}
  where log = %s {only}
  group by entry, floor(row_no / {PIECE})
)
select entry, sum(rows_in_piece), sha2(listagg(piece_hash, ';') within group (order by piece), 256)
from piece
group by entry
order by entry
""",
            [name],
        )
    }


def entry_hash(previous: str, name: str, entry: int, rows: int, content: str, sealed_at: str) -> str:
    """SHA-256 that ties an entry to the one before it."""
    return hashlib.sha256("|".join([previous, name, str(entry), str(rows), content, sealed_at]).encode()).hexdigest()

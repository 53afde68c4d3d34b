"""Whether the hash chains hold, and which row is the first that does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage.chain import ENTRY, GENESIS, HEAD, ROW, entry_contents, entry_hash, exists
from lineage.chain_logs import LOGS, Log
from lineage.outbox import Session
from lineage.tracing.among import among, keys_text
from lineage.tracing.finding import Finding

_MOST = 100
_WHAT = {
    "altered": "was altered after it was written",
    "removed": "was removed",
    "added": "was added by other means than the pipeline's",
}


def check_chains(session: Session, profiles: Sequence[str] = ()) -> list[Finding]:
    """Every chain from its first entry on, and every row against its entry, the first broken one first.

    With `profiles`, rows that are about a profile are looked at only where it is one of these.
    """
    found: list[Finding] = []
    for log in LOGS.values():
        found += _entries(session, log.name)
        if exists(session, log.table):
            found += _rows(session, log, profiles if log.profile else ())
    return found


def heads(session: Session) -> dict[str, tuple[int, str]]:
    """Each chain's last entry and its hash: who keeps them elsewhere can tell later that nothing was cut off."""
    return {
        name: (int(entry), link) for name, entry, link in session.rows(f"select log, entry, entry_hash from {HEAD}")
    }


def _entries(session: Session, name: str) -> Iterator[Finding]:
    where, contents = f"chain {name}", entry_contents(session, name)
    previous, expected = GENESIS, 1
    for number, count, content, before, link, sealed_at in session.rows(
        "select entry, row_count, content_hash, previous_hash, entry_hash, sealed_at"
        f" from {ENTRY} where log = %s order by entry, sealed_at",
        [name],
    ):
        entry = f"entry {number}"
        if int(number) != expected:
            missing = f"entry {expected}"
            yield Finding(where, missing, f"is missing; {entry} follows instead")
            return
        if before != previous:
            yield Finding(where, entry, "does not follow from the entry before it: one of them was replaced or moved")
            return
        when = sealed_at.isoformat(sep=" ", timespec="microseconds")
        if entry_hash(before, name, int(number), int(count), content, when) != link:
            yield Finding(where, entry, "was altered: its hash is not that of its content")
            return
        if contents.pop(int(number), None) != (int(count), content):
            yield Finding(where, entry, f"covers other rows than the {count} that it was made for")
            return
        previous, expected = link, expected + 1
    if contents:
        yield Finding(where, f"entry {min(contents)}", "is missing, though rows name it")
    head = session.rows(f"select entry, entry_hash from {HEAD} where log = %s", [name])
    if not head or (int(head[0][0]), head[0][1]) != (expected - 1, previous):
        yield Finding(where, f"entry {expected - 1}", "is not where the chain ended when it was last written")


def _waits(session: Session, log: Log) -> str:
    """What is true of rows that wait for their seal: all of them, where no stage has come to its end yet."""
    ended = "LINEAGE.STEP_TIME"
    return log.waits if ended not in log.waits or exists(session, ended) else "true"


def _rows(session: Session, log: Log, profiles: Sequence[str]) -> Iterator[Finding]:
    where, params = (f"where {among(log.profile)}", [keys_text(profiles)]) if profiles else ("", [])
    # A row that is gone is about nobody: where only some profiles are asked for, closure finds what they lack.
    join = "left" if profiles else "full outer"
    rows = session.rows(
        f"""
with present as (
  select {log.key} as row_key, sha2({log.content()}, 256) as row_hash, {_waits(session, log)} as waits
  from {log.source} {where}
),
sealed as (select row_key, row_hash, entry, row_no from {ROW} where log = %s)
select coalesce(sealed.row_key, present.row_key),
  case when present.row_key is null then 'removed' when sealed.row_key is null then 'added' else 'altered' end,
  sealed.entry, sealed.row_no
from present {join} join sealed on present.row_key = sealed.row_key
where present.row_hash is distinct from sealed.row_hash and not (sealed.row_key is null and present.waits)
order by sealed.entry nulls last, sealed.row_no, 1
limit {_MOST}
""",
        [*params, log.name],
    )
    for key, what, entry, number in rows:
        place = f" (row {number} of entry {entry})" if entry is not None else ""
        yield Finding(log.table, f"{key}{place}", f"{log.says} {_WHAT[what]}")
    if log.repeats:
        return
    twice = session.rows(
        f"select {log.key} as row_key from {log.source} {where} group by row_key having count(*) > 1 order by 1"
        f" limit {_MOST}",
        params,
    )
    for (key,) in twice:
        yield Finding(log.table, key, f"{log.says} is there more than once")

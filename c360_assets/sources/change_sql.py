"""The CHANGE table: one row per row of the load table, with what is to be done with it, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass

from c360_assets.sources import names as n
from c360_assets.sources.casts import cast
from c360_assets.sources.names import quoted
from c360_assets.sources.snapshot_sql import SnapshotSql

NEW, CHANGED, UNCHANGED, DELETED = "new", "changed", "unchanged", "deleted"
REPEATED, LATE, SUPERSEDED, FAULTY = "repeated", "late", "superseded", "faulty"
LIVE = "live"

MAX_UNREADABLE = 100
"""With more unreadable lines than this, a full extract's absences prove nothing."""


@dataclass(frozen=True)
class ChangeSql:
    """What is to be done with the rows of `sql`'s load table.

    `rejected` are the files that are left out, `unreadable` the lines of the others that could not be read. With
    `delta`, rows that repeat a current version are not in the load table; the versions that none repeats are named.
    """

    sql: SnapshotSql
    rejected: tuple[int, ...] = ()
    unreadable: int = 0
    delta: bool = False

    def create(self) -> str:
        """Decide for each row, and for each record that a full extract lacks, what is to be done."""
        sql, d = self.sql, self.sql.declared
        full = d.extract == "full"
        at = n.column_name(d.updated_at or "")
        updated = cast(quoted(at), d.declared_types[at]) if at in sql.found else "null"
        fault = "".join(f"\n      when {f.condition} then {i}" for i, f in enumerate(sql.faults))
        fault = f"case{fault}\n    end" if fault else "null"
        kept = f" and _file not in ({', '.join(map(str, self.rejected))})" if self.rejected else ""
        late_unless = " and not current_version._deleted" if full else ""
        return f"""create or replace temporary table {sql.change} as
with read_row as (
  select
    _file,
    _line,
    {sql.record_key} as _record_key,
    md5({sql.row_text}) as _row_hash,
    ({updated})::timestamp_ntz as _source_updated_at,
    {sql.deleted_flag} as _deleted,
    {fault} as _fault
  from {sql.load}
  where _problem is null and _not_repeated is null{kept}
),
ranked as (
  select
    *,
    {"0" if full else "_file"} as _extract,
    row_number() over (
      partition by _record_key order by _source_updated_at desc nulls last, _file desc, _line desc
    ) as _recency,
    first_value(_row_hash) over (
      partition by _record_key order by _source_updated_at desc nulls last, _file desc, _line desc
    ) as _latest_hash,
    row_number() over (
      partition by _record_key, _extract order by _source_updated_at desc nulls last, _file desc, _line desc
    ) as _rank,
    first_value(_row_hash) over (
      partition by _record_key, _extract order by _source_updated_at desc nulls last, _file desc, _line desc
    ) as _winner_hash,
    first_value(_line) over (
      partition by _record_key, _extract order by _source_updated_at desc nulls last, _file desc, _line desc
    ) as _winner_line
  from read_row
  where _fault is null
),
current_version as (
  select _record_key, _row_hash, _deleted, _source_updated_at
  from {d.table}
  where _valid_to is null
),
compared as (
  select
    ranked._file,
    ranked._line,
    ranked._record_key,
    ranked._row_hash,
    ranked._source_updated_at,
    ranked._deleted,
    null as _fault,
    iff(ranked._rank > 1, ranked._winner_line, null) as _winner_line,
    case
      when ranked._rank > 1 then iff(ranked._row_hash = ranked._winner_hash, '{REPEATED}', '{SUPERSEDED}')
      when ranked._recency > 1 then iff(ranked._row_hash = ranked._latest_hash, '{REPEATED}', '{LATE}')
      when current_version._record_key is null then '{NEW}'
      when current_version._row_hash = ranked._row_hash and current_version._deleted = ranked._deleted
        then '{UNCHANGED}'
      when ranked._source_updated_at < current_version._source_updated_at{late_unless} then '{LATE}'
      else '{CHANGED}'
    end as _action
  from ranked
  left join current_version
    on ranked._record_key = current_version._record_key
),
known_version as (
  select distinct version._record_key, version._row_hash
  from {d.table} as version
  inner join compared
    on version._record_key = compared._record_key
    and version._row_hash = compared._row_hash
  where compared._action = '{LATE}'
){self._absent() if full else ""}
select
  compared._file,
  compared._line,
  compared._record_key,
  compared._row_hash,
  compared._source_updated_at,
  compared._deleted,
  compared._fault,
  compared._winner_line,
  iff(compared._action = '{LATE}' and known_version._record_key is not null, '{REPEATED}', compared._action) as _action
from compared
left join known_version
  on compared._record_key = known_version._record_key
  and compared._row_hash = known_version._row_hash
union all
select _file, _line, _record_key, _row_hash, _source_updated_at, _deleted, _fault, null, '{FAULTY}'
from read_row
where _fault is not null{_SELECT_ABSENT if full else ""}"""

    def _absent(self) -> str:
        """CTEs for the records that are not in a full extract.

        A record whose row is there but at fault is not absent. Nor is one whose key stands in a line that
        could not be read; where such lines are many, nothing is taken to be absent.
        """
        d, load = self.sql.declared, self.sql.load
        if self.unreadable > MAX_UNREADABLE:
            return f""",
absent as (
  select _record_key, _row_hash, _source_updated_at
  from {d.table}
  where false
)"""
        keys = ", ".join(f"version.{quoted(k)}" for k in d.key_columns)
        held_join = held_where = held_cte = ""
        if self.unreadable:
            contained = "\n    and ".join(
                f"contains(unreadable._raw, to_varchar(missing_record.{quoted(k)}))" for k in d.key_columns
            )
            held_cte = f""",
held_back as (
  select distinct missing_record._record_key
  from missing_record
  inner join {load} as unreadable
    on unreadable._problem is not null
    and {contained}
)"""
            held_join = "\n  left join held_back\n    on missing_record._record_key = held_back._record_key"
            held_where = "\n  where held_back._record_key is null"
        not_repeated = f"""
    and version._row_hash in (select _not_repeated from {load} where _not_repeated is not null)"""
        return f""",
present_key as (
  select distinct _record_key
  from read_row
  where _record_key is not null
),
missing_record as (
  select version._record_key, version._row_hash, version._source_updated_at, {keys}
  from {d.table} as version
  left join present_key
    on version._record_key = present_key._record_key
  where version._valid_to is null
    and not version._deleted
    and present_key._record_key is null{not_repeated if self.delta else ""}
){held_cte},
absent as (
  select missing_record._record_key, missing_record._row_hash, missing_record._source_updated_at
  from missing_record{held_join}{held_where}
)"""

    def counts(self) -> str:
        """Rows per file, action and fault; deletions have no file, nor has the count of records that live."""
        sql = f"select _file, _action, _fault, count(*) from {self.sql.change} group by _file, _action, _fault"
        if self.sql.declared.extract != "full":
            return sql
        return f"""{sql}
union all
select null, '{LIVE}', null, count(*) from {self.sql.declared.table} where _valid_to is null and not _deleted"""


_SELECT_ABSENT = f"""
union all
select null, null, _record_key, _row_hash, _source_updated_at, true, null, null, '{DELETED}'
from absent"""

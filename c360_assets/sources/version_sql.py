"""The transaction that makes an extract visible: versions, their ends, and the quarantine."""

from __future__ import annotations

from dataclasses import dataclass

from c360_assets.sources import names as n
from c360_assets.sources.casts import cast, literal
from c360_assets.sources.change_sql import CHANGED, DELETED, FAULTY, LATE, NEW, SUPERSEDED
from c360_assets.sources.manifest import QUARANTINE
from c360_assets.sources.names import quoted
from c360_assets.sources.snapshot_sql import SnapshotSql


@dataclass(frozen=True)
class VersionSql:
    """What is written for the changes that the change table of `sql` lists."""

    sql: SnapshotSql

    def insert_versions(self, files: str) -> str:
        """New, changed and late versions; a late one is closed at once. `files` is a VALUES list."""
        columns = self.sql.columns
        targets = ", ".join([*map(quoted, columns), *(c.lower() for c in n.SYSTEM_COLUMNS)])
        values = ",\n  ".join(cast(f"load_row.{quoted(name)}", column) for name, column in columns.items())
        return f"""insert into {self.sql.declared.table} ({targets})
with landed_file as (
  select column1 as _file, column2 as _snapshot_id, column3 as _file_sha256
  from values {files}
)
select
  {values},
  change._record_key,
  change._row_hash,
  {self.sql.now},
  iff(change._action = '{LATE}', {self.sql.now}, null),
  landed_file._snapshot_id,
  change._deleted,
  change._source_updated_at,
  landed_file._file_sha256,
  change._line
from {self.sql.change} as change
inner join {self.sql.load} as load_row
  on change._file = load_row._file
  and change._line = load_row._line
inner join landed_file
  on change._file = landed_file._file
where change._action in ('{NEW}', '{CHANGED}', '{LATE}')
  and load_row._problem is null"""

    def insert_deletions(self, existing: list[str], snapshot_id: str) -> str:
        """For each record gone from a full extract a version with its last known values, marked as deleted."""
        own = [c for c in existing if c not in n.SYSTEM_COLUMNS]
        targets = ", ".join([*map(quoted, own), *(c.lower() for c in n.SYSTEM_COLUMNS)])
        values = "".join(f"\n  version.{quoted(c)}," for c in own)
        return f"""insert into {self.sql.declared.table} ({targets})
select{values}
  version._record_key,
  version._row_hash,
  {self.sql.now},
  null,
  '{snapshot_id}',
  true,
  version._source_updated_at,
  version._file_sha256,
  version._line
from {self.sql.declared.table} as version
inner join {self.sql.change} as change
  on version._record_key = change._record_key
where change._action = '{DELETED}'
  and version._valid_to is null"""

    def close_versions(self, snapshot_ids: list[str]) -> str:
        """End the versions that this load replaces; its own are known by their snapshot."""
        ids = ", ".join(f"'{i}'" for i in snapshot_ids)
        return f"""update {self.sql.declared.table} as version
set _valid_to = {self.sql.now}
from {self.sql.change} as change
where version._record_key = change._record_key
  and change._action in ('{CHANGED}', '{DELETED}')
  and version._valid_to is null
  and version._snapshot_id not in ({ids})"""

    def insert_quarantine(self, files: str, run_id: str) -> str:
        """Rows that could not be read, are at fault or are superseded within their own extract.

        `files` is a VALUES list, `run_id` a SQL literal.
        """
        reasons = "".join(f" when {i} then {literal(f.reason)}" for i, f in enumerate(self.sql.faults))
        columns = "".join(f" when {i} then {literal(f.column)}" for i, f in enumerate(self.sql.faults))
        reason = f"case change._fault{reasons} end" if self.sql.faults else "null"
        column = f"case change._fault{columns} end" if self.sql.faults else "null"
        pairs = ", ".join(f"{literal(name)}, load_row.{quoted(name)}" for name in self.sql.columns)
        return f"""insert into {QUARANTINE}
  (system, object, file_name, file_sha256, line, reason, column_name, raw, run_id, quarantined_at)
with landed_file as (
  select column1 as _file, column2 as _file_name, column3 as _file_sha256
  from values {files}
),
held as (
  select
    load_row._file,
    load_row._line,
    coalesce(
      load_row._problem,
      {reason},
      'duplicate key, superseded by line ' || to_varchar(change._winner_line)
    ) as _reason,
    coalesce(load_row._problem_column, {column}) as _column,
    coalesce(load_row._raw, left(to_json(object_construct({pairs})), 4000)) as _raw
  from {self.sql.load} as load_row
  left join {self.sql.change} as change
    on load_row._file = change._file
    and load_row._line = change._line
    and load_row._problem is null
  where load_row._problem is not null
    or change._action in ('{FAULTY}', '{SUPERSEDED}')
)
select
  {literal(self.sql.declared.system)},
  {literal(self.sql.declared.name)},
  landed_file._file_name,
  landed_file._file_sha256,
  held._line,
  held._reason,
  held._column,
  held._raw,
  {run_id},
  {self.sql.now}
from held
inner join landed_file
  on held._file = landed_file._file"""

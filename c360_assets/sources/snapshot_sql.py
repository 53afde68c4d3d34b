"""The SQL that turns a load table of texts into record versions (SCD2). Values never go into SQL text here.

Three tables: LOAD holds the files' rows as text; CHANGE one row per row read, with what is to be done with it;
the object's own table holds the versions.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from c360_assets.sources import names as n
from c360_assets.sources.casts import INTEGER_DIGITS, cast, given, literal
from c360_assets.sources.declaration import SNOWFLAKE_TYPES, SourceColumn, SourceObject
from c360_assets.sources.manifest import QUARANTINE
from c360_assets.sources.names import quoted
from c360_assets.sources.staging import LOAD_COLUMNS

NEW, CHANGED, UNCHANGED, DELETED = "new", "changed", "unchanged", "deleted"
REPEATED, LATE, SUPERSEDED, FAULTY = "repeated", "late", "superseded", "faulty"

_TYPE_NOUN = {"integer": f"an integer of at most {INTEGER_DIGITS} digits", "json": "valid JSON"}


@dataclass(frozen=True)
class Fault:
    """A column in which some rows are at fault, with the SQL condition that finds them."""

    column: str
    condition: str
    reason: str


@dataclass
class SnapshotSql:
    """Statements for one object. `found` are the columns (warehouse names) that the load table has."""

    declared: SourceObject
    found: list[str]
    run_started_at: str
    faults: list[Fault] = field(default_factory=list)

    @property
    def load(self) -> str:
        """The load table, replaced by each load."""
        return f"{self.declared.table}__LOAD"

    @property
    def change(self) -> str:
        """The change table, replaced by each load."""
        return f"{self.declared.table}__CHANGE"

    @property
    def _columns(self) -> dict[str, SourceColumn]:
        """All columns of a version that this load can fill, declared ones first."""
        types = self.declared.declared_types
        extra = {name: SourceColumn() for name in sorted(set(self.found) - set(types))}
        return {name: c for name, c in types.items() if name in self.found} | extra

    # --- tables ---

    def create_table(self) -> str:
        """The object's table, with the declared columns."""
        types = self.declared.snowflake_types | n.SYSTEM_COLUMNS
        return f"create table if not exists {self.declared.table} (\n{_column_list(types)}\n)"

    def add_columns(self, existing: set[str]) -> list[str]:
        """A statement per column that the table lacks."""
        types = {name: SNOWFLAKE_TYPES[c.type] for name, c in self._columns.items()} | self.declared.snowflake_types
        return [
            f"alter table {self.declared.table} add column if not exists {quoted(name)} {type_}"
            for name, type_ in types.items()
            if name not in existing
        ]

    def create_load(self) -> str:
        """The load table: texts, and where each row comes from."""
        types = dict.fromkeys(self.found, "varchar") | LOAD_COLUMNS
        return f"create or replace transient table {self.load} (\n{_column_list(types)}\n)"

    def copy(self, stage_path: str) -> str:
        """COPY INTO the load table; the staged files go away with it."""
        return (
            f"copy into {self.load} from {stage_path} file_format=(type=parquet) "
            "match_by_column_name=case_insensitive purge=true"
        )

    def drop_working_tables(self) -> list[str]:
        """At the end; a killed run leaves them to be replaced."""
        return [f"drop table if exists {self.load}", f"drop table if exists {self.change}"]

    # --- what is wrong with the rows ---

    def possible_faults(self) -> list[Fault]:
        """Everything that can be wrong with a readable row."""
        faults = []
        for name, column in self.declared.declared_types.items():
            must = column.required or name in self.declared.key_columns
            if must:
                what = "the key is missing" if name in self.declared.key_columns else "a required value is missing"
                condition = f"{given(quoted(name))} is null" if name in self.found else "true"
                faults.append(Fault(name, condition, what))
            if column.type != "string" and name in self.found:
                text = given(quoted(name))
                condition = f"{text} is not null and {cast(quoted(name), column)} is null"
                what = f"is not {_TYPE_NOUN.get(column.type, 'a ' + column.type)}"
                faults.append(Fault(name, condition, what + (f" ({column.format})" if column.format else "")))
        return faults

    def profile(self, faults: list[Fault]) -> str:
        """One row per file: rows, values per fault's column, rows at fault, in the order of `faults`."""
        counts = []
        for fault in faults:
            values = f"{given(quoted(fault.column))} is not null" if fault.column in self.found else "false"
            counts += [f"count_if(_problem is null and {values})", f"count_if(_problem is null and {fault.condition})"]
        listed = "".join(f",\n  {c}" for c in counts)
        return f"select _file, count(*), count_if(_problem is not null){listed}\nfrom {self.load}\ngroup by _file"

    # --- what to do with each row ---

    def create_change(self, rejected: list[int], unreadable: int) -> str:
        """Decide for each row, and for each record that a full extract lacks, what is to be done."""
        d = self.declared
        full = d.extract == "full"
        at = n.column_name(d.updated_at or "")
        updated = cast(quoted(at), d.declared_types[at]) if at in self.found else "null"
        fault = "".join(f"\n      when {f.condition} then {i}" for i, f in enumerate(self.faults))
        fault = f"case{fault}\n    end" if fault else "null"
        kept = f" and _file not in ({', '.join(map(str, rejected))})" if rejected else ""
        late_unless = " and not current_version._deleted" if full else ""
        return f"""create or replace transient table {self.change} as
with read_row as (
  select
    _file,
    _line,
    {self._record_key} as _record_key,
    md5({self._row_text}) as _row_hash,
    ({updated})::timestamp_ntz as _source_updated_at,
    {self._deleted_flag} as _deleted,
    {fault} as _fault
  from {self.load}
  where _problem is null{kept}
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
){self._absent(unreadable) if full else ""}
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
where _fault is not null{self._select_absent() if full else ""}"""

    def _absent(self, unreadable: int) -> str:
        """CTEs for the records that are not in a full extract.

        A record whose row is there but at fault is not absent. Nor is one whose key stands in a line that
        could not be read; where such lines are many, nothing is taken to be absent.
        """
        d = self.declared
        if unreadable > MAX_UNREADABLE:
            return f""",
absent as (
  select _record_key, _row_hash, _source_updated_at
  from {d.table}
  where false
)"""
        keys = ", ".join(f"version.{quoted(k)}" for k in d.key_columns)
        held_join = held_where = held_cte = ""
        if unreadable:
            contained = "\n    and ".join(
                f"contains(unreadable._raw, to_varchar(missing_record.{quoted(k)}))" for k in d.key_columns
            )
            held_cte = f""",
held_back as (
  select distinct missing_record._record_key
  from missing_record
  inner join {self.load} as unreadable
    on unreadable._problem is not null
    and {contained}
)"""
            held_join = "\n  left join held_back\n    on missing_record._record_key = held_back._record_key"
            held_where = "\n  where held_back._record_key is null"
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
    and present_key._record_key is null
){held_cte},
absent as (
  select missing_record._record_key, missing_record._row_hash, missing_record._source_updated_at
  from missing_record{held_join}{held_where}
)"""

    @staticmethod
    def _select_absent() -> str:
        return f"""
union all
select null, null, _record_key, _row_hash, _source_updated_at, true, null, null, '{DELETED}'
from absent"""

    @property
    def _record_key(self) -> str:
        parts = " || '|' || ".join(given(quoted(k)) for k in self.declared.key_columns)
        return f"{literal(self.declared.label + ':')} || {parts}"

    @property
    def _row_text(self) -> str:
        """Name and value of each column that has a value: a new column that is empty changes no hash."""
        parts = [f"coalesce(chr(30) || '{name}' || chr(31) || {quoted(name)}, '')" for name in sorted(self._columns)]
        return "\n      || ".join(parts)

    @property
    def _deleted_flag(self) -> str:
        flag = self.declared.deleted
        name = n.column_name(flag.column) if flag else ""
        if not flag or name not in self.found:
            return "false"
        if self.declared.declared_types[name].type == "boolean":
            return f"coalesce(try_to_boolean({given(quoted(name))}) = try_to_boolean({literal(flag.value)}), false)"
        return f"coalesce(lower({given(quoted(name))}) = {literal(flag.value.lower())}, false)"

    def counts(self) -> str:
        """Rows per file and action; deletions have no file."""
        return f"select _file, _action, count(*) from {self.change} group by _file, _action"

    def live(self) -> str:
        """How many records the object has that are not deleted."""
        return f"select count(*) from {self.declared.table} where _valid_to is null and not _deleted"

    # --- the transaction ---

    def insert_versions(self, files: str) -> str:
        """New, changed and late versions; a late one is closed at once. `files` is a VALUES list."""
        columns = self._columns
        targets = ", ".join([*map(quoted, columns), *(c.lower() for c in n.SYSTEM_COLUMNS)])
        values = ",\n  ".join(cast(f"load_row.{quoted(name)}", column) for name, column in columns.items())
        return f"""insert into {self.declared.table} ({targets})
with landed_file as (
  select column1 as _file, column2 as _snapshot_id, column3 as _file_sha256
  from values {files}
)
select
  {values},
  change._record_key,
  change._row_hash,
  {self._now},
  iff(change._action = '{LATE}', {self._now}, null),
  landed_file._snapshot_id,
  change._deleted,
  change._source_updated_at,
  landed_file._file_sha256,
  change._line
from {self.change} as change
inner join {self.load} as load_row
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
        return f"""insert into {self.declared.table} ({targets})
select{values}
  version._record_key,
  version._row_hash,
  {self._now},
  null,
  '{snapshot_id}',
  true,
  version._source_updated_at,
  version._file_sha256,
  version._line
from {self.declared.table} as version
inner join {self.change} as change
  on version._record_key = change._record_key
where change._action = '{DELETED}'
  and version._valid_to is null"""

    def close_versions(self, snapshot_ids: list[str]) -> str:
        """End the versions that this load replaces; its own are known by their snapshot."""
        ids = ", ".join(f"'{i}'" for i in snapshot_ids)
        return f"""update {self.declared.table} as version
set _valid_to = {self._now}
from {self.change} as change
where version._record_key = change._record_key
  and change._action in ('{CHANGED}', '{DELETED}')
  and version._valid_to is null
  and version._snapshot_id not in ({ids})"""

    def insert_quarantine(self, files: str, run_id: str) -> str:
        """Rows that could not be read, are at fault or are superseded within their own extract.

        `files` is a VALUES list, `run_id` a SQL literal.
        """
        reasons = "".join(f" when {i} then {literal(f.reason)}" for i, f in enumerate(self.faults))
        columns = "".join(f" when {i} then {literal(f.column)}" for i, f in enumerate(self.faults))
        reason = f"case change._fault{reasons} end" if self.faults else "null"
        column = f"case change._fault{columns} end" if self.faults else "null"
        pairs = ", ".join(f"{literal(name)}, load_row.{quoted(name)}" for name in self._columns)
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
  from {self.load} as load_row
  left join {self.change} as change
    on load_row._file = change._file
    and load_row._line = change._line
    and load_row._problem is null
  where load_row._problem is not null
    or change._action in ('{FAULTY}', '{SUPERSEDED}')
)
select
  {literal(self.declared.system)},
  {literal(self.declared.name)},
  landed_file._file_name,
  landed_file._file_sha256,
  held._line,
  held._reason,
  held._column,
  held._raw,
  {run_id},
  {self._now}
from held
inner join landed_file
  on held._file = landed_file._file"""

    @property
    def _now(self) -> str:
        return f"to_timestamp_ntz('{self.run_started_at}')"


MAX_UNREADABLE = 100
"""With more unreadable lines than this, a full extract's absences prove nothing."""


def _column_list(types: dict[str, str]) -> str:
    return ",\n".join(f"  {quoted(name)} {type_}" for name, type_ in types.items())

"""The tables of a load and what its columns mean. Values never go into SQL text here.

Three tables: LOAD holds the files' rows as text; CHANGE one row per row of it, with what is to be done with it
(change_sql.py); the object's own table holds the versions (version_sql.py). The first two last as long as the session.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from c360_assets.sources import names as n
from c360_assets.sources.casts import INTEGER_DIGITS, cast, given, literal
from c360_assets.sources.declaration import SNOWFLAKE_TYPES, SourceColumn, SourceObject
from c360_assets.sources.names import quoted
from c360_assets.sources.staging import LOAD_COLUMNS
from c360_assets.stages import Stage

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
        """The load table: one for all objects, so that a session holds one load at a time."""
        return f"{Stage.SOURCE_SNAPSHOT.schema}.LOADED_ROW"

    @property
    def change(self) -> str:
        """The change table, replaced by each load like the load table."""
        return f"{Stage.SOURCE_SNAPSHOT.schema}.ROW_CHANGE"

    @property
    def columns(self) -> dict[str, SourceColumn]:
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
        types = {name: SNOWFLAKE_TYPES[c.type] for name, c in self.columns.items()} | self.declared.snowflake_types
        return [
            f"alter table {self.declared.table} add column if not exists {quoted(name)} {type_}"
            for name, type_ in types.items()
            if name not in existing
        ]

    def create_load(self) -> str:
        """The load table: texts, and where each row comes from."""
        types = dict.fromkeys(self.found, "varchar") | LOAD_COLUMNS
        return f"create or replace temporary table {self.load} (\n{_column_list(types)}\n)"

    def copy(self, stage_path: str) -> str:
        """COPY INTO the load table; the staged files go away with it."""
        return (
            f"copy into {self.load} from {stage_path} file_format=(type=parquet) "
            "match_by_column_name=case_insensitive purge=true"
        )

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
        return f"""select _file, count(*), count_if(_problem is not null){listed}
from {self.load}
where _not_repeated is null
group by _file"""

    # --- what a row's columns say, as SQL expressions over the load table ---

    @property
    def record_key(self) -> str:
        """The key: system, object, and the key columns' values; null where one is missing."""
        parts = " || '|' || ".join(given(quoted(k)) for k in self.declared.key_columns)
        return f"{literal(self.declared.label + ':')} || {parts}"

    @property
    def row_text(self) -> str:
        """Name and value of each column that has a value: a new column that is empty changes no hash."""
        parts = [f"coalesce(chr(30) || '{name}' || chr(31) || {quoted(name)}, '')" for name in sorted(self.columns)]
        return "\n      || ".join(parts)

    @property
    def deleted_flag(self) -> str:
        """True where the row itself says that its record is deleted."""
        flag = self.declared.deleted
        name = n.column_name(flag.column) if flag else ""
        if not flag or name not in self.found:
            return "false"
        if self.declared.declared_types[name].type == "boolean":
            return f"coalesce(try_to_boolean({given(quoted(name))}) = try_to_boolean({literal(flag.value)}), false)"
        return f"coalesce(lower({given(quoted(name))}) = {literal(flag.value.lower())}, false)"

    @property
    def now(self) -> str:
        """The run's start."""
        return f"to_timestamp_ntz('{self.run_started_at}')"


def _column_list(types: dict[str, str]) -> str:
    return ",\n".join(f"  {quoted(name)} {type_}" for name, type_ in types.items())

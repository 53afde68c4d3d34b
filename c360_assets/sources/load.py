"""Loads what is new in the landing zone into record versions: one transaction per extract, few statements."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from c360_assets.run import Run
from c360_assets.sources import manifest as m
from c360_assets.sources.declaration import SNOWFLAKE_TYPES, SourceObject, SourceSystem
from c360_assets.sources.errors import SourceError
from c360_assets.sources.extract_load import ExtractLoad
from c360_assets.sources.landing import Extract, extracts, landed_files
from c360_assets.sources.names import SYSTEM_COLUMNS
from c360_assets.sources.readers import Limits
from c360_assets.sources.result import FileResult, LoadResult, set_status
from c360_assets.sources.snapshot_sql import SnapshotSql
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse

# What information_schema calls the declared types.
_CATALOGUE = {
    "varchar": {"TEXT", "VARCHAR", "STRING"},
    "number(38,0)": {"NUMBER", "DECIMAL"},
    "float": {"FLOAT", "DOUBLE"},
    "boolean": {"BOOLEAN"},
    "date": {"DATE"},
    "timestamp_ntz": {"TIMESTAMP_NTZ"},
    "variant": {"VARIANT", "JSON"},
}

Publish = Callable[[LoadResult, bool], None]
"""Called with what was loaded of an object so far, and whether more extracts of it follow."""


class SnapshotLoader:
    """Loads objects in one warehouse session for one run.

    The manifest and the tables' columns are read once, with the first object, and kept in step afterwards.
    """

    def __init__(self, warehouse: Warehouse, landing: Path, run: Run, limits: Limits | None = None) -> None:
        self._warehouse, self._landing, self._run, self._limits = warehouse, landing, run, limits
        self._manifest: m.Manifest | None = None
        self._tables: dict[str, dict[str, str]] = {}
        self._changed_tables = False
        self._guessed: set[str] = set()
        """Tables whose columns' types are the declaration's, not the warehouse's."""

    def load(self, declared: SourceObject, publish: Publish | None = None) -> LoadResult:
        """Take in what is new in the landing zone for one object.

        `publish` is called in each transaction that makes rows visible, before it commits.
        Returns what was done; rejected files are in the result, not raised: the caller decides what they stop.

        Raises:
            SourceError: the declaration no longer fits the table, or the disk is full.
            WarehouseError: a statement failed; nothing of that extract is visible then.
        """
        started, first = time.perf_counter(), len(self._warehouse.statements)
        manifest = self._prepared()
        self._ensure_table(declared)
        result = LoadResult(declared.system, declared.name, declared.table)
        files = landed_files(self._landing, declared)
        todo: list[Extract] = []

        def before_commit(more: bool) -> None:
            result.statements = self._warehouse.statements[first:]
            if publish:
                publish(result, more)

        for extract in extracts(files, declared):
            if not extract.fault and manifest.is_loaded(declared, extract):
                result.unchanged_files += len(extract.files)
                self._note_copies(declared, extract, result)
            else:
                todo.append(extract)
        if declared.extract == "incremental" and todo:
            self._apply(declared, todo, result, partial(before_commit, False))
        else:
            for number, extract in enumerate(todo, 1):
                self._apply(declared, [extract], result, partial(before_commit, number < len(todo)))
        self._note(declared, [f for f in result.files if f.status != "loaded"])
        result.seconds = time.perf_counter() - started
        result.statements = self._warehouse.statements[first:]
        return result

    def has_table(self, declared: SourceObject) -> bool:
        """True once a file of the object has been loaded, in this run or an earlier one."""
        self._prepared()
        return bool(self._tables.get(declared.table_name))

    def known_columns(self) -> dict[str, dict[str, str]] | None:
        """SCHEMA.TABLE -> column -> type of the stage's tables, as read; None where this session has changed one."""
        if self._changed_tables:
            return None
        self._prepared()
        return {f"{Stage.SOURCE_SNAPSHOT.schema}.{table}": dict(columns) for table, columns in self._tables.items()}

    def published_columns(self, declared: SourceObject) -> dict[str, dict[str, str]]:
        """SCHEMA.TABLE -> column -> type of an object's table as it is now, also before its rows are committed."""
        if declared.table_name in self._guessed:
            rows = self._warehouse.rows(
                "select column_name, data_type from information_schema.columns where table_schema = %s"
                " and table_name = %s order by ordinal_position",
                [Stage.SOURCE_SNAPSHOT.schema, declared.table_name],
            )
            self._tables[declared.table_name].update(rows)
            self._guessed.remove(declared.table_name)
        return {declared.table: dict(self._tables[declared.table_name])}

    def _prepared(self) -> m.Manifest:
        if self._manifest is None:
            rows = self._warehouse.rows(
                "select table_name, column_name, data_type from information_schema.columns "
                f"where table_schema = '{Stage.SOURCE_SNAPSHOT.schema}' order by table_name, ordinal_position"
            )
            for table, column, type_ in rows:
                self._tables.setdefault(table, {})[column] = type_
            # The manifest is made last, so where it is the others are.
            if "MANIFEST" not in self._tables:
                m.prepare(self._warehouse)
            self._manifest = m.Manifest(self._warehouse)
        return self._manifest

    def _ensure_table(self, declared: SourceObject) -> None:
        """The table with all declared columns: later stages read it also where no file has come yet."""
        sql = SnapshotSql(declared, [], self._run.started_at_text)
        existing = self._tables.setdefault(declared.table_name, {})
        missing = {
            name: next(iter(sorted(_CATALOGUE.get(type_.split(" ")[0], {"?"}))))
            for name, type_ in (declared.snowflake_types | SYSTEM_COLUMNS).items()
            if name not in existing
        }
        for statement in sql.add_columns(set(existing)) if existing else [sql.create_table()]:
            self._warehouse.execute(statement)
            self._changed_tables = True
        existing.update(missing)
        if missing:
            self._guessed.add(declared.table_name)

    def _apply(
        self, declared: SourceObject, batch: list[Extract], result: LoadResult, before_commit: Callable[[], None]
    ) -> None:
        """A full extract, or all new incremental files."""
        manifest = self._prepared()
        files = [(f, FileResult(f.name, f.sha256, f.bytes, e.snapshot_id)) for e in batch for f in e.files]
        outcomes = [outcome for _, outcome in files]
        result.files += outcomes
        reason = self._refused(declared, batch[0]) if declared.extract == "full" else ""
        if reason:
            set_status(outcomes, "duplicate" if reason == _COPY else "rejected", reason)
            return
        columns = self._tables[declared.table_name]
        known = len(columns)
        _check_types(declared, columns)
        folder = self._warehouse.settings.home / "staging" / declared.table_name.lower()
        repeats = manifest.has_loaded(declared)
        load = ExtractLoad(
            self._warehouse, self._run, declared, columns, files, folder, repeats, self._limits, before_commit
        )
        try:
            load.apply()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            self._changed_tables |= len(columns) > known
        result.notes += load.notes
        manifest.add(declared, [o for o in outcomes if o.status == "loaded"], self._run.started_at)

    def _refused(self, declared: SourceObject, extract: Extract) -> str:
        manifest = self._prepared()
        if extract.fault:
            return extract.fault
        newer = manifest.older_than(declared, extract)
        if newer:
            return f"its name comes before {newer}, which is loaded already; full extracts are applied in order of name"
        return _COPY if manifest.is_copy_of_last(declared, extract) else ""

    # --- what is only noted ---

    def _note_copies(self, declared: SourceObject, extract: Extract, result: LoadResult) -> None:
        manifest = self._prepared()
        for file in extract.files:
            if manifest.is_new_name(declared, file):
                copy = FileResult(file.name, file.sha256, file.bytes, extract.snapshot_id, "duplicate", _COPY)
                result.files.append(copy)

    def _note(self, declared: SourceObject, files: Iterable[FileResult]) -> None:
        """Rejections and duplicates go to the manifest once, not in every run that meets them."""
        manifest = self._prepared()
        new = [f for f in files if not manifest.is_noted(declared, f)]
        if new:
            self._warehouse.execute(*m.insert_sql(declared, new, self._run))
            manifest.add(declared, new, self._run.started_at)


_COPY = "the same content is loaded already"


def load_system(warehouse: Warehouse, system: SourceSystem, landing: Path, run: Run) -> list[LoadResult]:
    """Load all objects of a system; see SnapshotLoader.load."""
    loader = SnapshotLoader(warehouse, landing, run)
    return [loader.load(declared) for declared in system.objects]


def _check_types(declared: SourceObject, existing: dict[str, str]) -> None:
    for name, type_ in declared.snowflake_types.items():
        if name in existing and existing[name] not in _CATALOGUE[type_]:
            raise SourceError(
                f"{declared.label}: {name} is declared {declared.declared_types[name].type}, but the table "
                f"{declared.table} has it as {existing[name]}. Declare it as before, or drop the table and the "
                "object's rows in the manifest to load its extracts anew."
            )


__all__ = ["SNOWFLAKE_TYPES", "SnapshotLoader", "load_system"]

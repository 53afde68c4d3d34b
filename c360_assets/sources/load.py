"""Loads extracts into record versions: one transaction per extract, a constant number of statements."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from c360_assets.run import Run
from c360_assets.sources import manifest as m
from c360_assets.sources import snapshot_sql as s
from c360_assets.sources.casts import literal
from c360_assets.sources.declaration import SNOWFLAKE_TYPES, SourceObject, SourceSystem
from c360_assets.sources.errors import RejectedFile, SourceError
from c360_assets.sources.landing import Extract, LandedFile, extracts, landed_files
from c360_assets.sources.names import SYSTEM_COLUMNS
from c360_assets.sources.readers import Limits
from c360_assets.sources.result import Drift, FileResult, LoadResult
from c360_assets.sources.snapshot_sql import Fault, SnapshotSql
from c360_assets.sources.staging import DriftedFile, StagedFile, stage_file
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse, WarehouseError

_FEW_FAILURES = 5
_GUARDED_ABOVE = 100
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


class SnapshotLoader:
    """Loads objects in one warehouse session for one run.

    The manifest and the tables' columns are read once, with the first object, and kept in step afterwards.
    """

    def __init__(self, warehouse: Warehouse, landing: Path, run: Run, limits: Limits | None = None) -> None:
        self._warehouse, self._landing, self._run, self._limits = warehouse, landing, run, limits
        self._manifest: m.Manifest | None = None
        self._tables: dict[str, dict[str, str]] = {}

    def load(self, declared: SourceObject) -> LoadResult:
        """Take in what is new in the landing zone for one object.

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
        todo = []
        for extract in extracts(files, declared):
            if not extract.fault and manifest.is_loaded(declared, extract):
                result.unchanged_files += len(extract.files)
                self._note_copies(declared, extract, result)
            else:
                todo.append(extract)
        if declared.extract == "incremental" and todo:
            self._apply(declared, todo, result)
        else:
            for extract in todo:
                self._apply(declared, [extract], result)
        self._note(declared, [f for f in result.files if f.status != "loaded"])
        result.seconds = time.perf_counter() - started
        result.statements = self._warehouse.statements[first:]
        return result

    def has_table(self, declared: SourceObject) -> bool:
        """True once a file of the object has been loaded, in this run or an earlier one."""
        self._prepared()
        return bool(self._tables.get(declared.table_name))

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
        existing.update(missing)

    # --- one batch: a full extract, or all new incremental files ---

    def _apply(self, declared: SourceObject, batch: list[Extract], result: LoadResult) -> None:
        manifest = self._prepared()
        files = [(f, FileResult(f.name, f.sha256, f.bytes, e.snapshot_id)) for e in batch for f in e.files]
        result.files += [r for _, r in files]
        reason = self._refused(declared, batch[0]) if declared.extract == "full" else ""
        if reason:
            status = "duplicate" if reason == _COPY else "rejected"
            _set(files, status, reason)
            return
        folder = self._warehouse.settings.home / "staging" / declared.table_name.lower()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            staged = self._stage(declared, files, folder)
            if staged:
                self._load_staged(declared, files, staged, folder, result)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        manifest.add(declared, [r for _, r in files if r.status == "loaded"], self._run.started_at)

    def _refused(self, declared: SourceObject, extract: Extract) -> str:
        manifest = self._prepared()
        if extract.fault:
            return extract.fault
        newer = manifest.older_than(declared, extract)
        if newer:
            return f"its name comes before {newer}, which is loaded already; full extracts are applied in order of name"
        return _COPY if manifest.is_copy_of_last(declared, extract) else ""

    def _stage(
        self, declared: SourceObject, files: list[tuple[LandedFile, FileResult]], folder: Path
    ) -> dict[int, StagedFile]:
        """The files that can be read, by their index; of a full extract all or none."""
        staged: dict[int, StagedFile] = {}
        for index, (file, outcome) in enumerate(files):
            try:
                if file.fault:
                    raise RejectedFile(file.fault)
                staged[index] = stage_file(file, index, declared, folder, self._limits)
            except RejectedFile as verdict:
                outcome.drift = verdict.drift if isinstance(verdict, DriftedFile) else Drift()
                outcome.status, outcome.reason = "rejected", str(verdict)
                if declared.extract == "full":
                    _set(
                        [p for p in files if p[1] is not outcome],
                        "rejected",
                        f"{file.name} of the same extract is rejected",
                    )
                    return {}
                continue
            outcome.fingerprint, outcome.drift = staged[index].fingerprint, staged[index].drift
            outcome.rows_read = staged[index].rows
        return staged

    def _load_staged(
        self,
        declared: SourceObject,
        files: list[tuple[LandedFile, FileResult]],
        staged: dict[int, StagedFile],
        folder: Path,
        result: LoadResult,
    ) -> None:
        w = self._warehouse
        found = sorted({name for file in staged.values() for name in file.columns})
        sql = SnapshotSql(declared, found, self._run.started_at_text)
        existing = self._tables[declared.table_name]
        self._check_types(declared, existing)

        # Everything up to here and the working tables are DDL, which commits by itself: harmless when repeated.
        w.execute(sql.create_load())
        if any(file.pieces for file in staged.values()):
            path = f"@{m.INTAKE_STAGE}/{declared.table_name.lower()}/{self._run.started_at:%Y%m%d%H%M%S%f}/"
            w.execute(f"put 'file://{folder}/*.parquet' {path} auto_compress=false overwrite=true")
            w.execute(sql.copy(path))
        rejected = self._judge(declared, sql, files, staged)
        if len(rejected) == len(staged):
            w.script(sql.drop_working_tables())
            return
        for index, file in staged.items():
            files[index][1].drift.added = [c for c in file.drift.undeclared if c not in existing]
        for statement in sql.add_columns(set(existing)):
            w.execute(statement)
        existing.update({c: "TEXT" for c in found if c not in existing})
        unreadable = sum(file.bad for index, file in staged.items() if index not in rejected)
        w.execute(sql.create_change(sorted(rejected), unreadable))
        accepted = [index for index in staged if index not in rejected]
        self._count(sql, files, accepted, staged)
        self._guard_deletions(declared, sql, files, accepted)
        if any(files[i][1].status == "loaded" for i in accepted):
            if declared.extract == "full" and unreadable > s.MAX_UNREADABLE:
                result.notes.append(f"{unreadable} lines could not be read, so no absent record is taken to be deleted")
            self._publish(sql, files, accepted, staged)
        w.script(sql.drop_working_tables())

    def _check_types(self, declared: SourceObject, existing: dict[str, str]) -> None:
        for name, type_ in declared.snowflake_types.items():
            if name in existing and existing[name] not in _CATALOGUE[type_]:
                raise SourceError(
                    f"{declared.label}: {name} is declared {declared.declared_types[name].type}, but the table "
                    f"{declared.table} has it as {existing[name]}. Declare it as before, or drop the table and the "
                    "object's rows in the manifest to load its extracts anew."
                )

    def _judge(
        self,
        declared: SourceObject,
        sql: SnapshotSql,
        files: list[tuple[LandedFile, FileResult]],
        staged: dict[int, StagedFile],
    ) -> set[int]:
        """Reject files in which a column no longer has its type; note in `sql` what is at fault in the others."""
        faults = sql.possible_faults()
        rejected: set[int] = set()
        at_fault: set[Fault] = set()
        for index, _, _, *counts in self._warehouse.rows(sql.profile(faults)) if faults else []:
            retyped: dict[str, str] = {}
            for fault, values, failing in zip(faults, counts[::2], counts[1::2], strict=True):
                if failing:
                    at_fault.add(fault)
                if failing >= _FEW_FAILURES and failing * 2 > values > 0:
                    retyped[fault.column] = f"{fault.column} {fault.reason} in {failing:,} of {values:,} values"
            if retyped:
                outcome = files[index][1]
                outcome.drift.retyped = sorted(retyped)
                outcome.status, outcome.reason = "rejected", f"retyped columns: {'; '.join(retyped.values())}"
                rejected.add(index)
        if rejected and declared.extract == "full":
            for index in set(staged) - rejected:
                _set([files[index]], "rejected", "another part of the same extract is rejected")
            rejected = set(staged)
        sql.faults = [fault for fault in faults if fault in at_fault]
        return rejected

    def _count(
        self,
        sql: SnapshotSql,
        files: list[tuple[LandedFile, FileResult]],
        accepted: list[int],
        staged: dict[int, StagedFile],
    ) -> None:
        for index in accepted:
            files[index][1].rows_quarantined = staged[index].bad
        for index, action, count in self._warehouse.rows(sql.counts()):
            outcome = files[accepted[-1] if index is None else index][1]
            if action in (s.SUPERSEDED, s.FAULTY):
                outcome.rows_quarantined += count
            else:
                setattr(outcome, f"rows_{action}", count)

    def _guard_deletions(
        self,
        declared: SourceObject,
        sql: SnapshotSql,
        files: list[tuple[LandedFile, FileResult]],
        accepted: list[int],
    ) -> None:
        """Refuse a full extract that lacks too much: more often a broken export than a mass deletion."""
        gone = sum(files[i][1].rows_deleted for i in accepted)
        if not gone:
            return
        live = self._warehouse.scalar(sql.live())
        if live > _GUARDED_ABOVE and gone > declared.max_deleted_share * live:
            reason = (
                f"{gone:,} of {live:,} records are not in this full extract, more than max_deleted_share "
                f"{declared.max_deleted_share:g} allows; if it is right, raise max_deleted_share for one run"
            )
            _set([files[i] for i in accepted], "rejected", reason)

    def _publish(
        self,
        sql: SnapshotSql,
        files: list[tuple[LandedFile, FileResult]],
        accepted: list[int],
        staged: dict[int, StagedFile],
    ) -> None:
        """All that is visible of the extract, in one transaction with its manifest rows."""
        w, run = self._warehouse, self._run
        outcomes = [files[i][1] for i in accepted]

        def total(what: str) -> int:
            return sum(getattr(o, what) for o in outcomes)

        versions = ", ".join(f"({i}, '{files[i][1].snapshot_id}', '{files[i][1].sha256}')" for i in accepted)
        named = ", ".join(f"({i}, {literal(files[i][1].name)}, '{files[i][1].sha256}')" for i in accepted)
        ids = sorted({o.snapshot_id for o in outcomes})
        manifest_row, values = m.insert_sql(sql.declared, outcomes, run)
        w.execute("begin transaction")
        try:
            if total("rows_new") + total("rows_changed") + total("rows_late"):
                w.execute(sql.insert_versions(versions))
            if total("rows_deleted"):
                w.execute(sql.insert_deletions(list(self._tables[sql.declared.table_name]), ids[0]))
            if total("rows_changed") + total("rows_deleted"):
                w.execute(sql.close_versions(ids))
            if total("rows_quarantined"):
                w.execute(sql.insert_quarantine(named, literal(run.run_id)))
            w.execute(manifest_row, values)
            w.execute("commit")
        except BaseException:
            # The session may be gone with the statement; then the warehouse has rolled back by itself.
            _rollback(w)
            raise

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


_OUTCOMES = (
    "rows_new",
    "rows_changed",
    "rows_unchanged",
    "rows_repeated",
    "rows_late",
    "rows_deleted",
    "rows_quarantined",
)
_COPY = "the same content is loaded already"


def load_system(warehouse: Warehouse, system: SourceSystem, landing: Path, run: Run) -> list[LoadResult]:
    """Load all objects of a system; see SnapshotLoader.load."""
    loader = SnapshotLoader(warehouse, landing, run)
    return [loader.load(declared) for declared in system.objects]


def _set(files: Iterable[tuple[LandedFile, FileResult]], status: str, reason: str) -> None:
    for _, outcome in files:
        outcome.status, outcome.reason = status, reason
        for count in _OUTCOMES:
            setattr(outcome, count, 0)


def _rollback(warehouse: Warehouse) -> None:
    try:
        warehouse.execute("rollback")
    except WarehouseError:
        warehouse.close()


__all__ = ["SNOWFLAKE_TYPES", "SnapshotLoader", "load_system"]

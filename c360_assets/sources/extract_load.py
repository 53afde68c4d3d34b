"""One batch from files to versions: a full extract, or all new incremental files of an object."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from c360_assets.run import Run
from c360_assets.sources import change_sql as c
from c360_assets.sources import manifest as m
from c360_assets.sources.casts import literal
from c360_assets.sources.change_sql import ChangeSql
from c360_assets.sources.declaration import SourceObject
from c360_assets.sources.errors import RejectedFile
from c360_assets.sources.known_rows import KnownRows
from c360_assets.sources.landing import LandedFile
from c360_assets.sources.readers import Limits
from c360_assets.sources.result import Drift, FileResult, set_status
from c360_assets.sources.snapshot_sql import SnapshotSql
from c360_assets.sources.staging import DriftedFile, StagedFile, stage_file, stage_not_repeated
from c360_assets.sources.version_sql import VersionSql
from c360_assets.warehouse import Warehouse, WarehouseError

# More hashes than this are not worth their way to here: 200 MB.
MAX_KNOWN = 5_000_000
_FEW_FAILURES = 5
_GUARDED_ABOVE = 100
_COUNTED = (c.NEW, c.CHANGED, c.UNCHANGED, c.REPEATED, c.LATE, c.DELETED)


@dataclass
class ExtractLoad:
    """A batch on its way into the warehouse.

    `columns` are the table's, by name with their types; kept in step when the table gets new ones. `repeats` says
    that the object was loaded before, so that most rows of a full extract are known.
    """

    warehouse: Warehouse
    run: Run
    declared: SourceObject
    columns: dict[str, str]
    files: list[tuple[LandedFile, FileResult]]
    folder: Path
    repeats: bool
    limits: Limits | None = None
    before_commit: Callable[[], None] = lambda: None
    """What has to become visible together with the rows."""
    notes: list[str] = field(default_factory=list)

    def apply(self) -> None:
        """Stage, compare and publish; the outcome of each file is in its FileResult.

        Raises:
            SourceError: the disk is full.
            WarehouseError: a statement failed; nothing of the batch is visible then.
        """
        known = self._known_rows() if self.repeats and self.declared.extract == "full" else None
        staged = self._stage(known)
        if known is not None and known.ambiguous:
            known, staged = None, self._stage(None)
        if staged:
            self._load_staged(staged, known)

    def _known_rows(self) -> KnownRows | None:
        cursor = self.warehouse.execute(
            f"select _row_hash from {self.declared.table} where _valid_to is null and not _deleted"
        )
        if not cursor.rowcount or cursor.rowcount > MAX_KNOWN:
            return None
        table = cursor.fetch_arrow_all(force_return_table=True)
        return KnownRows(table.column(0).cast(pa.string()).combine_chunks(), self.declared)

    def _stage(self, known: KnownRows | None) -> dict[int, StagedFile]:
        """The files that can be read, by their index; of a full extract all or none."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        staged: dict[int, StagedFile] = {}
        for index, (file, outcome) in enumerate(self.files):
            try:
                if file.fault:
                    raise RejectedFile(file.fault)
                staged[index] = stage_file(file, index, self.declared, self.folder, self.limits, known)
            except RejectedFile as verdict:
                outcome.drift = verdict.drift if isinstance(verdict, DriftedFile) else Drift()
                outcome.status, outcome.reason = "rejected", str(verdict)
                if self.declared.extract == "full":
                    others = [p[1] for p in self.files if p[1] is not outcome]
                    set_status(others, "rejected", f"{file.name} of the same extract is rejected")
                    return {}
                continue
            outcome.fingerprint, outcome.drift = staged[index].fingerprint, staged[index].drift
            outcome.rows_read = staged[index].rows
        return staged

    def _load_staged(self, staged: dict[int, StagedFile], known: KnownRows | None) -> None:
        w, declared = self.warehouse, self.declared
        found = sorted({name for file in staged.values() for name in file.columns})
        sql = SnapshotSql(declared, found, self.run.started_at_text)
        sql.faults = sql.possible_faults()

        # Everything up to the transaction is DDL, which commits by itself, and harmless when repeated.
        w.execute(sql.create_load())
        if known is not None:
            stage_not_repeated(known, self.folder)
        if known is not None or any(file.pieces for file in staged.values()):
            path = f"@{m.INTAKE_STAGE}/{declared.table_name.lower()}/{self.run.started_at:%Y%m%d%H%M%S%f}/"
            w.execute(f"put 'file://{self.folder}/*.parquet' {path} auto_compress=false overwrite=true")
            w.execute(sql.copy(path))
        unreadable = sum(file.bad for file in staged.values())
        change = ChangeSql(sql, (), unreadable, delta=known is not None)
        w.execute(change.create())
        counts = w.rows(change.counts())
        rejected = self._retyped(sql, staged) if _at_fault(counts) >= _FEW_FAILURES else set()
        if len(rejected) == len(staged):
            return
        if rejected:
            unreadable = sum(file.bad for index, file in staged.items() if index not in rejected)
            change = ChangeSql(sql, tuple(sorted(rejected)), unreadable, delta=known is not None)
            w.execute(change.create())
            counts = w.rows(change.counts())
        for index, file in staged.items():
            self.files[index][1].drift.added = [n for n in file.drift.undeclared if n not in self.columns]
        for statement in sql.add_columns(set(self.columns)):
            w.execute(statement)
        self.columns.update({n: "TEXT" for n in found if n not in self.columns})
        accepted = [index for index in staged if index not in rejected]
        live = self._count(counts, accepted, staged)
        self._guard_deletions(live, accepted)
        if any(self.files[i][1].status == "loaded" for i in accepted):
            if declared.extract == "full" and unreadable > c.MAX_UNREADABLE:
                self.notes.append(f"{unreadable} lines could not be read, so no absent record is taken to be deleted")
            self._publish(sql, accepted)

    def _retyped(self, sql: SnapshotSql, staged: dict[int, StagedFile]) -> set[int]:
        """Reject files in which a column no longer has its type in most of its values."""
        rejected: set[int] = set()
        for index, _, _, *counts in self.warehouse.rows(sql.profile(sql.faults)):
            repeated = staged[index].repeated.values
            retyped: dict[str, str] = {}
            for fault, values, failing in zip(sql.faults, counts[::2], counts[1::2], strict=True):
                values += repeated.get(fault.column, 0)
                if failing >= _FEW_FAILURES and failing * 2 > values > 0:
                    retyped[fault.column] = f"{fault.column} {fault.reason} in {failing:,} of {values:,} values"
            if retyped:
                outcome = self.files[index][1]
                outcome.drift.retyped = sorted(retyped)
                outcome.status, outcome.reason = "rejected", f"retyped columns: {'; '.join(retyped.values())}"
                rejected.add(index)
        if rejected and self.declared.extract == "full":
            others = [self.files[index][1] for index in set(staged) - rejected]
            set_status(others, "rejected", "another part of the same extract is rejected")
            rejected = set(staged)
        return rejected

    def _count(
        self, counts: list[tuple[int | None, str, int | None, int]], accepted: list[int], staged: dict[int, StagedFile]
    ) -> int:
        """Put the counts into the files' results; returns how many records lived before."""
        live = 0
        for index in accepted:
            outcome, repeated = self.files[index][1], staged[index].repeated
            outcome.rows_quarantined = staged[index].bad
            outcome.rows_unchanged, outcome.rows_repeated = repeated.rows, repeated.again
        for file, action, _, count in counts:
            if action == c.LIVE:
                live = int(count)
                continue
            outcome = self.files[accepted[-1] if file is None else file][1]
            what = f"rows_{action}" if action in _COUNTED else "rows_quarantined"
            setattr(outcome, what, getattr(outcome, what) + count)
        return live

    def _guard_deletions(self, live: int, accepted: list[int]) -> None:
        """Refuse a full extract that lacks too much: more often a broken export than a mass deletion."""
        gone = sum(self.files[i][1].rows_deleted for i in accepted)
        if live > _GUARDED_ABOVE and gone > self.declared.max_deleted_share * live:
            reason = (
                f"{gone:,} of {live:,} records are not in this full extract, more than max_deleted_share "
                f"{self.declared.max_deleted_share:g} allows; if it is right, raise max_deleted_share for one run"
            )
            set_status([self.files[i][1] for i in accepted], "rejected", reason)

    def _publish(self, sql: SnapshotSql, accepted: list[int]) -> None:
        """All that is visible of the extract, in one transaction with its manifest rows."""
        w, run, write = self.warehouse, self.run, VersionSql(sql)
        files = [(i, self.files[i][1]) for i in accepted]
        outcomes = [f for _, f in files]

        def total(what: str) -> int:
            return sum(getattr(o, what) for o in outcomes)

        versions = ", ".join(f"({i}, '{f.snapshot_id}', '{f.sha256}')" for i, f in files)
        named = ", ".join(f"({i}, {literal(f.name)}, '{f.sha256}')" for i, f in files)
        ids = sorted({o.snapshot_id for o in outcomes})
        manifest_row, values = m.insert_sql(self.declared, outcomes, run)
        w.execute("begin transaction")
        try:
            if total("rows_new") + total("rows_changed") + total("rows_late"):
                w.execute(write.insert_versions(versions))
            if total("rows_deleted"):
                w.execute(write.insert_deletions(list(self.columns), ids[0]))
            if total("rows_changed") + total("rows_deleted"):
                w.execute(write.close_versions(ids))
            if total("rows_quarantined"):
                w.execute(write.insert_quarantine(named, literal(run.run_id)))
            w.execute(manifest_row, values)
            self.before_commit()
            w.execute("commit")
        except BaseException:
            # The session may be gone with the statement; then the warehouse has rolled back by itself.
            _rollback(w)
            raise


def _at_fault(counts: list[tuple[int | None, str, int | None, int]]) -> int:
    return sum(count for _, action, _, count in counts if action == c.FAULTY)


def _rollback(warehouse: Warehouse) -> None:
    try:
        warehouse.execute("rollback")
    except WarehouseError:
        warehouse.close()

"""MANIFEST and QUARANTINE: what was read when, and what could not be."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from c360_assets.run import Run
from c360_assets.sources.declaration import SourceObject
from c360_assets.sources.landing import Extract, LandedFile, natural, stem_of
from c360_assets.sources.result import FileResult
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse

_SCHEMA = Stage.SOURCE_SNAPSHOT.schema
MANIFEST, QUARANTINE, INTAKE_STAGE = f"{_SCHEMA}.MANIFEST", f"{_SCHEMA}.QUARANTINE", f"{_SCHEMA}.INTAKE"

_DDL = (
    f"create schema if not exists {_SCHEMA}",
    f"create stage if not exists {INTAKE_STAGE}",
    f"""create table if not exists {QUARANTINE} (
  system varchar not null, object varchar not null, file_name varchar not null, file_sha256 varchar not null,
  line number(38,0), reason varchar not null, column_name varchar, raw varchar,
  run_id varchar not null, quarantined_at timestamp_ntz not null
)""",
    f"""create table if not exists {MANIFEST} (
  system varchar not null, object varchar not null, file_name varchar not null, file_sha256 varchar not null,
  bytes number(38,0), rows_read number(38,0), rows_quarantined number(38,0), rows_new number(38,0),
  rows_changed number(38,0), rows_unchanged number(38,0), rows_repeated number(38,0), rows_late number(38,0),
  rows_deleted number(38,0), schema_fingerprint varchar, drift variant, status varchar not null, reason varchar,
  snapshot_id varchar, run_id varchar not null, loaded_at timestamp_ntz not null
)""",
)


def prepare(warehouse: Warehouse) -> None:
    """Create the schema, its stage and its two registers where they are missing; the manifest last."""
    warehouse.script(_DDL)


@dataclass
class _Known:
    """What the manifest says about one object."""

    loaded: set[str] = field(default_factory=set)
    """SHA-256 of all loaded files."""
    latest_by_name: dict[str, str] = field(default_factory=dict)
    noted: set[tuple[str, str, str, str]] = field(default_factory=set)
    """(name, hash, status, reason) of rejections and duplicates: noted once, not in every run."""
    last_loaded: datetime | None = None
    last_names: list[str] = field(default_factory=list)
    last_hashes: set[str] = field(default_factory=set)


class Manifest:
    """The manifest as it stood at the start of the session, read with one query for all objects."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._known: dict[tuple[str, str], _Known] = {}
        rows = warehouse.rows(
            f"select system, object, file_name, file_sha256, status, coalesce(reason, ''), loaded_at "
            f"from {MANIFEST} order by loaded_at"
        )
        for system, name, file_name, sha256, status, reason, loaded_at in rows:
            known = self._known.setdefault((system, name), _Known())
            self._add(known, file_name, sha256, status, reason, loaded_at)

    @staticmethod
    def _add(known: _Known, name: str, sha256: str, status: str, reason: str, at: datetime) -> None:
        if status != "loaded":
            known.noted.add((name, sha256, status, reason))
            return
        known.loaded.add(sha256)
        known.latest_by_name[name] = sha256
        if at != known.last_loaded or stem_of(name) not in {stem_of(n) for n in known.last_names}:
            known.last_loaded, known.last_names, known.last_hashes = at, [], set()
        known.last_names.append(name)
        known.last_hashes.add(sha256)

    def _of(self, declared: SourceObject) -> _Known:
        return self._known.setdefault((declared.system, declared.name), _Known())

    def has_loaded(self, declared: SourceObject) -> bool:
        """True where a file of the object was loaded before."""
        return bool(self._of(declared).loaded)

    def is_loaded(self, declared: SourceObject, extract: Extract) -> bool:
        """True where applying the extract would be doing the same thing twice.

        A full extract is known by its files' names too: a source that returns to an earlier state sends
        bytes that were seen before, and they have to be applied again.
        """
        known = self._of(declared)
        if declared.extract == "incremental":
            return all(f.sha256 in known.loaded for f in extract.files)
        return all(known.latest_by_name.get(f.name) == f.sha256 for f in extract.files)

    def is_copy_of_last(self, declared: SourceObject, extract: Extract) -> bool:
        """True where a full extract has the content of the one loaded last, under another name."""
        return {f.sha256 for f in extract.files} == self._of(declared).last_hashes

    def is_new_name(self, declared: SourceObject, file: LandedFile) -> bool:
        """True where a file's content is known, but not under this name."""
        return self._of(declared).latest_by_name.get(file.name) != file.sha256

    def older_than(self, declared: SourceObject, extract: Extract) -> str:
        """The name of the full extract loaded last, where it comes after this one; else nothing."""
        last = max((stem_of(n) for n in self._of(declared).last_names), key=natural, default="")
        return last if last and natural(extract.stem) < natural(last) else ""

    def is_noted(self, declared: SourceObject, file: FileResult) -> bool:
        """True where the manifest has this rejection or duplicate already."""
        return (file.name, file.sha256, file.status, file.reason) in self._of(declared).noted

    def add(self, declared: SourceObject, files: Iterable[FileResult], at: datetime) -> None:
        """Remember what this session wrote."""
        for f in files:
            self._add(self._of(declared), f.name, f.sha256, f.status, f.reason, at)


def insert_sql(declared: SourceObject, files: list[FileResult], run: Run) -> tuple[str, list[object]]:
    """The statement that adds the files to the manifest, with its parameters."""
    width = 20
    row = f"({', '.join(['%s'] * width)})"
    columns = ", ".join(f"column{i}" for i in range(1, width - 5))
    sql = (
        f"insert into {MANIFEST} (system, object, file_name, file_sha256, bytes, rows_read, rows_quarantined, "
        "rows_new, rows_changed, rows_unchanged, rows_repeated, rows_late, rows_deleted, schema_fingerprint, drift, "
        "status, reason, snapshot_id, run_id, loaded_at)\n"
        f"select {columns}, parse_json(column15), column16, nullif(column17, ''), column18, column19, "
        f"to_timestamp_ntz(column20)\nfrom values {', '.join([row] * len(files))}"
    )
    values: list[object] = []
    for f in files:
        values += [declared.system, declared.name, f.name, f.sha256, f.bytes, f.rows_read, f.rows_quarantined]
        values += [f.rows_new, f.rows_changed, f.rows_unchanged, f.rows_repeated, f.rows_late, f.rows_deleted]
        values += [f.fingerprint, json.dumps(f.drift.as_dict()), f.status, f.reason, f.snapshot_id]
        values += [run.run_id, run.started_at_text]
    return sql, values

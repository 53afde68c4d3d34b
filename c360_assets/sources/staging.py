"""Turns a landed file into Parquet files of text, ready for PUT and COPY INTO; bounded memory."""

from __future__ import annotations

import contextlib
import errno
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from c360_assets.sources.declaration import SourceObject
from c360_assets.sources.errors import RejectedFile, SourceError
from c360_assets.sources.known_rows import KnownRows, Repeated
from c360_assets.sources.landing import LandedFile
from c360_assets.sources.names import column_name
from c360_assets.sources.readers import Batch, Limits, read_file
from c360_assets.sources.result import Drift

_ADMIN = [
    ("_FILE", pa.int64()),
    ("_LINE", pa.int64()),
    ("_PROBLEM", pa.string()),
    ("_PROBLEM_COLUMN", pa.string()),
    ("_RAW", pa.string()),
]
_NOT_REPEATED = "_NOT_REPEATED"
LOAD_COLUMNS = {"_FILE": "number(38,0)", "_LINE": "number(38,0)"} | dict.fromkeys(
    ("_PROBLEM", "_PROBLEM_COLUMN", "_RAW", _NOT_REPEATED), "varchar"
)
MAX_UNDECLARED = 300
_FEW_ROWS = 100
_ROWS_PER_FILE = 2_000_000

# A physical Parquet type from which a declared type may be read; a string may hold any.
_READABLE = {
    "string": {"integer", "number", "boolean", "date", "timestamp", "json", "other"},
    "integer": {"integer", "number"},
    "number": {"integer", "number"},
    "boolean": {"boolean"},
    "date": {"date", "timestamp"},
    "timestamp": {"date", "timestamp"},
    "json": {"json"},
}


@dataclass
class StagedFile:
    """A file as staged: what it holds (warehouse column names) and where the Parquet files are."""

    columns: list[str]
    drift: Drift
    fingerprint: str
    rows: int = 0
    bad: int = 0
    pieces: list[Path] = field(default_factory=list)
    repeated: Repeated = field(default_factory=Repeated)


def stage_file(
    file: LandedFile,
    index: int,
    declared: SourceObject,
    folder: Path,
    limits: Limits | None = None,
    known: KnownRows | None = None,
) -> StagedFile:
    """Read a file and write it to `folder` as Parquet; `index` becomes its rows' _FILE. Known rows are left out.

    Raises:
        RejectedFile: the file cannot be taken in; nothing of it is left in the folder.
        SourceError: the disk is full.
    """
    writer = _Writer(folder, f"{index:05d}", index)
    columns, repeated = _Columns(declared), Repeated()
    try:
        for batch in read_file(file.path, declared, limits):
            columns.see(batch)
            if known is not None:
                batch = known.leave_out(batch, columns.mapping, repeated)
            writer.write(batch, columns.mapping)
        rows = writer.rows + repeated.rows + repeated.again
        drift = columns.drift(rows)
    except OSError as error:
        writer.discard()
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SourceError(f"The disk is full: staging {file.name} under {folder} needs space.") from error
        raise RejectedFile(f"the file cannot be read: {error.strerror or type(error).__name__}") from error
    except RejectedFile:
        writer.discard()
        raise
    writer.close()
    names = sorted(columns.mapping.values())
    return StagedFile(names, drift, columns.fingerprint(), rows, writer.bad, writer.pieces, repeated)


def stage_not_repeated(known: KnownRows, folder: Path) -> Path:
    """Write the hashes of the versions that an extract did not repeat, beside its rows.

    Raises:
        SourceError: the disk is full.
    """
    path = folder / "not-repeated.parquet"
    try:
        pq.write_table(pa.table({_NOT_REPEATED: known.not_repeated()}), path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SourceError(f"The disk is full: staging under {folder} needs space.") from error
        raise
    return path


class _Columns:
    """The columns that a file turns out to have, against the declared ones."""

    def __init__(self, declared: SourceObject) -> None:
        self._declared = declared
        self._types = declared.declared_types
        self._ignored = frozenset(declared.ignore)
        self.mapping: dict[str, str] = {}
        self._physical: dict[str, str] = {}
        self._vendor_of: dict[str, str] = {}
        self._fixed = False

    def see(self, batch: Batch) -> None:
        """Take in a batch's columns; a file with a header is judged at its first batch."""
        new = [vendor for vendor in batch.columns if vendor not in self.mapping and vendor not in self._ignored]
        if not new:
            return
        names = {vendor: _safe_name(vendor, i) for i, vendor in enumerate(batch.columns, 1) if vendor in new}
        if not self._fixed and self._has_header:
            self._judge_header(set(names.values()))
        for vendor, name in names.items():
            if name in self._vendor_of:
                raise RejectedFile(f"two columns of the file would both become {name}")
            self._vendor_of[name] = vendor
        self.mapping.update(names)
        self._physical.update({names[v]: kind for v, kind in batch.physical.items() if v in names})
        if len(set(self.mapping.values()) - set(self._types)) > MAX_UNDECLARED:
            raise RejectedFile(f"more than {MAX_UNDECLARED} undeclared columns; is this the right file?")
        self._fixed = True

    @property
    def _has_header(self) -> bool:
        return self._declared.format_of(self._declared.files) != "jsonl"

    def _judge_header(self, names: set[str]) -> None:
        expected = {name for name, column in self._types.items() if not column.optional}
        missing = sorted(expected - names)
        if not missing:
            return
        # The names found are not told: where the header is missing they are somebody's data.
        if len(missing) * 2 > len(expected):
            found = f"{len(expected) - len(missing)} of {len(expected)} declared columns found"
            hint = "; if another delimiter is meant, add delimiter: to the declaration" if len(names) == 1 else ""
            raise DriftedFile(f"the first line is not the declared header: {found}{hint}", Drift(missing=missing))
        raise _missing(missing)

    def drift(self, rows: int) -> Drift:
        """The drift that the file's columns show by themselves; missing and physically retyped ones reject it."""
        found = set(self.mapping.values())
        absent = {n for n, c in self._types.items() if n not in found and not c.optional}
        if not self._has_header:
            # JSON may leave out what is null, so a short file proves nothing about a column that may be.
            must = {n for n, c in self._types.items() if c.required} | set(self._declared.key_columns)
            absent = absent if rows > _FEW_ROWS else absent & must if rows else set()
        if absent:
            raise _missing(sorted(absent))
        retyped = [
            name
            for name, kind in self._physical.items()
            if name in self._types and kind not in ("string", "null") and kind not in _READABLE[self._types[name].type]
        ]
        if retyped:
            what = ", ".join(f"{n} is {self._physical[n]}, declared {self._types[n].type}" for n in retyped)
            raise DriftedFile(f"retyped columns: {what}", Drift(retyped=retyped))
        return Drift(undeclared=sorted(found - set(self._types)))

    def fingerprint(self) -> str:
        """16 hex digits from the columns' names and physical kinds."""
        text = "\n".join(sorted(f"{n}:{self._physical.get(n, 'text')}" for n in self.mapping.values()))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class DriftedFile(RejectedFile):
    """A file whose columns are not the declared ones."""

    def __init__(self, reason: str, drift: Drift) -> None:
        super().__init__(reason)
        self.drift = drift


def _missing(names: list[str]) -> DriftedFile:
    reason = f"declared columns are missing: {', '.join(names)}; if they may be, declare them optional: true"
    return DriftedFile(reason, Drift(missing=names))


def _safe_name(vendor: str, position: int) -> str:
    name = column_name(vendor)
    return name if name.strip("_") else f"UNNAMED_{position}"


class _Writer:
    """Writes batches to Parquet; begins a new file when a batch brings a new column, or one is long enough."""

    def __init__(self, folder: Path, prefix: str, index: int) -> None:
        self._folder, self._prefix, self._index = folder, prefix, index
        self._writer: pq.ParquetWriter | None = None
        self._names: list[str] = []
        self._in_piece = self.rows = self.bad = 0
        self.pieces: list[Path] = []

    def write(self, batch: Batch, mapping: dict[str, str]) -> None:
        if not len(batch) and not batch.bad:
            return
        names = list(mapping.values())
        if self._writer is None or names != self._names or self._in_piece > _ROWS_PER_FILE:
            self.close()
            self._open(names)
        schema = pa.schema([(name, pa.string()) for name in names] + _ADMIN)
        n, bad = len(batch), batch.bad
        if n:
            nulls = pa.nulls(n, pa.string())
            given = {mapping[vendor]: array for vendor, array in batch.columns.items() if vendor in mapping}
            admin = [pa.repeat(pa.scalar(self._index, pa.int64()), n), batch.lines, nulls, nulls, nulls]
            self._write(pa.table([given.get(name, nulls) for name in names] + admin, schema))
        if bad:
            nulls = pa.nulls(len(bad), pa.string())
            admin = [
                pa.repeat(pa.scalar(self._index, pa.int64()), len(bad)),
                pa.array([b.line for b in bad], pa.int64()),
                pa.array([b.reason for b in bad], pa.string()),
                pa.array([b.column for b in bad], pa.string()),
                pa.array([b.raw for b in bad], pa.string()),
            ]
            self._write(pa.table([nulls] * len(names) + admin, schema))
        self.rows += n + len(bad)
        self.bad += len(bad)

    def _write(self, table: pa.Table) -> None:
        assert self._writer is not None
        self._writer.write_table(table)
        self._in_piece += table.num_rows

    def _open(self, names: list[str]) -> None:
        path = self._folder / f"{self._prefix}-{len(self.pieces):03d}.parquet"
        self.pieces.append(path)
        schema = pa.schema([(name, pa.string()) for name in names] + _ADMIN)
        self._writer = pq.ParquetWriter(path, schema, compression="snappy", use_dictionary=["_PROBLEM"])
        self._names, self._in_piece = names, 0

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def discard(self) -> None:
        # Closing writes the footer, which a full disk refuses again.
        with contextlib.suppress(OSError):
            self.close()
        for piece in self.pieces:
            piece.unlink(missing_ok=True)

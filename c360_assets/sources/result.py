"""What loading one object came to: for the summary, the asset's metadata and lineage. No row values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from c360_assets.warehouse import Statement


@dataclass
class Drift:
    """How files differ from the declaration (warehouse column names).

    added: undeclared columns that the table did not have yet; undeclared: all that are kept beyond the
    declaration; missing: declared, but not in the file; retyped: present, but no longer of the declared type.
    """

    added: list[str] = field(default_factory=list)
    undeclared: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    retyped: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.missing or self.retyped)

    def as_dict(self) -> dict[str, list[str]]:
        """For the manifest and metadata."""
        return {
            "added": self.added,
            "undeclared": self.undeclared,
            "missing": self.missing,
            "retyped": self.retyped,
        }


@dataclass
class FileResult:
    """One file. rows_read = new + changed + unchanged + repeated + late + quarantined."""

    name: str
    sha256: str
    bytes: int
    snapshot_id: str
    status: str = "loaded"
    reason: str = ""
    fingerprint: str = ""
    drift: Drift = field(default_factory=Drift)
    rows_read: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_unchanged: int = 0
    rows_repeated: int = 0
    """Exact duplicates within the extract or of a version already kept."""
    rows_late: int = 0
    """Older than what is known: kept as history."""
    rows_quarantined: int = 0
    rows_deleted: int = 0
    """Known records that a full extract lacks; not rows of the file."""


@dataclass
class LoadResult:
    """One object in one run; lists only the files that were looked into."""

    system: str
    object: str
    table: str
    files: list[FileResult] = field(default_factory=list)
    unchanged_files: int = 0
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    statements: list[Statement] = field(default_factory=list)

    def total(self, what: str) -> int:
        """The sum of one of FileResult's counts over the files, e.g. total("rows_new")."""
        return sum(getattr(f, what) for f in self.files)

    @property
    def rejected(self) -> list[FileResult]:
        """Files that were not taken in, each with its reason; the source's check fails where there are any."""
        return [f for f in self.files if f.status == "rejected"]

    @property
    def wrote(self) -> bool:
        """True where a version was added or closed."""
        return any(self.total(w) for w in ("rows_new", "rows_changed", "rows_deleted", "rows_late"))

    @property
    def drift(self) -> Drift:
        """The drift of all files together."""
        union = Drift()
        for file in self.files:
            for name, values in file.drift.as_dict().items():
                mine = getattr(union, name)
                mine.extend(v for v in values if v not in mine)
        return union

    def as_metadata(self) -> dict[str, Any]:
        """Plain values for asset metadata or JSON."""
        counts = ("read", "new", "changed", "unchanged", "repeated", "late", "quarantined", "deleted")
        return {
            **{f"rows_{c}": self.total(f"rows_{c}") for c in counts},
            "files": [
                {"name": f.name, "sha256": f.sha256, "status": f.status, "rows": f.rows_read} for f in self.files
            ],
            "files_unchanged": self.unchanged_files,
            "drift": self.drift.as_dict(),
            "rejected": [{"file": f.name, "reason": f.reason} for f in self.rejected],
            "notes": self.notes,
            "seconds": round(self.seconds, 3),
        }


def set_status(files: Iterable[FileResult], status: str, reason: str) -> None:
    """Say why files count for nothing."""
    for file in files:
        file.status, file.reason = status, reason
        for count in _OUTCOMES:
            setattr(file, count, 0)


_OUTCOMES = (
    "rows_new",
    "rows_changed",
    "rows_unchanged",
    "rows_repeated",
    "rows_late",
    "rows_deleted",
    "rows_quarantined",
)

"""What lies in the landing zone: files, their hashes, and which of them make one extract."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from c360_assets.sources.declaration import SourceObject, SourceSystem
from c360_assets.sources.errors import SourceError

_PART = re.compile(r"[._-]part-?(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class LandedFile:
    """A file of an object. `sha256` is empty where it could not be read; `fault` then says why."""

    path: Path
    name: str
    sha256: str
    bytes: int
    fault: str = ""


@dataclass(frozen=True)
class Extract:
    """Files that are applied together: the parts of one full extract, or one incremental file."""

    stem: str
    files: tuple[LandedFile, ...]
    snapshot_id: str
    fault: str = ""


def natural(text: str) -> list[tuple[int, int | str]]:
    """Sort key that puts export-9 before export-10."""
    return [(0, int(p)) if p.isdecimal() else (1, p) for p in re.split(r"([0-9]+)", text) if p]


def stem_of(name: str) -> str:
    """The name of an extract: a file's name without part number and suffixes."""
    folder, _, base = name.rpartition("/")
    base = re.split(r"\.(?:csv|tsv|txt|jsonl|ndjson|json|parquet|pq)\b", base, maxsplit=1, flags=re.IGNORECASE)[0]
    return f"{folder}/{_PART.sub('', base)}"


def landed_files(landing: Path, declared: SourceObject) -> list[LandedFile]:
    """The object's files with their hashes, in natural order of their names. Hidden and partial files are left out."""
    paths = [
        p
        for p in landing.glob(declared.files)
        if not p.is_dir() and not p.name.startswith(".") and not p.name.endswith((".tmp", ".crdownload"))
    ]
    named = sorted(((p.relative_to(landing).as_posix(), p) for p in paths), key=lambda pair: natural(pair[0]))
    return [_landed(name, path) for name, path in named]


def _landed(name: str, path: Path) -> LandedFile:
    try:
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return LandedFile(path, name, sha256, path.stat().st_size)
    except OSError as error:
        fault = f"the file cannot be opened: {error.strerror or type(error).__name__}"
        return LandedFile(path, name, "", 0, fault)


def extracts(files: Iterable[LandedFile], declared: SourceObject) -> list[Extract]:
    """The files as extracts, in the order in which they are applied."""
    if declared.extract == "incremental":
        return [Extract(stem_of(f.name), (f,), snapshot_id(declared, [f]), f.fault) for f in files]
    groups: dict[str, list[LandedFile]] = {}
    for file in files:
        groups.setdefault(stem_of(file.name), []).append(file)
    return [
        Extract(stem, tuple(groups[stem]), snapshot_id(declared, groups[stem]), _group_fault(groups[stem]))
        for stem in sorted(groups, key=natural)
    ]


def _group_fault(files: list[LandedFile]) -> str:
    """A full extract with a part missing would delete what the part holds."""
    fault = next((f.fault for f in files if f.fault), "")
    numbers = sorted(int(m[1]) for f in files if (m := _PART.search(f.name.rpartition("/")[2])))
    if fault or (not numbers and len(files) == 1):
        return fault
    if len(numbers) != len(files):
        return "several files of one name, not all of them numbered parts; keep one, or name them .part-0001 and so on"
    first = min(numbers[0], 1)
    missing = sorted(set(range(first, numbers[-1] + 1)) - set(numbers))
    if missing:
        return f"part {missing[0]} of the extract is missing"
    return "" if len(set(numbers)) == len(numbers) else "a part of the extract is there twice"


def snapshot_id(declared: SourceObject, files: Iterable[LandedFile]) -> str:
    """16 hex digits from the object and its files' hashes: the same content always has the same id."""
    text = "\n".join([declared.label, *(f.sha256 for f in files)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_landing(landing: Path, systems: Iterable[SourceSystem]) -> list[str]:
    """Objects without any file, as `system:object (glob)`; the run can go on without these.

    Raises:
        SourceError: the landing zone is missing, no folder, or has no file of any declared source.
    """
    declared = [o for system in systems for o in system.objects]
    expected = "\n".join(f"  {o.files}  ({o.label}, {o.extract} extract)" for o in declared)
    advice = (
        f"Expected below it are:\n{expected}\nPut the extracts there, name another folder with "
        "`c360 run --sources DIR`, or make sample data with `c360 sample --out DIR`."
    )
    if not landing.exists():
        raise SourceError(f"The landing zone {landing} does not exist. {advice}")
    if not landing.is_dir():
        raise SourceError(f"The landing zone {landing} is a file, not a folder. {advice}")
    without = [o for o in declared if next(landing.glob(o.files), None) is None]
    if len(without) == len(declared):
        raise SourceError(f"The landing zone {landing} has no file of any declared source. {advice}")
    return [f"{o.label} ({o.files})" for o in without]

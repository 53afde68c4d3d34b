"""What a file's columns seem to be: names, types, a key. For the scaffold; the declaration decides."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from c360_assets.sources.declaration import ColumnType, FileFormat, SourceObject
from c360_assets.sources.errors import RejectedFile, SourceError
from c360_assets.sources.names import column_name
from c360_assets.sources.readers import read_file
from c360_assets.sources.readers.batches import Batch
from c360_assets.sources.readers.opening import open_bytes

SAMPLE_ROWS = 200_000
_PAIRED_COLUMNS = 12
_DELIMITERS = ",;\t|"
# Digits that are names, not numbers: nobody adds them up.
_LABEL = re.compile(
    r"id|key|code|zip|post|plz|phone|fax|mobile|tel|number|nummer|no|nr|tax|vat|ein|siret|account|iban|license|licence"
)
_KEY_WORD = re.compile(r"(?:^|_)(?:id|key|uuid|guid|code|number|no|nr)$")


_LOOKED_AT = 1000
_LOOKS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
    "host": re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#]\S*)?"),
}


@dataclass
class InferredColumn:
    """A column with its likely type."""

    name: str
    type: ColumnType
    format: str | None
    filled: int
    unique: bool
    looks: frozenset[str] = frozenset()
    """What most of its values look like: email, host."""


@dataclass
class InferredObject:
    """A file's shape. `rows` is how many were looked at."""

    columns: list[InferredColumn]
    format: FileFormat
    delimiter: str
    rows: int
    key: list[str] = field(default_factory=list)
    key_is_sure: bool = True


def infer(file: Path) -> InferredObject:
    """Look at a file's first rows.

    Raises:
        SourceError: it cannot be read, its name does not tell its format, or it has no rows.
    """
    format_ = _format(file)
    delimiter = _delimiter(file) if format_ == "csv" else ","
    values: dict[str, list[str | None]] = {}
    physical: dict[str, str] = {}
    rows = 0
    try:
        for batch in read_file(file, _reader(file.name, delimiter, format_)):
            rows += _collect(batch, values, rows)
            physical.update(batch.physical)
            if rows >= SAMPLE_ROWS:
                break
    except RejectedFile as verdict:
        raise SourceError(f"{file}: {verdict}.") from verdict
    if not rows:
        raise SourceError(f"{file}: has no rows to learn from.")
    values, rows = _distinct(values, rows)
    columns = [_column(name, column, physical.get(name), rows) for name, column in values.items()]
    inferred = InferredObject(columns, format_, delimiter, rows)
    _choose_key(inferred, values)
    return inferred


def _format(file: Path) -> FileFormat:
    format_ = _reader("x.csv", ",", None).format_of(file.name)
    if format_ is None:
        raise SourceError(f"{file}: the name does not tell the format; .csv, .jsonl and .parquet are known.")
    return format_


def _reader(files: str, delimiter: str, format_: FileFormat | None) -> SourceObject:
    """A declaration that is just enough to read with."""
    return SourceObject.model_validate(
        {
            "name": "sample",
            "files": files,
            "extract": "full",
            "key": ["x"],
            "columns": {"x": "string"},
            "delimiter": delimiter,
            "format": format_,
        }
    )


def _delimiter(file: Path) -> str:
    with open_bytes(file) as source:
        header = source.read(65536).split(b"\n", 1)[0].decode("utf-8", "replace")
    return max(_DELIMITERS, key=header.count)


def _collect(batch: Batch, values: dict[str, list[str | None]], before: int) -> int:
    for name, array in batch.columns.items():
        column = values.setdefault(name, [None] * before)
        column += array.to_pylist()
    for column in values.values():
        column += [None] * (before + len(batch) - len(column))
    return len(batch)


def _distinct(values: dict[str, list[str | None]], rows: int) -> tuple[dict[str, list[str | None]], int]:
    """Without rows that are there twice: a repeated row says nothing against a key."""
    distinct = list(dict.fromkeys(zip(*values.values(), strict=True)))
    if len(distinct) == rows:
        return values, rows
    return {name: list(c) for name, c in zip(values, zip(*distinct, strict=True), strict=True)}, len(distinct)


def _column(name: str, values: list[str | None], physical: str | None, rows: int) -> InferredColumn:
    filled = [v for v in values if v is not None and v.strip()]
    unique = len(filled) == rows and len(set(filled)) == rows
    type_, format_ = _type(name, filled, physical)
    return InferredColumn(name, type_, format_, len(filled), unique, _looks(filled))


def _looks(values: list[str]) -> frozenset[str]:
    sample = [v.strip() for v in values[:_LOOKED_AT]]
    return frozenset(
        look for look, shape in _LOOKS.items() if 2 * sum(bool(shape.fullmatch(v)) for v in sample) > len(sample)
    )


def _type(name: str, values: list[str], physical: str | None) -> tuple[ColumnType, str | None]:
    if physical in ("integer", "number", "boolean", "date", "timestamp", "json"):
        return physical, None  # type: ignore[return-value]
    if not values or physical == "string":
        return "string", None
    words = column_name(name).lower()
    is_label = bool(_LABEL.search(words)) and not re.search(r"employee|revenue|amount|count", words)
    tests: list[tuple[ColumnType, str | None, Callable[[str], object]]] = [
        ("boolean", None, re.compile(r"true|false", re.IGNORECASE).fullmatch),
        ("date", None, _parses("%Y-%m-%d")),
        ("timestamp", None, _is_iso),
        ("date", "DD/MM/YYYY", _parses("%d/%m/%Y")),
        ("date", "MM/DD/YYYY", _parses("%m/%d/%Y")),
        ("date", "DD.MM.YYYY", _parses("%d.%m.%Y")),
        ("json", None, _is_json),
    ]
    if not is_label:
        tests += [
            ("integer", None, re.compile(r"-?(?:0|[1-9][0-9]{0,17})").fullmatch),
            ("number", None, re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?").fullmatch),
        ]
    fitting = [(t, f) for t, f, test in tests if all(test(v.strip()) for v in values)]
    formats = {f for _, f in fitting if f}
    # 01/02/2026 throughout may be either; a guess would be wrong half of the time.
    return ("string", None) if len(formats) > 1 else fitting[0] if fitting else ("string", None)


def _parses(format_: str) -> Callable[[str], bool]:
    def parses(text: str) -> bool:
        try:
            dt.datetime.strptime(text, format_)
        except ValueError:
            return False
        return True

    return parses


def _is_iso(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) > 10


def _is_json(text: str) -> bool:
    if text[:1] not in "[{":
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _choose_key(inferred: InferredObject, values: dict[str, list[str | None]]) -> None:
    def rank(column: InferredColumn) -> tuple[int, int]:
        words = column_name(column.name).lower()
        return (0 if words == "id" else 1 if _KEY_WORD.search(words) else 2), inferred.columns.index(column)

    # A time or an amount may be unique by chance; it names nothing.
    naming = [c for c in inferred.columns if c.type in ("string", "integer") and c.filled == inferred.rows]
    naming = sorted(naming, key=rank)
    for column in naming:
        if column.unique:
            inferred.key = [column.name]
            return
    for one, other in itertools.combinations(naming[:_PAIRED_COLUMNS], 2):
        if len(set(zip(values[one.name], values[other.name], strict=True))) == inferred.rows:
            inferred.key = [one.name, other.name]
            return
    inferred.key, inferred.key_is_sure = [(naming or inferred.columns)[0].name], False

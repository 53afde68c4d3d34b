"""What every reader yields: rows as text with their line numbers, and the rows that could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

RAW_CHARACTERS = 4000
NUL_REASON = "holds a NUL byte"


@dataclass(frozen=True)
class Limits:
    """How much a reader takes at once, in bytes."""

    field: int = 16 * 1024 * 1024
    """Snowflake's largest VARCHAR."""
    record: int = 32 * 1024 * 1024
    chunk: int = 8 * 1024 * 1024


@dataclass(frozen=True)
class BadRow:
    """A row for the quarantine. `line` is its first physical line (Parquet: row), counted from 1."""

    line: int
    reason: str
    raw: str
    column: str | None = None


@dataclass(frozen=True)
class Batch:
    """Some rows of one file, in order: text columns under the vendor's names, and a line number for each row."""

    columns: dict[str, pa.Array]
    lines: pa.Array
    bad: list[BadRow] = field(default_factory=list)
    physical: dict[str, str] = field(default_factory=dict)
    """Parquet only: the physical kind of each column."""

    def __len__(self) -> int:
        return len(self.lines)


def raw_text(line: bytes | str) -> str:
    """A line as it goes to quarantine: readable whatever its encoding, and not too long."""
    if isinstance(line, str):
        line = line.encode("utf-8", "surrogateescape")
    text = line[: RAW_CHARACTERS * 4].decode("utf-8", "backslashreplace").rstrip("\r\n")
    return text.replace("\0", "\\x00")[:RAW_CHARACTERS]


def checked(batch: Batch, limits: Limits) -> Batch:
    """Move rows with NUL bytes or with a field over the limit to `bad`; the warehouse takes neither."""
    reasons: dict[int, tuple[str, str]] = {}
    for name, array in batch.columns.items():
        buffer = array.buffers()[2] if len(array) else None
        if buffer is None:
            continue
        if buffer.size > limits.field:
            too_long = pc.fill_null(pc.greater(pc.binary_length(array), limits.field), False)
            reason = f"field of more than {limits.field:,} bytes"
            reasons.update(dict.fromkeys(pc.indices_nonzero(too_long).to_pylist(), (reason, name)))
        if b"\0" in memoryview(buffer).tobytes():
            nul = pc.fill_null(pc.match_substring(array, "\0"), False)
            reasons.update(dict.fromkeys(pc.indices_nonzero(nul).to_pylist(), (NUL_REASON, name)))
    if not reasons:
        return batch
    lines = batch.lines.to_pylist()
    bad = [BadRow(lines[i], reason, _row_text(batch, i), name) for i, (reason, name) in sorted(reasons.items())]
    keep = pa.array([i for i in range(len(batch)) if i not in reasons], pa.int64())
    kept = {name: array.take(keep) for name, array in batch.columns.items()}
    return Batch(kept, batch.lines.take(keep), [*batch.bad, *bad], batch.physical)


def _row_text(batch: Batch, index: int) -> str:
    """The row as name=value pairs, long values cut: its line is not at hand any more."""
    pairs = []
    for name, array in batch.columns.items():
        value = array[index].as_py()
        if value is not None:
            pairs.append(f"{name}={value[:200]}")
    return raw_text("; ".join(pairs))

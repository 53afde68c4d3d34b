"""The careful CSV reader: record by record with its line, one bad line at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pyarrow as pa

from c360_assets.sources.readers.batches import BadRow, Batch, Limits, raw_text


def is_open(line: bytes, delimiter: str) -> bool:
    """True where a record that starts with this line goes on after it."""
    feed = _Feed([line.decode("utf-8", "surrogateescape")])
    try:
        next(csv.reader(feed, delimiter=delimiter), None)
    except csv.Error:
        return False
    return feed.ran_out


class _Feed:
    """Lines for csv.reader; knows how many one record took and whether it wanted more than there were."""

    def __init__(self, lines: list[str], start: int = 0) -> None:
        self.lines, self.position, self.taken, self.ran_out = lines, start, 0, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.position >= len(self.lines):
            self.ran_out = self.taken > 0
            raise StopIteration
        self.position += 1
        self.taken += 1
        return self.lines[self.position - 1]


class Careful:
    """Reads one chunk. What stays open at its end is left in `rest()` for the next chunk."""

    def __init__(self, data: bytes, first_line: int, delimiter: str, limits: Limits, last: bool) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), 2 * limits.record))
        self._raw = data.split(b"\n")
        self._raw = [line + b"\n" for line in self._raw[:-1]] + ([self._raw[-1]] if self._raw[-1] else [])
        self._lines: list[str] | None = None
        self._first, self._next = first_line, 0
        self._delimiter, self._limits, self._last = delimiter, limits, last
        self._width = 0
        self._names: list[str] = []
        self.not_utf8 = 0

    @property
    def lines_read(self) -> list[bytes]:
        """The lines that records were made of, bad ones too."""
        return self._raw[: self._next]

    def expect(self, names: list[str]) -> None:
        """The columns that each record has to have."""
        self._names, self._width = names, len(names)

    def rest(self) -> tuple[bytes, int]:
        """What is not read yet, and the number of its first line."""
        return b"".join(self._raw[self._next :]), self._first + self._next

    def first_record(self) -> list[str] | None:
        """The first record that is not blank, as the header; None where there is none or it goes on."""
        while self._next < len(self._raw):
            row, taken, fault = self._record()
            if taken == 0 or fault:
                return None
            self._next += taken
            if any(field.strip() for field in row):
                return row
        return None

    def batch(self) -> Batch:
        """All records that end in this chunk."""
        rows: list[list[str]] = []
        lines: list[int] = []
        bad: list[BadRow] = []
        while self._next < len(self._raw):
            row, taken, fault = self._record()
            if taken == 0:
                break
            line, raw = self._first + self._next, self._raw[self._next : self._next + taken]
            if not fault and self._blank(row):
                self._next += taken
                continue
            if not fault and len(row) != self._width:
                fault = f"{len(row)} fields where the header has {self._width}"
            if fault:
                taken = 1
                raw = raw[:1]
            broken = sum(not _is_utf8(part) for part in raw)
            self.not_utf8 += broken
            if broken:
                fault = "is not UTF-8"
            self._next += taken
            if fault:
                bad.append(BadRow(line, fault, raw_text(raw[0])))
            else:
                rows.append(row)
                lines.append(line)
        values = zip(*rows, strict=True) if rows else ([] for _ in self._names)
        columns = {
            name: pa.array([v or None for v in column], pa.string())
            for name, column in zip(self._names, values, strict=True)
        }
        return Batch(columns, pa.array(lines, pa.int64()), bad)

    def _blank(self, row: list[str]) -> bool:
        return not row or (self._width > 1 and len(row) == 1 and not row[0].strip())

    def _record(self) -> tuple[list[str], int, str]:
        """The next record, the lines it took, and what is wrong with it. No lines: it goes on after the chunk."""
        if self._lines is None:
            self._lines = [line.decode("utf-8", "surrogateescape") for line in self._raw]
        feed = _Feed(self._lines, self._next)
        try:
            row = next(csv.reader(feed, delimiter=self._delimiter), [])
        except csv.Error:
            return [], 1, "a bare carriage return outside quotes"
        if feed.ran_out:
            size = sum(map(len, self._raw[self._next :]))
            if not self._last and size <= self._limits.record:
                return [], 0, ""
            return [], 1, "a quote is opened and never closed"
        if feed.taken > 1:
            try:
                strict = csv.reader(_Feed(self._lines, self._next), delimiter=self._delimiter, strict=True)
                row = next(strict)
            except csv.Error:
                return [], 1, "text after a closing quote, in a record over several lines"
        return row, feed.taken, ""


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

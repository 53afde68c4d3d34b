"""Cuts a byte stream into chunks of whole lines and watches its encoding, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from c360_assets.sources.errors import RejectedFile
from c360_assets.sources.readers.batches import Limits
from c360_assets.sources.readers.opening import ByteSource

_UTF8_BOM = b"\xef\xbb\xbf"
_HEAD = 4096
"""Bytes at the start of a file by which it is judged, whatever the size of a chunk."""
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Chunk:
    """Whole lines with the number of the first. An oversize chunk is the head of one line, the rest skipped."""

    data: bytes
    first_line: int
    last: bool = False
    oversize: bool = False


def chunks(source: ByteSource, limits: Limits) -> Iterator[Chunk]:
    """The stream in chunks of whole lines; the last one is marked and may be empty.

    Raises:
        RejectedFile: the stream is UTF-16, binary, or has old Macintosh line ends.
    """
    pending: list[bytes] = []
    size, line, skipping = 0, 1, False
    block = _without_mark(source.read(max(limits.chunk, _HEAD)))
    while block:
        if skipping:
            start = block.find(b"\n") + 1
            if not start:
                block = source.read(limits.chunk)
                continue
            block, skipping, line = block[start:], False, line + 1
        cut = block.rfind(b"\n") + 1
        if cut:
            data = b"".join([*pending, block[:cut]])
            yield Chunk(data, line)
            line += data.count(b"\n")
            pending = [block[cut:]] if cut < len(block) else []
        else:
            pending.append(block)
        size = sum(map(len, pending))
        if size > limits.record:
            head = b"".join(pending)[:65536]
            if line == 1 and b"\r" in head:
                raise RejectedFile("lines end with a bare carriage return; export with \\n or \\r\\n")
            yield Chunk(head, line, oversize=True)
            pending, size, skipping = [], 0, True
        block = source.read(limits.chunk)
    yield Chunk(b"".join(pending), line, last=True)


def _without_mark(block: bytes) -> bytes:
    if block.startswith(_UTF16_BOMS):
        raise RejectedFile("the file is UTF-16; export it as UTF-8")
    head = block[:_HEAD]
    if head.count(b"\0") * 5 > len(head):
        raise RejectedFile("the file is binary or UTF-16; expected is UTF-8 text")
    return block.removeprefix(_UTF8_BOM)


class EncodingWatch:
    """Counts lines that are not UTF-8: a few go to quarantine, many mean that the file is not UTF-8 at all."""

    def __init__(self) -> None:
        self.lines = self.beyond_ascii = self.bad = 0

    def see(self, lines: list[bytes], bad: int) -> None:
        """Count some lines, of which `bad` are not UTF-8."""
        self.lines += len(lines)
        self.beyond_ascii += sum(not line.isascii() for line in lines)
        self.bad += bad

    def see_valid(self, data: bytes, lines: int) -> None:
        """Count lines that are known to be UTF-8."""
        self.lines += lines
        if not data.isascii():
            self.beyond_ascii += sum(not line.isascii() for line in data.splitlines())

    def verdict(self) -> None:
        """At the end of the file.

        Raises:
            RejectedFile: most of the lines that could tell are not UTF-8.
        """
        most_of_all = self.bad * 2 > self.lines
        # In a Latin-1 export every accented line is bad; in a UTF-8 one with some broken rows, few are.
        most_that_tell = self.bad > 10 and self.bad * 2 > self.beyond_ascii and self.bad * 100 >= self.lines
        if self.bad and (most_of_all or most_that_tell):
            raise RejectedFile(f"{self.bad:,} of {self.lines:,} lines are not UTF-8; export the file as UTF-8")

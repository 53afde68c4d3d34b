"""Opens a landed file as bytes: gzip by its magic bytes, faults as reasons to reject the file."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import IO, Any

from c360_assets.sources.errors import RejectedFile

_GZIP = b"\x1f\x8b"
_OTHER_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
}


class ByteSource:
    """A readable stream whose faults are RejectedFile."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __enter__(self) -> ByteSource:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, none at the end.

        Raises:
            RejectedFile: the file is truncated, damaged or not readable.
        """
        try:
            return self._stream.read(size)
        except EOFError as error:
            raise RejectedFile("the gzip file is truncated; transfer it again") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise RejectedFile("the gzip file is damaged; transfer it again") from error
        except OSError as error:
            raise RejectedFile(f"the file cannot be read: {error.strerror or type(error).__name__}") from error


def magic_bytes(path: Path) -> bytes:
    """The first eight bytes of a file.

    Raises:
        RejectedFile: it cannot be opened.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(8)
    except OSError as error:
        raise RejectedFile(f"the file cannot be opened: {error.strerror or type(error).__name__}") from error


def is_gzip(path: Path) -> bool:
    """True where the file's content says gzip, whatever its name says."""
    return magic_bytes(path).startswith(_GZIP)


def open_bytes(path: Path) -> ByteSource:
    """The file's bytes, unzipped where they are gzipped.

    Raises:
        RejectedFile: it cannot be opened, or is something else altogether.
    """
    magic = magic_bytes(path)
    for prefix, what in _OTHER_MAGIC.items():
        if magic.startswith(prefix):
            raise RejectedFile(f"the file is {what}; expected is plain text or gzip")
    stream: Any = gzip.GzipFile(path, "rb") if magic.startswith(_GZIP) else path.open("rb")
    return ByteSource(stream)

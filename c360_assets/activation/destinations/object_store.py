"""Files in object storage: `s3://`, `gs://`, `abfs://`, or `file://` for a folder that others read.

A file is made whole on this machine first and sent under a name that nobody reads; only what arrived whole gets its own
name, which is one step in all of these. Credentials are found as each vendor's tools find them, when they are needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from c360_assets.activation.destinations.files import is_delivery, is_torn

NEEDS = ("uri",)
_PIECE = 8 * 1024 * 1024


class ObjectStore:
    """A folder of a store."""

    def __init__(self, uri: str) -> None:
        import pyarrow.fs

        self._fs, root = pyarrow.fs.FileSystem.from_uri(uri)
        self._root = root.rstrip("/")

    def put(self, file: Path) -> None:
        """Send a file that is whole; the same name and content again change nothing.

        Raises:
            OSError: it did not arrive, and nothing of it is to be seen under its name.
        """
        # Some stores know no folders, and those that do want them made.
        if self._fs.type_name == "local":
            self._fs.create_dir(self._root, recursive=True)
        part = f"{self._root}/.{file.name}.part"
        with self._fs.open_output_stream(part) as target:
            for piece in _pieces(file):
                target.write(piece)
        # A stream that broke is closed as if it had ended, so the size has the last word.
        arrived = self._fs.get_file_info(part).size
        if arrived != file.stat().st_size:
            raise OSError(f"{file.name}: {arrived} of {file.stat().st_size} bytes arrived")
        self._fs.move(part, f"{self._root}/{file.name}")

    def remove_unacknowledged(self, destination: str, acknowledged: Collection[str], current: str) -> list[str]:
        """As for a folder of this machine: what a killed delivery left goes, but for the file that is sent again."""
        gone = []
        for info in self._listed():
            name = info.base_name
            left = is_delivery(name, destination) and name not in acknowledged and name != current
            if left or is_torn(name, destination):
                self._fs.delete_file(info.path)
                gone.append(name)
        return gone

    def _listed(self) -> list[Any]:
        import pyarrow.fs

        selector = pyarrow.fs.FileSelector(self._root, allow_not_found=True)
        return sorted((i for i in self._fs.get_file_info(selector) if i.is_file), key=lambda info: str(info.base_name))


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(_PIECE):
            yield piece

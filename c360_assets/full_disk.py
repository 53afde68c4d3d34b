"""Whether an error comes from a full disk, which each library that writes calls by another name."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

_NAMED = re.compile(r"no space left|disk is full|disk quota exceeded|ENOSPC|could not allocate block", re.IGNORECASE)
# SQLite says this also of a broken disk; then there is room left on it.
_UNNAMED = re.compile(r"disk I/O error|unable to open database file|readonly database", re.IGNORECASE)
_NO_ROOM = 2 * 1024 * 1024


def tell_full_disk(error: BaseException | str, home: Path) -> str | None:
    """What to tell and to do where the disk is full; None where the error, or its text, has another reason."""
    texts = [error] if isinstance(error, str) else [str(e) for e in _chain(error)]
    named = any(_NAMED.search(text) for text in texts) or any(
        isinstance(e, OSError) and e.errno in (errno.ENOSPC, errno.EDQUOT)
        for e in ([] if isinstance(error, str) else _chain(error))
    )
    free = _free(home)
    if not named and not (free < _NO_ROOM and any(_UNNAMED.search(text) for text in texts)):
        return None
    return (
        f"The disk is full: {home} (C360_HOME) has {free / 1e6:.0f} MB left. What was finished is kept. Free space, "
        "or move the folder to a larger disk and set C360_HOME; then run the same command again."
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _free(home: Path) -> int:
    there = next((folder for folder in (home, *home.parents) if folder.exists()), Path("/"))
    return shutil.disk_usage(there).free

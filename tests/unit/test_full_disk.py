"""A full disk is told as that, whatever the library that met it calls it."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from c360_assets import full_disk
from c360_assets.full_disk import tell_full_disk


def caused(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "x"),
        caused(RuntimeError("run failed"), sqlite3.OperationalError("database or disk is full")),
        "Statement failed: The disk is full: the embedded engine could not write.",
    ],
)
def test_it_is_known_by_what_is_said_and_names_the_folder(error: Exception | str, tmp_path: Path) -> None:
    told = tell_full_disk(error, tmp_path / "not/yet/there")
    assert told
    assert str(tmp_path) in told
    assert "Free space" in told


@pytest.mark.parametrize(("free", "known"), [(0, True), (10**9, False)])
def test_sqlites_word_for_it_counts_where_there_is_no_room(
    free: int, known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full_disk, "_free", lambda _: free)
    error = caused(RuntimeError("(sqlite3.OperationalError)"), sqlite3.OperationalError("disk I/O error"))
    assert (tell_full_disk(error, tmp_path) is not None) is known


def test_other_errors_are_left_alone_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_disk, "_free", lambda _: 0)
    assert tell_full_disk(ValueError("no such column"), tmp_path) is None

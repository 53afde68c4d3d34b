"""What keeps `c360 run` from starting: a sentence that says what to do, exit code 2, nothing changed."""

from __future__ import annotations

import fcntl
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from c360_assets.cli import main
from c360_assets.components import declarations
from c360_assets.settings import load_settings
from c360_assets.warehouse.embedded.process import stop

HEADER = "Id,Name\n"


class Ended(NamedTuple):
    code: object
    err: str


@pytest.fixture
def c360(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Calls `c360 …` in this process on a home of its own."""
    for name in ("C360_ENV", "SNOWFLAKE_ACCOUNT", "SNOWFLAKE_OAUTH_TOKEN", "SNOWFLAKE_PRIVATE_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("C360_HOME", str(tmp_path / "home"))

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["c360", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return Ended(ended.value.code, capfd.readouterr().err)

    return call


@pytest.fixture
def extracts(tmp_path: Path) -> Path:
    """A landing zone with one good file."""
    folder = tmp_path / "extracts"
    (folder / "salesforce").mkdir(parents=True)
    (folder / "salesforce/Account.csv").write_text(HEADER + "1,Acme\n")
    return folder


def test_a_missing_folder_is_named_with_what_to_put_there(c360: Callable[..., Ended], tmp_path: Path) -> None:
    code, err = c360("run", "--sources", str(tmp_path / "nowhere"))
    assert code == 2
    assert str(tmp_path / "nowhere") in err
    assert "does not exist" in err
    assert "c360 sample" in err


def test_a_file_in_place_of_the_folder_is_named(c360: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    code, err = c360("run", "--sources", str(tmp_path / "file"))
    assert (code, "is a file, not a folder" in err) == (2, True)


def test_an_empty_folder_lists_the_files_that_are_expected(c360: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, err = c360("run", "--sources", str(tmp_path / "empty"))
    assert code == 2
    assert "salesforce/Account*.csv*" in err


def test_no_landing_zone_and_no_sample_asked_for_says_what_to_do(c360: Callable[..., Ended]) -> None:
    code, err = c360("run")
    assert code == 2
    assert "--sources DIR" in err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("extract: full", "extract: sometimes", "extract"),
        ("key: [Id]", "key: [Nothing]", "Nothing"),
        ("Id: {type: string, required: true}", "Id: {type: text, required: true}", "text"),
        ("  objects:", "  objects: [", "defs.yaml"),
    ],
)
def test_a_wrong_declaration_is_named_with_file_and_place(
    c360: Callable[..., Ended],
    extracts: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    old: str,
    new: str,
    said: str,
) -> None:
    defs = tmp_path / "defs"
    shutil.copytree(declarations.DEFS, defs)
    file = defs / "source_snapshot/salesforce/defs.yaml"
    file.write_text(file.read_text().replace(old, new, 1))
    monkeypatch.setattr(declarations, "DEFS", defs)
    declarations.declared_systems.cache_clear()
    try:
        code, err = c360("run", "--sources", str(extracts))
    finally:
        declarations.declared_systems.cache_clear()
    assert code == 2, err
    assert "salesforce/defs.yaml" in err
    assert said in err
    assert "Traceback" not in err


def test_a_run_beside_another_is_refused_at_once(c360: Callable[..., Ended], extracts: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with (home / "writer.lock").open("w") as other:
        other.write("4711")
        other.flush()
        # The lock belongs to the open file, so this handle stands for another process.
        fcntl.flock(other, fcntl.LOCK_EX)
        code, err = c360("run", "--sources", str(extracts))
    assert code == 2
    assert "process 4711" in err
    assert "Wait until it has ended" in err


def test_a_home_that_cannot_be_made_is_named(
    c360: Callable[..., Ended], extracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("a file")
    monkeypatch.setenv("C360_HOME", str(tmp_path / "taken/home"))
    code, err = c360("run", "--sources", str(extracts))
    assert code == 2, err
    assert "C360_HOME" in err
    assert str(tmp_path / "taken/home") in err


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The environment of an account that does not exist; returns the file for its key."""
    key = tmp_path / "key.pem"
    key.write_text("garbage")
    for name, value in {
        "C360_ENV": "dev",
        "SNOWFLAKE_ACCOUNT": "nobody-has_this.invalid",
        "SNOWFLAKE_USER": "someone",
        "SNOWFLAKE_ROLE": "r",
        "SNOWFLAKE_WAREHOUSE": "w",
        "SNOWFLAKE_PRIVATE_KEY_FILE": str(key),
    }.items():
        monkeypatch.setenv(name, value)
    return key


def test_a_key_file_that_is_no_key_is_told_before_anything_is_done(
    c360: Callable[..., Ended], extracts: Path, account: Path, tmp_path: Path
) -> None:
    started = time.monotonic()
    code, err = c360("run", "--sources", str(extracts))
    assert code == 2
    assert "SNOWFLAKE_PRIVATE_KEY_FILE" in err
    assert time.monotonic() - started < 20
    assert not (tmp_path / "home/dagster").exists()


def test_an_account_that_nobody_answers_for_is_told_before_anything_is_done(
    c360: Callable[..., Ended], extracts: Path, account: Path, tmp_path: Path
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    account.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    started = time.monotonic()
    code, err = c360("run", "--sources", str(extracts))
    assert code == 2
    assert "SNOWFLAKE_ACCOUNT" in err
    assert time.monotonic() - started < 10
    assert not (tmp_path / "home/dagster").exists()


@pytest.mark.parametrize("value", ["prod", "EMBEDDED", "'; drop table x"])
def test_an_unknown_environment_is_refused_by_name(
    c360: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("C360_ENV", value)
    code, err = c360("run")
    assert (code, "C360_ENV" in err) == (2, True)


def test_a_wrong_statement_is_told_in_a_sentence(c360: Callable[..., Ended], tmp_path: Path) -> None:
    try:
        code, err = c360("sql", "select nothing from nowhere")
    finally:
        stop(load_settings({"C360_HOME": str(tmp_path / "home")}))
    assert code == 2
    assert "NOWHERE" in err.upper()
    assert "Traceback" not in err

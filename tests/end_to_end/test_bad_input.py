"""Broken extracts through the command line: the rest flows, every fault has a reason, the run after it works."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from declared_files import csv_line, header
from pipeline_home import Done, PipelineHome

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

WHEN = "2026-01-02T03:04:05Z"
SQL_NAME = "Robert'); drop table golden_profile.person; --"
FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3"]
HUGE = 10 * 1024 * 1024
OPENED = 2000


def account_lines(broken: bool) -> list[bytes]:
    columns = header("salesforce", "account")
    names = ["Acme GmbH", "Borealis Ltd", "Corvus SA", SQL_NAME, *FORMULAS]
    same = {"BillingCountry": "DE", "LastModifiedDate": WHEN}
    # With websites: profiles without any identifier are not published.
    sites = [f"https://www.trader-{i}.com" for i in range(len(names))]
    lines = [
        csv_line(columns, Id=f"A{i}", Name=name, Website=site, **same)
        for i, (name, site) in enumerate(zip(names, sites, strict=True))
    ]
    lines.append(csv_line(columns, Id="A98", Name="Number", NumberOfEmployees="many" if broken else "9", **same))
    lines.append(csv_line(columns, Id="A99", Name="x" * (HUGE if broken else 10), **same))
    return [(",".join(columns) + "\n").encode(), *lines]


def contact_lines(broken: bool) -> list[bytes]:
    columns = header("salesforce", "contact")

    def person(key: str, given: str, family: str, **more: str) -> bytes:
        email = f"{key}@acme-trading.com".lower()
        return csv_line(columns, Id=key, FirstName=given, LastName=family, Email=email, LastModifiedDate=WHEN, **more)

    # Enough good lines for one that is not UTF-8 to be a fault of the line and not of the file.
    lines = [person(f"C{i}", f"Given{i}", f"Family{i}") for i in range(100, 160)]
    lines.append(person("C1", "Ada", "Lovell", Birthdate="1980-02-30" if broken else "1980-02-29"))
    lines.append(b"C2,A1,short\n" if broken else person("C2", "Bob", "Short"))
    lines.append(person("C3", "Nu\0l" if broken else "Null", "Byte"))
    line = person("C4", "René", "Latin")
    lines.append(line.decode().encode("latin-1") if broken else line)
    return [(",".join(columns) + "\n").encode(), *lines]


def netsuite_text() -> str:
    columns = header("netsuite", "customer")
    names = [f"Käufer {i} Österreich" for i in range(30)]
    lines = [
        csv_line(
            columns,
            internalId=str(i),
            isPerson="false",
            companyName=name,
            email=f"einkauf@kaeufer-{i}.at",
            lastModifiedDate=WHEN,
        )
        for i, name in enumerate(names)
    ]
    return ",".join(columns) + "\n" + b"".join(lines).decode()


def write_extracts(landing: Path, broken: bool) -> None:
    """Three systems; where `broken`, with one fault of each kind."""
    for system in ("salesforce", "netsuite", "hubspot"):
        (landing / system).mkdir(parents=True, exist_ok=True)
    (landing / "salesforce/Account.csv").write_bytes(b"".join(account_lines(broken)))
    (landing / "salesforce/Contact.csv").write_bytes(b"".join(contact_lines(broken)))
    (landing / "netsuite/customer.csv").write_text(netsuite_text(), encoding="latin-1" if broken else "utf-8")
    sent = [
        {
            "id": f"e{i}",
            "type": "OPEN",
            "recipient": "c1@acme-trading.com",
            "emailCampaignId": "1",
            "created": 10**12 + i,
        }
        for i in range(OPENED)
    ]
    zipped = gzip.compress("\n".join(map(json.dumps, sent)).encode(), mtime=0)
    (landing / "hubspot/email_events.jsonl.gz").write_bytes(zipped[: len(zipped) // 2] if broken else zipped)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipelineHome]:
    home = PipelineHome(tmp_path_factory.mktemp("bad") / "home")
    yield home
    home.remove()


@pytest.fixture(scope="module")
def broken(home: PipelineHome) -> Done:
    """The run over the broken extracts."""
    write_extracts(home.path / "landing", broken=True)
    return home.run()


@pytest.fixture(scope="module")
def mended(home: PipelineHome, broken: Done) -> Done:
    """The run over the mended extracts."""
    write_extracts(home.path / "landing", broken=False)
    return home.run()


def quarantine(home: PipelineHome) -> set[tuple[Any, ...]]:
    return set(home.rows("select file_name, column_name, reason from SOURCE_SNAPSHOT.QUARANTINE"))


def test_rejected_files_fail_their_check_and_the_exit_code_says_so(broken: Done) -> None:
    assert broken.code == 3, broken.err[-3000:]
    assert broken.summary["files"]["rejected"] == 2
    assert broken.summary["files"]["rows_quarantined"] == 5
    assert any("netsuite__customer" in name for name in broken.summary["checks"]["failed_names"])
    assert any("hubspot__email_event" in name for name in broken.summary["checks"]["failed_names"])


def test_every_bad_row_and_file_has_its_reason(home: PipelineHome, mended: Done) -> None:
    contact, account = "salesforce/Contact.csv", "salesforce/Account.csv"
    assert quarantine(home) == {
        (account, "NUMBEROFEMPLOYEES", "is not an integer of at most 18 digits"),
        (contact, "BIRTHDATE", "is not a date"),
        (contact, None, "3 fields where the header has 22"),
        (contact, "FirstName", "holds a NUL byte"),
        (contact, None, "is not UTF-8"),
    }
    rejected = dict(
        home.rows("select system || ':' || object, reason from SOURCE_SNAPSHOT.MANIFEST where status = 'rejected'")
    )
    assert set(rejected) == {"netsuite:customer", "hubspot:email_event"}
    assert "UTF-8" in rejected["netsuite:customer"]
    assert "truncated" in rejected["hubspot:email_event"]


def test_odd_values_arrive_as_text_and_good_rows_flow(home: PipelineHome, broken: Done) -> None:
    names = {row[0] for row in home.rows("select name from SOURCE_SNAPSHOT.SALESFORCE__ACCOUNT where len(name) < 100")}
    assert {SQL_NAME, *FORMULAS, "Acme GmbH"} <= names
    assert home.rows("select count(*) from SOURCE_SNAPSHOT.SALESFORCE__ACCOUNT where len(name) = 10485760") == [(1,)]
    assert home.rows("select count(*) > 60 from GOLDEN_PROFILE.PERSON") == [(True,)]


def test_no_delivered_cell_begins_a_formula(home: PipelineHome, broken: Done) -> None:
    csv.field_size_limit(2 * HUGE)
    for file in (home.path / "outbox").rglob("*.csv"):
        with file.open(encoding="utf-8", newline="") as text:
            cells = [cell for row in list(csv.reader(text))[1:] for cell in row]
        assert not [cell for cell in cells if cell[:1] in ("=", "@") or cell.startswith("+1")], file.name


def test_nothing_of_a_broken_row_is_on_the_terminal(broken: Done) -> None:
    text = broken.out + broken.err
    for value in ("1980-02-30", "acme-trading.com", "drop table", "Lovell"):
        assert value not in text


def test_the_mended_files_are_taken_in_by_the_next_run(home: PipelineHome, mended: Done) -> None:
    assert mended.code == 0, mended.err[-3000:]
    assert mended.summary["files"]["rejected"] == 0
    assert mended.summary["records"]["netsuite"] == 30
    assert mended.summary["records"]["hubspot"] == OPENED
    assert mended.summary["records"]["salesforce"] == len(account_lines(False)) + len(contact_lines(False)) - 2


def test_a_second_run_meanwhile_is_refused_and_the_first_goes_on(home: PipelineHome, mended: Done) -> None:
    first = home.start("run")
    lock = home.path / "writer.lock"
    while lock.read_text() != str(first.pid):
        assert first.poll() is None
    second = home.call("run")
    assert second.code == 2
    assert f"process {first.pid}" in second.err
    assert "Traceback" not in second.err
    first.communicate(timeout=600)
    assert first.returncode == 0


@pytest.fixture(params=[6, 9, 12, 15])
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A file system of so many MB that can be made larger; each is full at another moment. Needs the right to mount."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={request.param}m", "tmpfs", str(path)], capture_output=True
    )
    if os.geteuid() != 0 or mount.returncode != 0:
        pytest.skip("a small file system cannot be mounted here; that needs root")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def test_a_full_disk_is_told_and_the_run_after_there_is_space_works(small_disk: Path, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    write_extracts(landing, broken=False)
    home = PipelineHome(small_disk / "home")
    try:
        full = home.run("--sources", str(landing))
        assert full.code in (1, 2), full.out[-2000:]
        assert "disk is full" in (full.out + full.err).lower(), full.err[-2000:]
        assert "Traceback" not in full.out + full.err
        subprocess.run(["mount", "-o", "remount,size=1g", str(small_disk)], check=True)
        again = home.run("--sources", str(landing))
        assert again.code == 0, again.err[-2000:]
    finally:
        home.close()

"""Canaries in the extracts are in no log, event, error or metadata, also where rows, a run or a delivery fail."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from leak_search import in_lineage, outside
from pipeline_home import Done, PipelineHome

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
CANARY = "zzkanari"


def plant(landing: Path) -> int:
    """Make names, addresses and telephone numbers of customers in two systems canaries; returns how many rows."""
    file = landing / "salesforce/Contact.csv"
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    for number, row in enumerate(rows):
        row |= {
            "LastName": f"Z{CANARY}{number}", "Email": f"{CANARY}{number}@{CANARY}.example",
            "MailingStreet": f"{CANARY} street {number}", "Title": f"{CANARY} of {number}",
        }  # fmt: skip
    _write(file, rows)
    file = landing / "stripe/customers.jsonl"
    customers = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for number, customer in enumerate(customers):
        customer |= {"name": f"{CANARY} pay {number}", "email": f"{CANARY}.pay{number}@{CANARY}.example"}
    file.write_text("".join(json.dumps(each) + "\n" for each in customers), encoding="utf-8")
    return len(rows) + len(customers)


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def told(home: PipelineHome, done: Done) -> dict[str, int]:
    """Every place but the warehouse, the extracts and the feeds where a canary is."""
    said = {"terminal": (done.out + done.err).lower().count(CANARY), "summary": str(done.summary).lower().count(CANARY)}
    places = {name: hits for name, hits in said.items() if hits}
    return places | outside(home, [CANARY]) | in_lineage(home, [CANARY])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipelineHome]:
    home = PipelineHome(tmp_path_factory.mktemp("canaries") / "home")
    home.sample(records=1000, seed=41)
    assert plant(home.path / "landing") > 100
    try:
        yield home
    finally:
        home.close()


@pytest.fixture(scope="module")
def first(home: PipelineHome) -> Done:
    done = home.run()
    assert done.code == 0, done.err[-2000:]
    return done


def test_a_run_that_ends_well_tells_no_canary(home: PipelineHome, first: Done) -> None:
    known = home.rows(f"select count(*) from GOLDEN_PROFILE.PERSON where lower(email) like '%{CANARY}%'")
    assert known[0][0] > 20
    assert any(CANARY.encode() in content.lower() for content in home.outbox().values())
    assert told(home, first) == {}


def test_rows_and_files_that_cannot_be_read_tell_no_canary(home: PipelineHome, first: Done) -> None:
    landing = home.path / "landing"
    kept = {file: file.read_bytes() for file in (landing / "salesforce/Contact.csv", landing / "hubspot/contacts.csv")}
    contacts, hubspot = kept
    try:
        rows = list(csv.DictReader(io.StringIO(kept[contacts].decode())))
        for row in rows[:3]:
            row["Birthdate"] = f"{CANARY} birthday"
        _write(contacts, rows)
        with contacts.open("a", encoding="utf-8") as handle:
            handle.write(f"{CANARY},{CANARY}\n")
        hubspot.write_text(f"{CANARY} head,{CANARY}\n{CANARY},{CANARY}\n", encoding="utf-8")
        done = home.run()
        assert done.code == 3, done.err[-2000:]
        assert done.summary["files"]["rejected"] == 1
        assert done.summary["files"]["rows_quarantined"] == 4
        assert told(home, done) == {}
    finally:
        for file, content in kept.items():
            file.write_bytes(content)


def test_a_statement_that_fails_on_a_customer_s_value_tells_no_canary(home: PipelineHome, first: Done) -> None:
    rows = list(csv.DictReader(io.StringIO((home.path / "landing/salesforce/Contact.csv").read_text(encoding="utf-8"))))
    for row in rows:
        row |= {"Title": f"{CANARY} again", "LastModifiedDate": "2026-11-23T01:02:03Z"}
    _write(home.path / "landing/salesforce/Contact.csv", rows)
    with home.warehouse() as session:
        session.execute("create table GOLDEN_PROFILE.KEPT as select * from GOLDEN_PROFILE.PROFILE_FIELD")
        session.execute(
            "create or replace table GOLDEN_PROFILE.PROFILE_FIELD as"
            " select * replace (null::number(38, 0) as value) from GOLDEN_PROFILE.KEPT"
        )
        try:
            done = home.run()
        finally:
            session.execute("create or replace table GOLDEN_PROFILE.PROFILE_FIELD as select * from GOLDEN_PROFILE.KEPT")
            session.execute("drop table GOLDEN_PROFILE.KEPT")
    assert done.code == 1
    assert done.summary["failed_steps"]
    assert told(home, done) == {}
    failed = home.rows(
        "select count(*) from LINEAGE.OPENLINEAGE_OUTBOX where event_type = 'FAIL'"
        " and event:run:facets:errorMessage:message is not null"
    )
    assert failed[0][0] > 0


def test_a_delivery_that_fails_tells_no_canary(home: PipelineHome, first: Done) -> None:
    folders = [home.path / "outbox" / name for name in ("crm", "marketing")]
    for folder in folders:
        shutil.move(folder, home.path / "landing" / f".{folder.name}")
        folder.write_text("in the way", encoding="utf-8")
    try:
        done = home.run()
    finally:
        for folder in folders:
            folder.unlink()
            shutil.move(home.path / "landing" / f".{folder.name}", folder)
    assert done.code == 1
    assert any("crm" in step for step in done.summary["failed_steps"])
    assert told(home, done) == {}
    mended = home.run()
    assert mended.code == 0, mended.err[-2000:]
    assert told(home, mended) == {}

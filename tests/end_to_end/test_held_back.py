"""Extracts of which nothing may be published: the run ends with 3, nothing leaves, the run after them mended works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from declared_files import csv_line, header
from pipeline_home import Done, PipelineHome

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
PEOPLE = 60


def write_contacts(landing: Path, host: str, broken: int = 0) -> None:
    """A CRM whose export gives every contact an address at this host, and the first few none."""
    columns = header("salesforce", "contact")
    lines = [
        csv_line(
            columns,
            Id=f"C{i}",
            FirstName=f"Given{i}",
            LastName=f"Family{i}",
            Email=f"p{i}{'@' if i < broken else host}",
        )
        for i in range(PEOPLE)
    ]
    (landing / "salesforce").mkdir(parents=True, exist_ok=True)
    (landing / "salesforce/Contact.csv").write_bytes((",".join(columns) + "\n").encode() + b"".join(lines))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipelineHome]:
    home = PipelineHome(tmp_path_factory.mktemp("held") / "home")
    yield home
    home.remove()


@pytest.fixture(scope="module")
def held(home: PipelineHome) -> Done:
    """The run over an export that cut the domains off."""
    write_contacts(home.path / "landing", "@")
    return home.run()


def test_a_run_that_a_check_holds_back_ends_with_three_and_delivers_nothing(home: PipelineHome, held: Done) -> None:
    assert held.code == 3, held.err[-3000:]
    assert held.summary["failed_steps"] == {}
    assert "golden_profile/person: contract" in held.summary["checks"]["failed_names"]
    assert home.outbox() == {}


def test_it_says_what_held_it_back_and_where_the_rule_is(held: Done) -> None:
    assert "invalid_emails" in held.err
    assert "HELD BACK" in held.out
    assert "governance/validation.yaml" in held.out
    assert "Traceback" not in held.out + held.err


@pytest.fixture(scope="module")
def mended(home: PipelineHome, held: Done) -> Done:
    """The run over the export as it should have been."""
    write_contacts(home.path / "landing", "@trader.example")
    return home.run()


def test_the_run_over_mended_extracts_publishes(mended: Done) -> None:
    assert mended.code == 0, mended.err[-3000:]
    assert mended.summary["feeds"]["crm"]["delivered"] == PEOPLE


def test_a_share_that_jumps_holds_back_where_it_would_have_passed_before(home: PipelineHome, mended: Done) -> None:
    # A tenth: as much as a first run may have, and more than twice what the last one had.
    write_contacts(home.path / "landing", "@trader.example", broken=PEOPLE // 10)
    jumped = home.run()
    assert jumped.code == 3, jumped.err[-3000:]
    assert "invalid_emails" in jumped.err

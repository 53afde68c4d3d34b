"""Rows that destinations do not take, on the page of decisions, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from c360_assets.activation import load_destinations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

LONG = "STRING_TOO_LONG: " + "the value is longer than the field, " * 8 + "and that is the end of it <b>bold</b>"


@pytest.fixture
def refused(first_run: Any) -> Iterator[str]:
    """One row that the CRM would not take, and its profile; nothing of it stays."""
    crm = next(d for d in load_destinations() if d.destination == "crm")
    with first_run.home.warehouse() as session:
        profile = str(session.scalar(f"select min(profile_id) from {crm.feed}"))
        session.execute(
            "insert into ACTIVATION_FEED.PARKED_ROW select 'crm', profile_id, 'update', md5(destination_key),"
            " payload_hash, %s, %s, 'batch-of-a-test', 'a test', current_timestamp()::timestamp_ntz"
            f" from {crm.feed} where profile_id = %s",
            [crm.mapping_version, LONG, profile],
        )
        yield profile
        session.execute("delete from ACTIVATION_FEED.PARKED_ROW where batch_id = 'batch-of-a-test'")


def test_a_refused_row_is_listed_and_tells_its_whole_reason_when_selected(
    visit: Callable[..., Any], refused: str
) -> None:
    page = visit("/decisions", "ada", "review")
    page.get_by_text("Write-back failures (1)").wait_for()
    grid = page.locator("[data-testid=stDataFrame]").first
    grid.wait_for()
    # The box of the first row, left of its first cell; the grid is a picture, and has no elements to click.
    grid.click(position={"x": 15, "y": 50})
    page.get_by_text(f"crm, update of {refused}").wait_for()
    page.locator("p.c360-reason", has_text="and that is the end of it <b>bold</b>").wait_for()

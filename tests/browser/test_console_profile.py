"""An auditor looks at a customer and at a column in the console, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from c360_assets.identity.labelled import tables
from lineage.find import find

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

Visit = Callable[..., Any]


def settled(page: Any) -> None:
    page.locator("[data-test-script-state='notRunning']").wait_for()


def fill(page: Any, label: str, text: str) -> None:
    field = page.get_by_label(label)
    field.fill(text)
    field.press("Enter")
    settled(page)


@pytest.fixture
def someone(first_run: Any) -> Iterator[tuple[str, str, str]]:
    """(profile id, e-mail, name) of a person whose e-mail only this person has; the log is emptied afterwards."""
    yield first_run.home.rows("""
select profile_id, email, full_name from GOLDEN_PROFILE.PERSON
where email is not null and email_is_valid and full_name is not null and member_count > 1
qualify count(*) over (partition by email) = 1 order by profile_id limit 1
""")[0]


def looks(first_run: Any, profile: str) -> list[tuple[Any, ...]]:
    return first_run.home.rows(
        f"select action, actor, purpose, is_masked from LINEAGE.ACCESS_LOG where subject = '{profile}' "
        "order by accessed_at, action"
    )


def test_personal_data_are_masked_until_a_purpose_is_given_and_every_look_is_logged(
    visit: Visit, first_run: Any, someone: tuple[str, str, str]
) -> None:
    profile, email, name = someone
    before = len(looks(first_run, profile))
    page = visit("/profile", "petra")
    fill(page, "Find", email)
    page.get_by_text("personal data masked").wait_for()
    page.locator("table.c360-rows td", has_text="family name").first.wait_for()
    # The search field itself holds what the auditor typed.
    assert email not in page.locator(".stMain").inner_text()
    assert name not in page.locator(".stMain").inner_text()
    masked = looks(first_run, profile)[before:]
    assert sorted(masked) == [("find", "petra", "none given", True), ("view", "petra", "none given", True)]
    fill(page, "Purpose", "complaint 4711")
    page.locator("table.c360-rows td", has_text=name).first.wait_for()
    assert email in page.locator(".stMain").inner_text()
    page.locator("[data-testid='stGraphVizChart'] svg").wait_for()
    shown = looks(first_run, profile)[before + 2 :]
    assert ("view", "petra", "complaint 4711", False) in shown
    page.get_by_role("button", name="Export as JSON").click()
    page.get_by_role("button", name="Download").wait_for()
    assert ("export", "petra", "complaint 4711", False) in looks(first_run, profile)


def test_versions_consents_and_deliveries_are_there(
    visit: Visit, first_run: Any, someone: tuple[str, str, str]
) -> None:
    page = visit(f"/profile?profile={someone[0]}", "petra")
    page.get_by_text("Versions").click()
    page.get_by_text("Version 1, from").wait_for()
    page.get_by_text("Deliveries").click()
    settled(page)
    delivered = first_run.home.rows(f"select count(*) from ACTIVATION_FEED.RECEIPT where profile_id = '{someone[0]}'")[
        0
    ][0]
    if delivered:
        page.locator("table.c360-rows th", has_text="destination").wait_for()
    else:
        page.get_by_text("was ever delivered").wait_for()


def test_a_search_finds_by_what_people_have_and_takes_it_for_nothing_else(
    first_run: Any, someone: tuple[str, str, str]
) -> None:
    profile, email, name = someone
    with first_run.home.warehouse() as session:
        record = session.scalar("select min(record_key) from MATCH_CLUSTER.CLUSTER where profile_id = %s", [profile])
        for value in (profile, email, name, name.lower(), record, record.split(":", 2)[2]):
            assert profile in {found.profile_id for found in find(session, value)}, value
        for nothing in ("", "%", "_", "' or '1'='1", "x'; drop schema GOLDEN_PROFILE; --", "\\"):
            assert find(session, nothing) == [], nothing


def test_a_column_can_be_followed_back_to_the_file_it_comes_from(visit: Visit) -> None:
    page = visit("/lineage", "petra")
    page.locator("[data-testid='stGraphVizChart'] svg").wait_for()
    for label, value in (("Dataset", "SOURCE_SNAPSHOT.HUBSPOT__CONTACT"), ("Column", "email")):
        box = page.get_by_label(label)
        box.click()
        box.fill(value)
        box.press("Enter")
        settled(page)
    page.get_by_text("hubspot/contacts").first.wait_for()
    page.locator("[data-testid='stGraphVizChart'] svg text", has_text="email").first.wait_for()


def test_an_id_is_told_as_it_was(visit: Visit, someone: tuple[str, str, str]) -> None:
    page = visit("/profile_history", "petra")
    fill(page, "Profile id", someone[0])
    page.get_by_text("active now").wait_for()
    fill(page, "Profile id", "per_00000000000000000000")
    page.get_by_text("not given to anybody").wait_for()


def test_drawn_pairs_are_labelled_by_key_and_no_decision_comes_of_it(visit: Visit, first_run: Any) -> None:
    page = visit("/evaluate", "petra", "evaluation")
    try:
        page.get_by_role("button", name="Draw").click()
        page.get_by_text("0 of 200 drawn pairs have a label").wait_for(timeout=120_000)
        page.locator("table.c360-pair").wait_for()
        assert "per_" not in page.locator("table.c360-pair").inner_text()
        for number, key in enumerate("sd", 1):
            settled(page)
            page.keyboard.press(key)
            page.get_by_text(f"{number} of 200 drawn pairs have a label").wait_for()
        page.get_by_text("What the labels say").wait_for()
        assert first_run.home.rows(f"select label, labelled_by from {tables.LABEL} order by labelled_at") == [
            ("same", "petra"),
            ("different", "petra"),
        ]
        assert first_run.home.rows("select count(*) from MATCH_CLUSTER.STEWARD_DECISION") == [(0,)]
    finally:
        with first_run.home.warehouse() as session:
            for table in (tables.DRAW, tables.STRATUM, tables.PAIR, tables.LABEL, tables.ESTIMATE):
                session.execute(f"drop table if exists {table}")

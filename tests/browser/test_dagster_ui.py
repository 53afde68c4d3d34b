"""What a person sees in the Dagster UI after a run, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from c360_assets.stages import Stage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def shows(page: Any, *texts: str) -> None:
    """Wait until the page shows all of the texts."""
    for text in texts:
        page.get_by_text(text).first.wait_for()


def test_the_five_groups_lie_from_left_to_right_in_flow_order(page: Any) -> None:
    page.goto("/asset-groups")
    lefts = []
    for stage in Stage:
        # A group's node in the graph; the sidebar lists the same names without tooltips.
        node = page.locator(f"[data-tooltip='{stage.value}']").first
        node.wait_for()
        lefts.append(node.bounding_box()["x"])
    assert lefts == sorted(set(lefts)), dict(zip(Stage, lefts, strict=True))
    assert page.locator("[data-tooltip]").filter(has_text="default").count() == 0


def test_no_dialog_lies_over_the_first_page(page: Any) -> None:
    page.goto("/")
    page.get_by_text("Overview").first.wait_for()
    assert page.get_by_role("dialog").count() == 0


def test_a_golden_table_shows_its_rows_owner_columns_and_checks(page: Any, first_run: Any) -> None:
    rows = first_run.done.summary["profiles"]["organization"]["profiles"]
    page.goto("/assets/golden_profile/organization")
    shows(page, "Latest check results", "Row count", "customer-data", "One row per customer that is a company.")
    box = page.get_by_text("Row count", exact=True).first.locator("xpath=../..")
    assert f"{rows:,}" in box.inner_text()
    shows(page, "profile_id")
    page.goto("/assets/golden_profile/organization?view=checks")
    shows(page, "contract", "Succeeded")
    assert page.get_by_text("Failed", exact=True).count() == 0


def test_a_source_shows_owner_cadence_and_limitations(page: Any) -> None:
    page.goto("/assets/source_snapshot/salesforce__account")
    shows(page, "Row count", "team:revenue-operations", "refresh cadence", "hourly", "known limitations")
    shows(page, "Accounts are entered by hand", "sensitivity: personal")


def test_the_run_stands_in_the_history_as_a_success(page: Any, first_run: Any) -> None:
    page.goto("/runs")
    shows(page, first_run.done.summary["run_id"][:8], "full_refresh", "Success")

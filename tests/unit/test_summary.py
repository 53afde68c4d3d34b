"""The summary on a terminal: what is there, and what is missing, once."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from c360_assets.commands.summary import render

SUMMARY: dict[str, Any] = {
    "run_id": "r",
    "success": True,
    "failed_steps": {},
    "stopped_steps": {},
    "records": {"depot": 1200, "hubspot": 7, "salesforce": 0},
    "without_files": [
        "hubspot:email_event (hubspot/email_events*)",
        "salesforce:account (salesforce/Account*.csv*)",
        "salesforce:contact (salesforce/Contact*.csv*)",
    ],
    "profiles": {},
    "feeds": {},
    "stages": {},
    "files": {"loaded": 2, "rejected": 0, "rows_quarantined": 0},
    "checks": {"passed": 1, "warned": 0, "failed": 0, "failed_names": []},
    "waiting_for_review": 0,
    "held_back": 0,
    "lineage_events": 0,
    "seconds": 1.0,
    "warehouse_seconds": 1.0,
}


def shown(**change: Any) -> str:
    console = Console(width=200)
    with console.capture() as text:
        console.print(render(SUMMARY | change))
    return text.get()


def test_a_system_that_is_not_used_is_named_once_and_one_that_lacks_a_file_by_its_object() -> None:
    text = shown()
    assert "1,200" in text
    assert text.count("salesforce") == 1
    assert "no files in the landing zone for: hubspot:email_event, salesforce\n" in text


def test_what_was_held_back_is_told_apart_from_what_failed() -> None:
    held = shown(success=False, stopped_steps={"golden_profile_contracts": "1 blocking asset check failed"})
    assert "HELD BACK at golden_profile_contracts" in held
    assert "FAILED" not in held
    failed = shown(success=False, failed_steps={"match_cluster_build": "no such table"})
    assert "FAILED match_cluster_build: no such table" in failed
    assert "HELD BACK" not in failed

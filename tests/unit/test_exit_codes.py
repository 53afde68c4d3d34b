"""What `c360 run` ends with, by its summary."""

from __future__ import annotations

import pytest

from c360_assets.commands.run import exit_code

CHECK = {"golden_profile_contracts": "1 blocking asset check failed"}
STEP = {"match_cluster_build": "no such table"}


@pytest.mark.parametrize(
    ("success", "failed", "stopped", "broken_checks", "code"),
    [
        (True, {}, {}, 0, 0),
        (True, {}, {}, 1, 3),
        (False, {}, CHECK, 1, 3),
        (False, STEP, {}, 0, 1),
        (False, STEP, CHECK, 1, 1),
        (False, {}, {}, 0, 1),
    ],
)
def test_errors_come_before_checks(success: bool, failed: dict, stopped: dict, broken_checks: int, code: int) -> None:
    summary = {
        "success": success,
        "failed_steps": failed,
        "stopped_steps": stopped,
        "checks": {"failed": broken_checks},
    }
    assert exit_code(summary) == code

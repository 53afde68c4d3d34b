"""Dagster's own commands work on the repository as it stands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from c360_assets.settings import PROJECT_ROOT
from c360_assets.sources.declared import load_declarations


@pytest.fixture(scope="module")
def definitions(first_run: Any) -> dg.Definitions:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("C360_HOME", str(first_run.home.path))
        from c360_assets.definitions import defs

        return defs()


def test_every_job_resolves(definitions: dg.Definitions) -> None:
    declared = load_declarations(PROJECT_ROOT / "c360_assets/defs/source_snapshot")
    repository = definitions.get_repository_def()
    names = {job.name for job in repository.get_all_jobs()}
    assert {"full_refresh", "consent_alone", *(f"refresh_{system.system}" for system in declared)} <= names
    for name in names:
        assert definitions.resolve_job_def(name).nodes or name.startswith("__"), name


def test_schedules_and_sensors_stay_off_until_somebody_turns_them_on(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    assert repository.schedule_defs
    assert {s.default_status for s in repository.schedule_defs} == {dg.DefaultScheduleStatus.STOPPED}
    assert {s.default_status for s in repository.sensor_defs} == {dg.DefaultSensorStatus.STOPPED}


def test_a_source_alone_takes_along_only_what_comes_of_it(definitions: dg.Definitions) -> None:
    selected = definitions.resolve_job_def("refresh_stripe").asset_layer.selected_asset_keys
    sources = {key.path[1].split("__")[0] for key in selected if key.path[0] == "source_snapshot"}
    assert sources == {"stripe"}
    assert dg.AssetKey(["golden_profile", "organization"]) in selected


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["dagster", "definitions", "validate", "-w", "workspace.yaml"],
        ["dg", "check", "defs"],
        ["dg", "list", "defs", "--json"],
    ],
)
def test_dagsters_commands_take_the_repository(command: list[str], tmp_path: Path) -> None:
    tool = Path(sys.executable).parent / command[0]
    environment = os.environ | {"C360_HOME": str(tmp_path / "home"), "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [str(tool), *command[1:]], cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

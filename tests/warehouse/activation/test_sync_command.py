"""`c360 sync` as a command: its exit codes, what it prints, and the events of what went well and what did not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from simulators.hubspot import HubSpotSimulator
from toy_world import World

from c360_assets.activation.limits import Guard
from c360_assets.activation.plan import PlanError
from c360_assets.commands import sync
from c360_assets.components import stage_lineage
from c360_assets.warehouse import Warehouse

Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def world(warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with HubSpotSimulator() as server:
        world = World(warehouse, "hubspot", server, tmp_path, guard=Guard())
        connection = {"url": "TOY_URL", "token": "TOY_TOKEN"}
        world.destination = replace(world.destination, connection=connection)
        monkeypatch.setenv("TOY_URL", server.url)
        monkeypatch.setenv("TOY_TOKEN", "pat-token")
        monkeypatch.setattr(sync, "load_destinations", lambda: [world.destination])
        monkeypatch.setattr(sync, "load_settings", lambda: warehouse.settings)
        # Those of the pipeline are dbt's to tell, which takes its time and is not looked at here.
        delivered = frozenset({f"{warehouse.settings.database}.ACTIVATION_FEED.DESTINATION_STATE"})
        monkeypatch.setattr(stage_lineage, "asset_tables", lambda settings: delivered)
        yield world


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(plan: bool = False, apply: bool = False, approved: str | None = None) -> tuple[int, Any]:
        capsys.readouterr()
        code = sync.run_sync("toy", plan, apply, approved, True)
        return code, json.loads(capsys.readouterr().out or "null")

    return asked


def events(world: World) -> list[str]:
    """The types of the delivery's events, in order."""
    return [
        kind
        for (kind,) in world.warehouse.rows(
            "select event_type from LINEAGE.OPENLINEAGE_OUTBOX where job_name like '%toy_delivery%'"
            " order by event_time, event_type desc"
        )
    ]


def test_all_told_is_0_a_plan_that_waits_3_and_its_approval_lets_it_go(world: World, ask: Ask) -> None:
    for number in range(20):
        world.put(f"per_{number:02d}")
    code, (shown,) = ask(plan=True)
    assert (code, shown["rows"], shown["counts"]["create"]) == (0, 20, 20)
    code, (told,) = ask(apply=True)
    assert (code, told["outcomes"]["delivered"]) == (0, 20)
    with pytest.raises(PlanError, match="no plan that could be applied"):
        ask(apply=True)
    for number in range(10):
        world.remove(f"per_{number:02d}")
    code, (shown,) = ask(plan=True)
    assert code == 3 and "10 deletes" in shown["waits_because"]
    assert ask()[0] == 3
    with pytest.raises(PlanError, match="waits for a person"):
        ask(apply=True)
    assert ask(approved=shown["plan_id"])[0] == 0
    code, (told,) = ask()
    assert (code, told["outcomes"]["delivered"]) == (0, 10)


def test_a_refused_row_or_a_destination_that_is_shut_is_1_and_the_latter_fails_in_the_lineage(
    world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.warehouse.execute("drop table if exists LINEAGE.OPENLINEAGE_OUTBOX")
    world.put("per_1")
    monkeypatch.setenv("TOY_TOKEN", "another")
    code, (told,) = ask()
    assert (code, told["outcomes"]["pending"]) == (1, 1) and "credentials" in told["stopped"]
    assert events(world) == ["START", "FAIL"]
    monkeypatch.setenv("TOY_TOKEN", "pat-token")
    assert ask()[0] == 0 and events(world) == ["START", "FAIL", "START", "COMPLETE"]
    world.server.invalid_names = {"Bad"}  # type: ignore[union-attr]
    world.put("per_2", "Bad")
    assert ask()[0] == 1
    failed = world.warehouse.scalar(
        "select to_json(event) from LINEAGE.OPENLINEAGE_OUTBOX where event_type = 'FAIL' limit 1"
    )
    assert "credentials" in failed and "per_1" not in failed and "another" not in failed

"""A destination as Dagster runs it: how far it has come, what it tells of itself, and what its checks say."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from simulators.hubspot import HubSpotSimulator
from toy_world import World

from c360_assets.activation.limits import Guard
from c360_assets.components import destination, stage_lineage
from c360_assets.components.resources import WarehouseResource
from c360_assets.warehouse import Warehouse

Served = Callable[[], dg.ExecuteInProcessResult]


@pytest.fixture
def world(warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    settings = warehouse.settings
    with HubSpotSimulator() as server:
        world = World(warehouse, "hubspot", server, tmp_path, guard=Guard())
        world.destination = replace(world.destination, connection={"url": "TOY_URL", "token": "TOY_TOKEN"})
        given = {"TOY_URL": server.url, "TOY_TOKEN": "pat-token", "C360_HOME": str(settings.home),
                 "SNOWFLAKE_DATABASE": settings.database}  # fmt: skip
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        # Those of the pipeline are dbt's to tell, which takes its time and is not looked at here.
        delivered = frozenset({f"{settings.database}.ACTIVATION_FEED.DESTINATION_STATE"})
        monkeypatch.setattr(stage_lineage, "asset_tables", lambda settings: delivered)
        monkeypatch.setattr(destination, "_TOLD_SECONDS", 0.0)
        yield world


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as found:
        yield found


@pytest.fixture
def served(world: World, instance: dg.DagsterInstance) -> Served:
    def serve() -> dg.ExecuteInProcessResult:
        (asset,) = destination.Destination(world.destination).build_defs(None).assets or ()  # type: ignore[arg-type]
        resources = {"warehouse": WarehouseResource()}
        return dg.materialize([asset], instance=instance, resources=resources, raise_on_error=False)

    return serve


def told(result: dg.ExecuteInProcessResult) -> tuple[dict[str, Any], dict[str, bool]]:
    """The materialisation's metadata, and its checks by name."""
    (materialization,) = result.asset_materializations_for_node("toy_delivery")
    metadata = {name: value.value for name, value in materialization.metadata.items()}
    return metadata, {check.check_name: check.passed for check in result.get_asset_check_evaluations()}


def test_it_says_how_far_it_has_come_and_then_what_became_of_the_rows(
    world: World, served: Served, instance: dg.DagsterInstance, caplog: pytest.LogCaptureFixture
) -> None:
    world.fill(230)
    with caplog.at_level(logging.INFO, "c360.activation"):
        result = served()
    lines = [record.getMessage() for record in caplog.records if record.name == "c360.activation"]
    far = [re.fullmatch(r"toy: (\d+) of 230 rows, [\d,]+ a second, (\d+) pending", line) for line in lines[:-1]]
    done = [int(found[1]) for found in far if found]
    # Three batches, each told when it was taken.
    assert len(done) == len(far) == 3 and done == sorted(set(done)) and done[-1] == 230
    assert all(int(found[1]) + int(found[2]) == 230 for found in far if found)
    assert lines[-1] == "toy: 230 create, 0 update, 0 delete; 0 held back"
    metadata, checks = told(result)
    assert {name: metadata[name] for name in ("dagster/row_count", "delivered", "create", "rejected rows")} == {
        "dagster/row_count": 230, "delivered": 230, "create": 230, "rejected rows": 0,
    }  # fmt: skip
    assert metadata["plan"] == world.rows("SYNC_PLAN", "plan_id")[0][0] and metadata["seconds"] > 0
    assert checks == {"acknowledged_equals_planned": True, "nothing_without_consent": True}
    run = instance.get_run_by_id(result.run_id)
    assert run and run.tags["c360/toy"] == "230 of 230"


def test_a_plan_that_waits_and_a_row_that_is_refused_are_warned_of(world: World, served: Served) -> None:
    world.fill(40)
    served()
    for number in range(10):
        world.remove(f"per_{number:08d}")
    result = served()
    assert result.success and told(result)[1]["acknowledged_equals_planned"] is False
    (check,) = (c for c in result.get_asset_check_evaluations() if c.check_name == "acknowledged_equals_planned")
    assert check.severity is dg.AssetCheckSeverity.WARN and "10 deletes" in str(check.metadata["waits because"].value)
    world.fill(40)
    world.server.invalid_names = {"Bad"}  # type: ignore[union-attr]
    world.put("per_00000001", "Bad")
    metadata, checks = told(served())
    assert (metadata["rejected rows"], checks["acknowledged_equals_planned"]) == (1, False)


def test_a_destination_that_is_shut_fails_its_asset_without_naming_its_secret(
    world: World, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put("per_1")
    monkeypatch.setenv("TOY_TOKEN", "another-secret")
    result = served()
    failed = " ".join(str(event.event_specific_data) for event in result.all_events if event.is_failure)
    assert not result.success and "toy: HTTP 401: the credentials are not accepted" in failed
    assert "another-secret" not in failed

"""Kill -9 in the middle of syncs: nothing is lost, nothing is doubled."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from simulators.hubspot import HubSpotSimulator
from simulators.webhook import WebhookSimulator
from toy_world import World

from c360_assets.settings import PROJECT_ROOT
from c360_assets.warehouse import Warehouse

HERE = Path(__file__).resolve().parent
SIGKILLED = -9


class Nursery:
    """The process that forks the syncs."""

    def __init__(self, process: Any) -> None:
        self.process = process

    def sync(self, kill_at: int = 0) -> int:
        self.process.stdin.write(json.dumps({"kill_at": kill_at}) + "\n")
        self.process.stdin.flush()
        return int(json.loads(self.process.stdout.readline()))


@contextmanager
def nursery(world: World, url: str) -> Iterator[Nursery]:
    settings = world.warehouse.settings
    environ = os.environ | {
        "C360_HOME": str(settings.home), "SNOWFLAKE_DATABASE": settings.database,
        "PYTHONPATH": os.pathsep.join(map(str, (PROJECT_ROOT, PROJECT_ROOT / "tests", HERE))),
    }  # fmt: skip
    command = [sys.executable, "-W", "ignore", str(HERE / "killed_sync.py"), world.destination.connector, url,
               str(world.outbox)]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stdout and process.stdout.readline() == "ready\n"
        try:
            yield Nursery(process)
        finally:
            assert process.stdin
            process.stdin.close()


def nothing_lost_and_nothing_doubled(world: World) -> None:
    feed = dict(world.rows("TOY_FEED", "profile_id, name"))
    assert dict(world.rows("DESTINATION_STATE", "profile_id, payload_hash")) == dict(
        world.rows("TOY_FEED", "profile_id, payload_hash")
    )
    receipts = Counter(world.rows("RECEIPT", "profile_id, batch_id"))
    assert not receipts or max(receipts.values()) == 1
    server: Any = world.server
    if world.destination.connector == "hubspot":
        assert {key: record["name"] for key, record in server.by_profile().items()} == feed
        assert len(server.records["contacts"]) == len(feed)
    else:
        assert {key: record["name"] for key, record in server.held.items()} == feed
        assert Counter(event["id"] for event in server.events).most_common(1)[0][1] == 1
    for rows, *outcomes in world.rows(
        "SYNC_PLAN", "plan_rows, delivered, rejected, suppressed, pending", "status = 'applied'"
    ):
        assert rows == sum(outcomes)
    assert not world.rows("SYNC_PLAN", "plan_id", "status = 'applying'")


def kill_and_finish(
    warehouse: Warehouse, outbox: Path, connector: str, rows: int, kills: int, steps: int, seed: int
) -> int:
    choose = random.Random(seed)
    simulator = HubSpotSimulator if connector == "hubspot" else WebhookSimulator
    killed = 0
    with simulator() as server:
        world = World(warehouse, connector, server, outbox)
        world.fill(rows)
        with nursery(world, server.url) as syncs:
            for number in range(kills):
                exit_code = syncs.sync(choose.randint(1, steps))
                assert exit_code in (0, SIGKILLED)
                killed += exit_code == SIGKILLED
                if exit_code == 0 or number == kills // 2:
                    # Where a sync was done before its step came, or half way: there is something to tell again.
                    warehouse.execute(
                        "update ACTIVATION_FEED.TOY_FEED set name = name || 'x', payload_hash = md5(payload_hash)"
                        f" where profile_id like '%{choose.randint(0, 9)}'"
                    )
                    warehouse.execute(
                        f"delete from ACTIVATION_FEED.TOY_FEED where profile_id like '%{choose.randint(10, 99)}'"
                    )
            assert syncs.sync() == 0
        nothing_lost_and_nothing_doubled(world)
        if connector == "hubspot":
            assert server.created == rows
    return killed


@pytest.mark.parametrize("connector", ["hubspot", "webhook"])
def test_syncs_that_are_killed_anywhere_end_as_one_that_is_not(
    connector: str, warehouse: Warehouse, tmp_path: Path
) -> None:
    assert kill_and_finish(warehouse, tmp_path, connector, rows=350, kills=8, steps=90, seed=3) >= 5


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_hundred_kills_of_a_sync_of_ten_thousand_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    killed = 0
    for seed in range(2):
        killed += kill_and_finish(warehouse, tmp_path, "hubspot", rows=10_000, kills=60, steps=320, seed=seed)
    assert killed >= 100

"""Kill -9 at points spread over the whole of a sync that creates, updates, merges and deletes: what was acknowledged
had arrived, and the next sync ends as if there had been no kill: nothing lost, nothing doubled, sums that agree."""

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
from simulators.server import Simulator
from simulators.webhook import WebhookSimulator
from toy_world import World

from c360_assets.settings import PROJECT_ROOT
from c360_assets.warehouse import Warehouse
from lineage.verification.chain_check import check_chains

HERE = Path(__file__).resolve().parent
SIGKILLED = -9
SIMULATORS: dict[str, type[Simulator]] = {"hubspot": HubSpotSimulator, "webhook": WebhookSimulator}


class Nursery:
    """The process that forks the syncs."""

    def __init__(self, process: Any, steps_file: Path) -> None:
        self.process, self.steps_file = process, steps_file

    def sync(self, kill_at: int = 0) -> int:
        self.process.stdin.write(json.dumps({"kill_at": kill_at}) + "\n")
        self.process.stdin.flush()
        return int(json.loads(self.process.stdout.readline()))

    def steps(self) -> int:
        """How many steps the last whole sync had."""
        return int(self.steps_file.read_text())


@contextmanager
def nursery(world: World, url: str, concurrency: int) -> Iterator[Nursery]:
    settings = world.warehouse.settings
    steps_file = world.outbox / "steps"
    environ = os.environ | {
        "C360_HOME": str(settings.home), "SNOWFLAKE_DATABASE": settings.database, "CONCURRENCY": str(concurrency),
        "PYTHONPATH": os.pathsep.join(map(str, (PROJECT_ROOT, PROJECT_ROOT / "tests", HERE))),
        "STEPS_FILE": str(steps_file),
    }  # fmt: skip
    command = [sys.executable, "-W", "ignore", str(HERE / "killed_sync.py"), world.destination.connector, url,
               str(world.outbox)]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stdout and process.stdout.readline() == "ready\n"
        try:
            yield Nursery(process, steps_file)
        finally:
            assert process.stdin
            process.stdin.close()


class Scene:
    """A destination that holds a feed, and a feed that has moved on since by so many rows."""

    def __init__(self, warehouse: Warehouse, outbox: Path, server: Any, connector: str, rows: int) -> None:
        self.world, self.server, self.warehouse, self.rows = (
            World(warehouse, connector, server, outbox),
            server,
            warehouse,
            rows,
        )
        held, merged, gone = rows * 8 // 10, rows // 100, rows * 9 // 100
        self.world.fill(held)
        assert self.world.sync().delivered == held
        self.created = rows - held
        self.heirs = {f"per_{n:08d}": f"per_{n + gone:08d}" for n in range(merged)}
        number = "to_number(substr(profile_id, 5))"
        warehouse.script(
            [
                "insert into MATCH_CLUSTER.PROFILE_REGISTRY (profile_id, entity_kind, founder_record_key, status,"
                " merged_into)"
                f" select profile_id, 'person', 'r', 'merged', 'per_' || lpad(({number} + {gone})::varchar, 8, '0')"
                f" from ACTIVATION_FEED.TOY_FEED where {number} < {merged}",
                f"delete from ACTIVATION_FEED.TOY_FEED where {number} < {gone}",
                "update ACTIVATION_FEED.TOY_FEED set name = 'Bo ' || name, payload_hash = md5(payload_hash)",
                "insert into ACTIVATION_FEED.TOY_FEED"
                " select key, key, key || '@x.example', 'New', md5(key), 'contract', 'h'"
                f" from (select 'per_' || lpad((seq4() + {held})::varchar, 8, '0') as key"
                f" from table(generator(rowcount => {self.created})))",
            ]
        )
        self.told_before = held
        self.feed = dict(self.world.rows("TOY_FEED", "profile_id, name"))
        self.simulated = server.remember()
        self.tables = [
            f"{schema}.{table}"
            for schema, table in warehouse.rows(
                "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
                " and table_schema in ('ACTIVATION_FEED', 'LINEAGE', 'MATCH_CLUSTER', 'GOLDEN_PROFILE')"
            )
        ]
        self.filled = {table for table in self.tables if warehouse.scalar(f"select count(*) from {table}")}
        warehouse.execute("create schema if not exists SAVED")
        for table in sorted(self.filled):
            warehouse.execute(f"create or replace table SAVED.{table.replace('.', '__')} as select * from {table}")

    def go_back(self) -> None:
        self.server.go_back(self.simulated)
        for table in self.tables:
            self.warehouse.execute(f"truncate table {table}")
            if table in self.filled:
                self.warehouse.execute(f"insert into {table} select * from SAVED.{table.replace('.', '__')}")

    def held(self) -> dict[str, str]:
        records = self.server.by_profile() if self.world.destination.connector == "hubspot" else self.server.held
        return {profile: record["name"] for profile, record in records.items()}

    def nothing_is_acknowledged_that_did_not_arrive(self) -> None:
        held = self.held()
        for profile, operation in self.receipts():
            assert held.get(profile) == (self.feed[profile] if operation in ("create", "update") else None)

    def nothing_is_lost_and_nothing_doubled(self) -> None:
        assert self.held() == self.feed
        state = dict(self.world.rows("DESTINATION_STATE", "profile_id, payload_hash"))
        assert state == dict(self.world.rows("TOY_FEED", "profile_id, payload_hash"))
        told = self.receipts()
        assert len(told) == self.rows and max(Counter(profile for profile, _ in told).values()) == 1
        if self.world.destination.connector == "hubspot":
            assert self.server.created == self.told_before + self.created
            assert self.server.redirects == self.heirs
        else:
            assert Counter(event["id"] for event in self.server.events).most_common(1)[0][1] == 1
            assert len(self.server.events) == self.told_before + self.rows
        plans = self.world.rows(
            "SYNC_PLAN", "plan_rows, delivered, rejected, suppressed, pending", "status = 'applied'"
        )
        assert plans and all(rows == sum(outcomes) for rows, *outcomes in plans)
        assert not self.world.rows("SYNC_PLAN", "plan_id", "status = 'applying'")
        assert not self.world.rows("SYNC_BATCH", "batch_id", "status <> 'done'")
        assert not check_chains(self.warehouse)

    def receipts(self) -> list[tuple[str, str]]:
        return self.world.rows("RECEIPT", "profile_id, operation", "run_id like 'run-%' and status = 'delivered'")


def kill_everywhere(
    warehouse: Warehouse, outbox: Path, connector: str, rows: int, kills: int, concurrency: int = 1
) -> int:
    """Returns how many syncs were killed; each at a point of its own, every third of the next syncs as well."""
    choose = random.Random(rows)
    killed = 0
    with SIMULATORS[connector]() as server:
        server.keeps_requests = False
        scene = Scene(warehouse, outbox, server, connector, rows)
        with nursery(scene.world, server.url, concurrency) as syncs:
            assert syncs.sync() == 0
            scene.nothing_is_lost_and_nothing_doubled()
            steps = syncs.steps()
            points = {1 + round(number * (steps - 1) / max(kills - 1, 1)) for number in range(kills)}
            assert len(points) == kills
            for number, point in enumerate(sorted(points)):
                scene.go_back()
                assert syncs.sync(point) == SIGKILLED
                scene.nothing_is_acknowledged_that_did_not_arrive()
                killed += 1
                if number % 3 == 1:
                    killed += syncs.sync(choose.randint(1, steps)) == SIGKILLED
                    scene.nothing_is_acknowledged_that_did_not_arrive()
                assert syncs.sync() == 0
                scene.nothing_is_lost_and_nothing_doubled()
    return killed


@pytest.mark.parametrize(("connector", "concurrency", "kills"), [("hubspot", 1, 3), ("webhook", 3, 2)])
def test_syncs_that_are_killed_anywhere_end_as_one_that_is_not(
    connector: str, concurrency: int, kills: int, warehouse: Warehouse, tmp_path: Path
) -> None:
    assert kill_everywhere(warehouse, tmp_path, connector, 200, kills, concurrency) >= kills


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.parametrize(("connector", "concurrency"), [("hubspot", 1), ("webhook", 3)])
def test_a_sync_of_ten_thousand_rows_killed_at_a_hundred_points(
    connector: str, concurrency: int, warehouse: Warehouse, tmp_path: Path
) -> None:
    assert kill_everywhere(warehouse, tmp_path, connector, rows=10_000, kills=100, concurrency=concurrency) >= 100

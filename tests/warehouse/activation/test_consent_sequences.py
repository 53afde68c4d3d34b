"""Random sequences of consent, edits, merges, splits, faults and syncs: nobody is told of without consent, ever, and at
the end the destination is what the feed is.

Hundreds of sequences run side by side in one warehouse, so that a statement of the planner serves them all. Hypothesis
chooses when all take a step, when there is a sync and what goes wrong with it; a seed that it draws makes each
sequence's steps its own. The one that fails tells its whole history.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from many_worlds import Worlds
from simulators.braze import BrazeSimulator
from simulators.hubspot import HubSpotSimulator
from simulators.server import Fault
from simulators.webhook import WebhookSimulator
from toy_world import FAST, World

from c360_assets.warehouse import Warehouse

SIMULATORS: dict[str, Any] = {"hubspot": HubSpotSimulator, "braze": BrazeSimulator, "webhook": WebhookSimulator}
FAULTS = [Fault("lost"), Fault("truncated"), Fault("status", 500), Fault("status", 429, {"Retry-After": "0"})]
SEQUENCES = int(os.environ.get("C360_SEQUENCES", "10000"))
SIDE_BY_SIDE, ROUNDS = 400, 4
seeds = st.integers(0, 2**31)


class Destination:
    """One of the simulators, with worlds that it is told of."""

    def __init__(self, connector: str, warehouse: Warehouse, other: Warehouse, side_by_side: int, seed: int) -> None:
        self.connector, self.server = connector, SIMULATORS[connector]()
        self.server.keeps_requests = False
        self.server.invalid_names = {"Poison"}
        self.server.__enter__()
        world = World(warehouse, connector, self.server, Path(tempfile.mkdtemp()), channel="email")
        # Many small batches: after each of them somebody may change his mind.
        world.destination = replace(world.destination, limits=replace(FAST, batch_rows=max(5, side_by_side // 12)))
        self.worlds = Worlds(world, other, side_by_side, seed)
        self.server.before = self.worlds.watch
        self.worlds.sync(seed, withdraw=False, settle=True)

    def live(self, seed: int, steps: int, faults: list[Fault], withdraw: bool, settle: bool) -> None:
        """So many steps of every sequence, and a sync."""
        for number in range(steps):
            self.worlds.step(seed + number)
        self.server.faults.extend(faults)
        self.worlds.sync(seed, withdraw, settle)
        self.server.faults.clear()

    def end(self) -> None:
        """A quiet sync settles what faults left in doubt; after it there is nothing to tell."""
        self.worlds.sync(0, withdraw=False, settle=True)
        held = (
            self.server.users if self.connector == "braze" else self.server.held if self.connector == "webhook" else {}
        )
        if self.connector == "hubspot":
            held = self.server.by_profile()
            assert len(self.server.records["contacts"]) == len(held)
        names = {profile: record["name"] for profile, record in held.items()}
        self.worlds.compare(names)
        assert self.worlds.world.sync().planned == 0
        self.server.__exit__()


class Sequences(RuleBasedStateMachine):
    """One example is as many sequences as run side by side."""

    warehouse: Warehouse
    other: Warehouse
    destination: Destination | None = None

    @initialize(connector=st.sampled_from(sorted(SIMULATORS)), seed=seeds)
    def begin(self, connector: str, seed: int) -> None:
        self.destination = Destination(connector, self.warehouse, self.other, SIDE_BY_SIDE, seed)

    @rule(
        seed=seeds, steps=st.integers(1, 5), faults=st.lists(st.sampled_from(FAULTS), max_size=8),
        withdraw=st.booleans(), settle=st.booleans(),
    )  # fmt: skip
    def live(self, seed: int, steps: int, faults: list[Fault], withdraw: bool, settle: bool) -> None:
        assert self.destination
        self.destination.live(seed, steps, faults, withdraw, settle)

    def teardown(self) -> None:
        if self.destination:
            self.destination.end()


def test_no_sequence_leaks_and_every_one_ends_as_the_feed(warehouse: Warehouse) -> None:
    with Warehouse(warehouse.settings) as other:
        destination = Destination("hubspot", warehouse, other, side_by_side=60, seed=1)
        destination.live(2, steps=4, faults=[FAULTS[0], FAULTS[3]], withdraw=True, settle=False)
        destination.live(3, steps=4, faults=[], withdraw=True, settle=True)
        destination.end()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_sequences(warehouse: Warehouse) -> None:
    with Warehouse(warehouse.settings) as other:
        Sequences.warehouse, Sequences.other = warehouse, other
        run_state_machine_as_test(
            Sequences,
            settings=settings(
                max_examples=-(-SEQUENCES // SIDE_BY_SIDE), stateful_step_count=ROUNDS, deadline=None,
                suppress_health_check=list(HealthCheck), database=None,
            ),
        )  # fmt: skip

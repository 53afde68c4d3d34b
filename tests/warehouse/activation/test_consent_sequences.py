"""Random sequences of consent, edits, merges, splits, faults and syncs: nobody is told of without consent, ever, and at
the end the destination is what the feed is. The oracle is a few dictionaries."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from simulators.hubspot import HubSpotSimulator
from simulators.server import Fault, Request
from toy_world import World

from c360_assets.warehouse import Warehouse

PROFILES = [f"per_{letter}" for letter in "abcdef"]
NAMES = ["Ann", "Bo", "Cy", "Poison"]
profiles, names = st.sampled_from(PROFILES), st.sampled_from(NAMES)
FAULTS = [Fault("lost"), Fault("truncated"), Fault("status", 500), Fault("status", 429, {"Retry-After": "0"})]
EXAMPLES, STEPS = int(os.environ.get("C360_SEQUENCES", "6")), int(os.environ.get("C360_SEQUENCE_STEPS", "14"))


class Sequences(RuleBasedStateMachine):
    """The model: who is in the feed by which name, and who agreed."""

    warehouse: Warehouse

    def __init__(self) -> None:
        super().__init__()
        self.server = HubSpotSimulator()
        self.server.invalid_names = {"Poison"}
        self.server.before = self.watch
        self.server.__enter__()
        outbox = Path(tempfile.mkdtemp())
        self.world = World(self.warehouse, "hubspot", self.server, outbox, channel="email")
        self.feed: dict[str, str] = {}
        self.agreed: set[str] = set()
        self.merged: dict[str, str] = {}
        self.leaks: list[str] = []
        self.withdraw_next: str | None = None
        for profile in PROFILES[:4]:
            self.decide(profile, "granted")
            self.put(profile, "Ann")

    def watch(self, request: Request) -> None:
        """Every request, at the moment at which it arrives."""
        if not request.path.endswith("/upsert"):
            return
        for each in request.json["inputs"]:
            if each["id"] not in self.agreed:
                self.leaks.append(each["id"])
        # After this request: the next one must know.
        if self.withdraw_next:
            self.agreed.discard(self.withdraw_next)
            with Warehouse(self.warehouse.settings) as other:
                other.execute(
                    "update GOLDEN_PROFILE.CONSENT set state = 'withdrawn' where profile_id = %s", [self.withdraw_next]
                )
            self.withdraw_next = None

    @rule(profile=profiles, name=names)
    def put(self, profile: str, name: str) -> None:
        if profile not in self.merged:
            self.feed[profile] = name
            self.world.put(profile, name)

    @rule(profile=profiles)
    def leave(self, profile: str) -> None:
        self.feed.pop(profile, None)
        self.world.remove(profile)

    @rule(profile=profiles, state=st.sampled_from(["granted", "granted", "withdrawn", "denied", "expired"]))
    def decide(self, profile: str, state: str) -> None:
        (self.agreed.add if state == "granted" else self.agreed.discard)(profile)
        self.world.consent(profile, state)

    @rule(profile=profiles, heir=profiles)
    def merge(self, profile: str, heir: str) -> None:
        if profile != heir and profile in self.feed and heir in self.feed:
            self.merged[profile] = heir
            del self.feed[profile]
            self.world.merge(profile, heir)

    @precondition(lambda self: self.merged)
    @rule(name=names)
    def split(self, name: str) -> None:
        """What is split off gets an id of its own; the heir keeps the record. Here the id is free again."""
        profile = sorted(self.merged)[0]
        del self.merged[profile]
        self.world.warehouse.execute("delete from MATCH_CLUSTER.PROFILE_REGISTRY where profile_id = %s", [profile])
        self.feed[profile] = name
        self.world.put(profile, name)

    @rule(profile=profiles)
    def refuse_by_the_short_way(self, profile: str) -> None:
        self.agreed.discard(profile)
        self.world.warehouse.execute(
            "insert into ACTIVATION_FEED.CONSENT_REVOCATION (fact_key, profile_id, purpose, channel, state, noticed_at)"
            " select uuid_string(), %s, 'marketing', 'email', 'withdrawn', current_timestamp()::timestamp_ntz",
            [profile],
        )
        self.world.consent(profile, "withdrawn")

    @rule(profile=profiles)
    def withdraw_while_it_is_sent(self, profile: str) -> None:
        self.withdraw_next = profile

    @rule(faults=st.lists(st.sampled_from(FAULTS), max_size=8))
    def sync(self, faults: list[Fault]) -> None:
        # The pipeline takes refusals in before it serves anybody.
        self.world.warehouse.execute(
            "update ACTIVATION_FEED.CONSENT_REVOCATION set settled_at = current_timestamp()::timestamp_ntz"
        )
        self.server.faults.extend(faults)
        result = self.world.sync()
        self.server.faults.clear()
        assert sum(result.outcomes.values()) == result.planned

    @invariant()
    def nobody_is_told_of_without_consent(self) -> None:
        assert not self.leaks

    def teardown(self) -> None:
        """Two quiet syncs: one may still settle what a fault left in doubt."""
        self.withdraw_next = None
        for _ in range(2):
            self.sync([])
        expected = {p: n for p, n in self.feed.items() if p in self.agreed}
        held: dict[str, Any] = {key: record["name"] for key, record in self.server.by_profile().items()}
        refused = {p for p, n in expected.items() if n == "Poison"}
        # A row that the vendor refuses leaves what was there before, if anything.
        assert {p: n for p, n in held.items() if p not in refused} == {
            p: n for p, n in expected.items() if p not in refused
        }
        assert len(self.server.records["contacts"]) == len(held)
        assert set(held) <= set(expected)
        state = {profile for (profile,) in self.world.rows("DESTINATION_STATE", "profile_id")}
        assert state == set(held)
        assert self.world.sync().planned == 0
        self.server.__exit__()


def test_no_sequence_leaks_and_every_one_ends_as_the_feed(warehouse: Warehouse) -> None:
    Sequences.warehouse = warehouse
    run_state_machine_as_test(
        Sequences,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
            derandomize="C360_SEQUENCES" not in os.environ,
        ),
    )  # fmt: skip

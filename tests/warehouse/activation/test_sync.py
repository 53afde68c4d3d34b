"""From feed to destination and back, over HTTP."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from simulators.braze import BrazeSimulator
from simulators.hubspot import HubSpotSimulator
from simulators.salesforce import SalesforceSimulator
from simulators.server import Fault, Request
from simulators.webhook import WebhookSimulator
from simulators.zendesk import ZendeskSimulator
from toy_world import START, World

from c360_assets.activation import declaration
from c360_assets.activation.batches import idle_seconds
from c360_assets.activation.failures import write_back_failures
from c360_assets.activation.limits import Guard
from c360_assets.activation.plan import PlanError, approve
from c360_assets.activation.sync import apply_shown, show
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse
from lineage.verification.chain_check import check_chains

SIMULATORS: dict[str, Any] = {
    "hubspot": HubSpotSimulator, "braze": BrazeSimulator, "salesforce": SalesforceSimulator,
    "zendesk": ZendeskSimulator, "webhook": WebhookSimulator,
}  # fmt: skip


def names(world: World) -> dict[str, str]:
    server: Any = world.server
    connector = world.destination.connector
    held = server.users if connector == "braze" else server.held if connector == "webhook" else server.by_profile()
    return {profile: record["name"] for profile, record in held.items()}


def feed(world: World) -> dict[str, str]:
    return dict(world.rows("TOY_FEED", "profile_id, name"))


def sums(world: World) -> None:
    for plan in world.rows("SYNC_PLAN", "plan_rows, delivered, rejected, suppressed, pending", "status = 'applied'"):
        assert plan[0] == sum(plan[1:])


@pytest.mark.parametrize("connector", list(SIMULATORS))
def test_after_edits_merges_and_departures_the_destination_equals_the_feed(
    connector: str, warehouse: Warehouse, tmp_path: Path
) -> None:
    with SIMULATORS[connector]() as server:
        world = World(warehouse, connector, server, tmp_path)
        world.fill(230)
        assert world.sync().outcomes == {"delivered": 230, "rejected": 0, "suppressed": 0, "pending": 0}
        assert names(world) == feed(world)
        world.put("per_00000001", "Bo")
        world.merge("per_00000002", "per_00000001")
        world.remove("per_00000003")
        world.put("per_new", "New")
        result = world.sync()
        assert result.counts == {"create": 1, "update": 1, "merge": 1, "delete": 1}
        assert names(world) == feed(world)
        if hasattr(server, "redirects"):
            assert server.redirects == {"per_00000002": "per_00000001"}
        assert world.sync().planned == 0
        assert sorted(world.rows("DESTINATION_STATE", "profile_id")) == sorted((p,) for p in feed(world))
        sums(world)


def test_who_comes_back_with_the_same_words_is_told_of_again(warehouse: Warehouse, tmp_path: Path) -> None:
    with WebhookSimulator() as server:
        world = World(warehouse, "webhook", server, tmp_path)
        for _ in range(3):
            world.put("per_1", "Ann")
            assert world.sync().delivered == 1 and set(server.held) == {"per_1"}
            world.remove("per_1")
            assert world.sync().delivered == 1 and not server.held


def test_an_update_tells_the_changed_fields_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    with HubSpotSimulator() as server:
        world = World(warehouse, "hubspot", server, tmp_path)
        world.put("per_1", "Ann")
        world.sync()
        world.put("per_1", "Bo")
        world.sync()
        (told,) = server.requests[-1].json["inputs"]
        assert told["properties"] == {"c360_profile_id": "per_1", "name": "Bo"}


def test_consent_is_read_again_before_each_batch(warehouse: Warehouse, tmp_path: Path) -> None:
    with BrazeSimulator() as server:
        world = World(warehouse, "braze", server, tmp_path, channel="email")
        world.fill(200)
        warehouse.execute(
            "insert into GOLDEN_PROFILE.CONSENT select profile_id, 'marketing', 'email', 'ALL', 'granted', null"
            " from ACTIVATION_FEED.TOY_FEED"
        )

        def withdraw(request: Request) -> None:
            # While the first batch is on its way, somebody of the last one withdraws.
            if len(server.requests) == 1:
                with Warehouse(warehouse.settings) as other:
                    other.execute(
                        "update GOLDEN_PROFILE.CONSENT set state = 'withdrawn' where profile_id = 'per_00000199'"
                    )

        server.before = withdraw
        result = world.sync()
        assert result.outcomes == {"delivered": 199, "rejected": 0, "suppressed": 1, "pending": 0}
        assert "per_00000199" not in server.users and len(server.users) == 199
        sums(world)


def test_a_withdrawal_waits_for_nobody_though_the_rest_of_the_plan_does(warehouse: Warehouse, tmp_path: Path) -> None:
    with HubSpotSimulator() as server:
        world = World(warehouse, "hubspot", server, tmp_path, channel="email", guard=Guard())
        for number in range(40):
            world.put(f"per_{number:02d}")
            world.consent(f"per_{number:02d}", "granted")
        assert world.sync().delivered == 40
        for number in range(10):
            world.remove(f"per_{number:02d}")
        world.consent("per_39", "withdrawn")
        result = world.sync()
        assert result.waits_because and result.counts["delete"] == 10
        assert set(server.by_profile()) == {f"per_{n:02d}" for n in range(39)}
        again = world.sync()
        assert again.batch_id == result.batch_id and again.waits_because
        approve(warehouse, "toy", str(result.batch_id), "a person")
        assert world.sync().delivered == 10
        assert set(server.by_profile()) == {f"per_{n:02d}" for n in range(10, 39)}


def test_a_plan_is_applied_as_it_was_shown_or_not_at_all(warehouse: Warehouse, tmp_path: Path) -> None:
    with HubSpotSimulator() as server:
        world = World(warehouse, "hubspot", server, tmp_path)
        run = Run("r", START)
        with pytest.raises(PlanError, match="no plan"):
            apply_shown(warehouse, world.destination, run, tmp_path, world.connect)
        world.put("per_1")
        plan = show(warehouse, world.destination)
        assert (plan.counts["create"], server.requests) == (1, [])
        assert show(warehouse, world.destination).plan_id == plan.plan_id
        world.put("per_2")
        with pytest.raises(PlanError, match="changed since plan"):
            apply_shown(warehouse, world.destination, run, tmp_path, world.connect)
        assert server.requests == []
        assert show(warehouse, world.destination).plan_id != plan.plan_id
        assert apply_shown(warehouse, world.destination, run, tmp_path, world.connect).delivered == 2


def test_a_refused_row_is_parked_until_it_or_the_mapping_changes(warehouse: Warehouse, tmp_path: Path) -> None:
    with HubSpotSimulator() as server:
        world = World(warehouse, "hubspot", server, tmp_path)
        server.invalid_names = {"Bad Name"}
        for number in range(5):
            world.put(f"per_{number}", "Bad Name" if number == 2 else "Ann")
        assert world.sync().outcomes == {"delivered": 4, "rejected": 1, "suppressed": 0, "pending": 0}
        ((reason,),) = world.rows("PARKED_ROW", "reason")
        assert reason.startswith("VALIDATION_ERROR") and "Bad Name" not in reason
        for row in world.rows("PARKED_ROW") + world.rows("SYNC_ATTEMPT"):
            assert "Bad Name" not in str(row) and "@x.example" not in str(row)
        before = len(server.requests)
        assert world.sync().planned == 0 and len(server.requests) == before
        server.invalid_names = set()
        server.known |= {"firstname"}
        world.put("per_2", "Good Name")
        assert world.sync().delivered == 1 and world.rows("PARKED_ROW") == []
        server.invalid_names = {"Worse"}
        world.put("per_3", "Worse")
        assert world.sync().parked == 1
        server.invalid_names = set()
        assert world.sync(mapping={"name": "firstname"}).delivered == 1
        assert names(world) == feed(world) | {"per_3": "Ann"}


def test_what_is_refused_waits_in_the_stewards_list_until_it_or_the_mapping_changes(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with HubSpotSimulator() as server:
        world = World(warehouse, "hubspot", server, tmp_path)

        def listed(**changes: Any) -> list[str]:
            found = write_back_failures(warehouse, [replace(world.destination, **changes)])
            assert all("Bad Name" not in str(each) for each in found)
            return [f"{each['profile_id']} {each['operation']} {each['reason']}" for each in found]

        server.invalid_names = {"Bad Name"}
        world.put("per_1", "Bad Name")
        world.put("per_2", "Ann")
        world.sync()
        assert listed() == ["per_1 create VALIDATION_ERROR: name was not valid"]
        assert listed(mapping={"name": "firstname"}) == []
        world.put("per_1", "Good Name")
        assert listed() == [], "what the feed says of it has changed"
        world.put("per_1", "Bad Name")
        world.sync()
        assert len(listed()) == 1
        server.invalid_names = set()
        world.put("per_1", "Better Name")
        world.sync()
        assert listed() == [] and names(world) == feed(world)


def test_what_the_destination_owns_as_a_source_is_not_written_back(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declaration, "owned_by", lambda system: frozenset({"name"}))
    with HubSpotSimulator() as server:
        world = World(warehouse, "hubspot", server, tmp_path)
        world.destination = replace(world.destination, writes_to="salesforce")
        world.put("per_1", "Ann")
        assert world.sync().delivered == 1
        world.put("per_1", "Bo")
        assert world.sync().planned == 0, "only what it owns has changed"
        world.put("per_1", "Cy", email="new@x.example")
        assert world.sync().delivered == 1
        (held,) = server.by_profile().values()
        assert held["email"] == "new@x.example" and "name" not in held
        assert world.sync().planned == 0


def test_a_destination_that_is_down_leaves_rows_pending_and_gets_them_later(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with WebhookSimulator() as server:
        world = World(warehouse, "webhook", server, tmp_path)
        world.fill(1200)
        server.faults.extend([Fault("status", 500)] * 60)
        result = world.sync()
        assert (result.outcomes["pending"], result.held) == (1200, 0)
        server.faults.clear()
        assert world.sync().delivered == 1200
        assert names(world) == feed(world)
        assert Counter(event["id"] for event in server.events).most_common(1)[0][1] == 1


def test_what_was_sent_without_an_answer_is_taken_back_when_it_may_no_longer_be_there(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with HubSpotSimulator() as server:
        world = World(warehouse, "hubspot", server, tmp_path, channel="email")
        for number in range(3):
            world.put(f"per_{number}")
            world.consent(f"per_{number}", "granted")
        server.faults.extend([Fault("lost")] * 6)
        assert world.sync().outcomes["pending"] == 3
        assert set(server.by_profile()) == {"per_0", "per_1", "per_2"}
        world.consent("per_1", "withdrawn")
        world.remove("per_2")
        world.sync()
        assert set(server.by_profile()) == {"per_0"} and server.created == 3
        sums(world)


def test_a_delivery_knows_when_the_one_before_it_last_asked(warehouse: Warehouse, tmp_path: Path) -> None:
    with WebhookSimulator() as server:
        world = World(warehouse, "webhook", server, tmp_path)
        assert idle_seconds(warehouse, "toy") == math.inf
        world.put("per_1")
        world.sync()
        assert 0 <= idle_seconds(warehouse, "toy") < 60
        warehouse.execute("update ACTIVATION_FEED.SYNC_ATTEMPT set attempted_at = dateadd('hour', -1, attempted_at)")
        assert 3_590 < idle_seconds(warehouse, "toy") < 3_700
        warehouse.execute("update ACTIVATION_FEED.SYNC_BATCH set status = 'sent'")
        assert idle_seconds(warehouse, "toy") == 0, "it was killed, and nobody knows when it last asked"


def test_a_feed_that_is_not_there_or_lacks_a_field_is_told_in_a_sentence(warehouse: Warehouse, tmp_path: Path) -> None:
    world = World(warehouse, "webhook", None, tmp_path)
    with pytest.raises(PlanError, match="TOY_FEED has no nickname; mend `fields`, or the feed's model"):
        show(warehouse, replace(world.destination, fields=("email", "nickname")))
    with pytest.raises(PlanError, match=r"its feed [A-Z_.]+ is not there; build it with `c360 run`"):
        show(warehouse, replace(world.destination, feed="ACTIVATION_FEED.NO_FEED"))


def test_every_delivery_is_on_the_record_with_its_purpose_and_both_chains_hold(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with HubSpotSimulator() as server:
        world = World(warehouse, "hubspot", server, tmp_path, channel="email")
        for number in range(3):
            world.put(f"per_{number}")
            world.consent(f"per_{number}", "granted")
        world.sync()
        world.consent("per_1", "withdrawn")
        world.sync()
        assert world.sync().planned == 0
        noted = warehouse.rows(
            "select subject, actor, purpose, detail from LINEAGE.ACCESS_LOG where action = 'activate'"
            " order by accessed_at"
        )
        assert [row[:3] for row in noted] == [
            ("destination:toy", "run run1", "marketing email"), ("destination:toy", "run run2", "marketing email"),
        ]  # fmt: skip
        assert ["3 delivered" in noted[0][3], "1 delivered" in noted[1][3]] == [True, True]
        assert not check_chains(warehouse)
        warehouse.execute("update ACTIVATION_FEED.RECEIPT set operation = 'update' where run_id = 'run2'")
        assert check_chains(warehouse), "a receipt that was altered"

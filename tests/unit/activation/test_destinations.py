"""Each destination against a server that keeps to the vendor's contract."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from simulators.braze import BrazeSimulator
from simulators.hubspot import HubSpotSimulator
from simulators.salesforce import SalesforceSimulator
from simulators.server import Fault, Simulator
from simulators.webhook import SECRET, WebhookSimulator
from simulators.zendesk import ZendeskSimulator

from c360_assets.activation.connect import connect
from c360_assets.activation.declaration import DeclarationError, DestinationDeclaration
from c360_assets.activation.destinations import braze, hubspot, salesforce, webhook, zendesk
from c360_assets.activation.limits import Limits
from c360_assets.activation.sender import Sender
from c360_assets.activation.wire import Batch, Outcome, Row

FAST = Limits(requests=10_000, per_seconds=1, burst=1_000, timeout_seconds=2, backoff_seconds=0.01, breaker_failures=50)
VENDORS: dict[str, tuple[ModuleType, type[Simulator], dict[str, str]]] = {
    "hubspot": (hubspot, HubSpotSimulator, {"token": "pat-token"}),
    "braze": (braze, BrazeSimulator, {"api_key": "braze-key"}),
    "salesforce": (salesforce, SalesforceSimulator, {"client_id": "id", "client_secret": "sf-secret"}),
    "zendesk": (zendesk, ZendeskSimulator, {"email": "agent@acme.example", "token": "zd-token"}),
    "webhook": (webhook, WebhookSimulator, {"secret": SECRET}),
}


def declared(connector: str, limits: Limits = FAST) -> DestinationDeclaration:
    return DestinationDeclaration(
        destination="toy", title="Toy", owner="team:test", feed="ACTIVATION_FEED.TOY_FEED", key=("profile_id",),
        purpose="service", legal_basis="contract", fields=("name", "email"), connector=connector, limits=limits,
    )  # fmt: skip


@contextmanager
def serving(name: str, limits: Limits = FAST, **values: str) -> Iterator[tuple[Any, Sender]]:
    module, simulator, known = VENDORS[name]
    with simulator() as server:
        opened = module.open_destination(declared(name, limits), known | {"url": server.url} | values)
        try:
            yield server, Sender(opened, limits)
        finally:
            opened.close()


def held(name: str, server: Any) -> dict[str, Any]:
    if name == "braze":
        return dict(server.users)
    return dict(server.held) if name == "webhook" else server.by_profile()


def rows(*numbers: int, operation: str = "create", **more: Any) -> tuple[Row, ...]:
    return tuple(
        Row(f"per_{n}", operation, f"per_{n}", f"e{operation}{n}",
            changed={"name": f"Ann {n}", "email": f"{n}@x.example"}, **more)
        for n in numbers
    )  # fmt: skip


def ids(outcomes: list[Outcome]) -> dict[str, str | None]:
    return {outcome.profile_id: outcome.remote_id for outcome in outcomes}


every_vendor = pytest.mark.parametrize("name", list(VENDORS))


@every_vendor
def test_rows_arrive_with_their_values_and_go_again(name: str) -> None:
    with serving(name) as (server, sender):
        outcomes = sender.send(Batch("b1", rows(1, 2, 3)))
        assert {o.status for o in outcomes} == {"delivered"} and len(outcomes) == 3
        assert {key: record["email"] for key, record in held(name, server).items()} == {
            "per_1": "1@x.example", "per_2": "2@x.example", "per_3": "3@x.example",
        }  # fmt: skip
        known = ids(outcomes)
        gone = tuple(Row(f"per_{n}", "delete", event_id=f"d{n}", remote_id=known[f"per_{n}"]) for n in (1, 3))
        assert {o.status for o in sender.send(Batch("b2", gone))} == {"delivered"}
        assert set(held(name, server)) == {"per_2"}


@every_vendor
def test_what_may_be_there_goes_also_without_its_receipt(name: str) -> None:
    with serving(name) as (server, sender):
        sender.send(Batch("b1", rows(1, 2)))
        gone = tuple(Row(f"per_{n}", "suppress", event_id=f"s{n}") for n in (1, 7))
        assert {o.status for o in sender.send(Batch("b2", gone))} == {"delivered"}
        assert set(held(name, server)) == {"per_2"}


@every_vendor
def test_an_update_leaves_the_fields_that_it_does_not_name(name: str) -> None:
    with serving(name) as (server, sender):
        sender.send(Batch("b1", rows(1)))
        sender.send(Batch("b2", (Row("per_1", "update", event_id="u", changed={"name": "Bo"}),)))
        record = held(name, server)["per_1"]
        assert (record["name"], record["email"]) == ("Bo", "1@x.example")


@pytest.mark.parametrize("name", ["hubspot", "braze", "zendesk"])
def test_a_merged_record_redirects_to_its_heirs(name: str) -> None:
    with serving(name) as (server, sender):
        known = ids(sender.send(Batch("b1", rows(1, 2))))
        merged = Row("per_2", "merge", heir_profile_id="per_1", remote_id=known["per_2"],
                     heir_remote_id=known["per_1"])  # fmt: skip
        for _ in range(2):
            assert [o.status for o in sender.send(Batch("b2", (merged,)))] == ["delivered"]
        assert set(held(name, server)) == {"per_1"} and server.redirects == {"per_2": "per_1"}


@every_vendor
def test_a_row_that_the_vendor_refuses_is_told_apart_and_its_reason_holds_no_value(name: str) -> None:
    with serving(name) as (server, sender):
        server.invalid_names = {"Ann 2"}
        outcomes = {o.profile_id: o for o in sender.send(Batch("b1", rows(1, 2, 3)))}
        assert {key for key, o in outcomes.items() if o.status == "rejected"} == {"per_2"}
        assert "Ann" not in str(outcomes["per_2"].reason)
        assert set(held(name, server)) == {"per_1", "per_3"}


def test_hubspot_takes_the_rest_of_a_batch_that_one_conflict_refuses_whole() -> None:
    with serving("hubspot") as (server, sender):
        sender.send(Batch("b0", (Row("per_0", "create", changed={"email": "50@x.example"}),)))
        outcomes = sender.send(Batch("b1", rows(*range(1, 101))))
        refused = [o for o in outcomes if o.status == "rejected"]
        assert [o.profile_id for o in refused] == ["per_50"]
        assert "CONFLICT" in str(refused[0].reason) and "x.example" not in str(refused[0].reason)
        assert len(server.by_profile()) == 100 and len(server.requests) <= 16


@every_vendor
@pytest.mark.parametrize("kind", ["lost", "truncated"])
def test_an_answer_that_does_not_arrive_whole_doubles_nothing(name: str, kind: str) -> None:
    with serving(name) as (server, sender):
        server.faults.extend([Fault(kind)] * 2)
        outcomes = sender.send(Batch("b1", rows(1, 2)))
        assert {o.status for o in outcomes} == {"delivered"}
        assert set(held(name, server)) == {"per_1", "per_2"}
        if name == "webhook":
            assert len(server.events) == 2
        elif name != "braze":
            assert server.created == 2


@every_vendor
@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_vendor_that_cannot_now_is_asked_again(name: str, status: int) -> None:
    with serving(name) as (server, sender):
        server.faults.extend([Fault("status", status, {"Retry-After": "0"})] * 2)
        assert {o.status for o in sender.send(Batch("b1", rows(1)))} == {"delivered"}


@every_vendor
def test_one_that_sends_a_byte_now_and_then_is_given_up_at_the_deadline(name: str) -> None:
    limits = Limits(requests=1000, per_seconds=1, timeout_seconds=0.4, attempts=2, backoff_seconds=0.01)
    with serving(name, limits) as (server, sender):
        server.faults.append(Fault("slow"))
        started = time.perf_counter()
        assert {o.status for o in sender.send(Batch("b1", rows(1)))} == {"delivered"}
        assert 0.3 < time.perf_counter() - started < 3
        assert set(held(name, server)) == {"per_1"} and getattr(server, "created", 1) == 1


@pytest.mark.parametrize("name", ["salesforce", "zendesk"])
@pytest.mark.parametrize("kind", ["status", "lost", "truncated"])
def test_a_job_whose_end_is_not_heard_of_doubles_nothing(name: str, kind: str) -> None:
    with serving(name) as (server, sender):
        sender.send(Batch("b0", rows(1)))
        # Every request in turn fails once: whichever part of the job it is.
        for number in range(2, 10):
            server.faults.extend([None] * (number - 2) + [Fault(kind, 503)])
            assert {o.status for o in sender.send(Batch(f"b{number}", rows(1, number)))} == {"delivered"}
            server.faults.clear()
        assert server.created == len(held(name, server)) == 9


def test_salesforce_gets_a_new_token_when_the_old_one_has_expired() -> None:
    with serving("salesforce") as (server, sender):
        sender.send(Batch("b1", rows(1)))
        server.expire_token()
        assert {o.status for o in sender.send(Batch("b2", rows(2)))} == {"delivered"}
        assert server.tokens == 2


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("hubspot", "token"), ("braze", "api_key"), ("salesforce", "client_secret"), ("zendesk", "token")],
)
def test_credentials_that_are_not_accepted_end_the_delivery_and_are_not_told(name: str, wrong: str) -> None:
    with serving(name, **{wrong: "tok-secret-9"}) as (server, sender):
        assert {o.status for o in sender.send(Batch("b1", rows(1)))} == {"pending"}
        assert sender.stopped and "tok-secret-9" not in sender.stopped + repr(sender.attempts)
        assert not held(name, server)


def test_a_webhook_is_signed_by_the_receivers_clock_where_it_differs() -> None:
    with serving("webhook") as (server, sender):
        server.clock_ahead = 3600.0
        assert {o.status for o in sender.send(Batch("b1", rows(1)))} == {"delivered"}
        assert set(server.held) == {"per_1"}


def test_a_webhook_signed_with_another_secret_is_not_accepted() -> None:
    with serving("webhook", secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") as (server, sender):
        assert {o.status for o in sender.send(Batch("b1", rows(1)))} == {"pending"}
        assert sender.stopped and not server.held


def test_salesforce_clears_a_field_that_is_empty_and_leaves_one_that_is_not_told() -> None:
    with serving("salesforce") as (server, sender):
        sender.send(Batch("b1", rows(1, 2)))
        changes = (Row("per_1", "update", changed={"name": None}), Row("per_2", "update", changed={"email": "n@x.co"}))
        sender.send(Batch("b2", changes))
        assert [server.by_profile()[key]["name"] for key in ("per_1", "per_2")] == ["", "Ann 2"]


def test_zendesk_organizations_are_put_one_by_one() -> None:
    with serving("zendesk") as (server, sender):
        companies = tuple(Row(f"org_{n}", "create", changed={"name": f"Acme {n}"}) for n in (1, 2))
        server.invalid_names = {"Acme 2"}
        assert [o.status for o in sender.send(Batch("b1", companies))] == ["delivered", "rejected"]
        assert [each["external_id"] for each in server.organizations.values()] == ["org_1"]


def test_credentials_come_from_the_environment_and_their_absence_is_told_by_name() -> None:
    from dataclasses import replace

    told = replace(declared("hubspot"), connection={"url": "TOY_URL", "token": "TOY_TOKEN"})
    with pytest.raises(DeclarationError, match="set TOY_TOKEN in the environment"):
        connect(told, {"TOY_URL": "http://x"})
    with pytest.raises(DeclarationError, match="TOY_URL in the environment is no address") as raised:
        connect(told, {"TOY_URL": "vendor.test/secret-path", "TOY_TOKEN": "t"})
    assert "secret-path" not in str(raised.value)
    hook = replace(declared("webhook"), connection={"url": "TOY_URL", "secret": "TOY_TOKEN"})
    with pytest.raises(DeclarationError, match="what TOY_TOKEN, TOY_URL hold cannot be used") as raised:
        connect(hook, {"TOY_URL": "http://x", "TOY_TOKEN": "whsec_not base 64"})
    assert "base 64" not in str(raised.value)
    assert "TOY_TOKEN" not in os.environ
    connect(told, {"TOY_URL": "http://x", "TOY_TOKEN": "t"}).close()

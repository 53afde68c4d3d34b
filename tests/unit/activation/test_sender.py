"""One outcome per row, whatever a destination does."""

from __future__ import annotations

import random

import pytest
from virtual_clock import VirtualClock

from c360_assets.activation.limits import Limits
from c360_assets.activation.sender import Sender
from c360_assets.activation.wire import AccessRefused, Batch, BatchRefused, Outcome, Row, TryLater


class Fake:
    """Takes a batch, or refuses it whole for any bad row in it."""

    def __init__(self, bad: set[str] | None = None, answers: list[Exception] | None = None) -> None:
        self.bad, self.answers = bad or set(), answers or []
        self.keys: list[str] = []
        self.held: list[str] = []

    def send(self, batch: Batch) -> list[Outcome]:
        self.keys.append(batch.key)
        if self.answers:
            raise self.answers.pop(0)
        if found := [row.profile_id for row in batch.rows if row.profile_id in self.bad]:
            raise BatchRefused(f"row {found[0]} of Ann Lee <ann@lee.example> is bad")
        self.held += [row.profile_id for row in batch.rows]
        return [Outcome(row.profile_id, "delivered") for row in batch.rows]

    def close(self) -> None: ...


def batch(size: int = 100) -> Batch:
    rows = (Row(f"per_{n:03d}", "create", changed={"name": "Ann Lee", "note": "b@c"}) for n in range(size))
    return Batch("b1", tuple(rows))


def sender(fake: Fake, **limits: float) -> tuple[Sender, VirtualClock]:
    clock = VirtualClock()
    return Sender(fake, Limits(**limits), clock, lambda low, high: high), clock  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [*range(0, 100, 9), 99])
def test_one_bad_row_in_a_hundred_is_found_within_fifteen_requests(place: int) -> None:
    fake = Fake({f"per_{place:03d}"})
    outcomes = sender(fake)[0].send(batch())
    assert len(fake.keys) <= 15
    assert [o.profile_id for o in outcomes if o.status == "rejected"] == [f"per_{place:03d}"]
    assert sorted(fake.held) == [f"per_{n:03d}" for n in range(100) if n != place]
    assert len(outcomes) == 100


def test_any_set_of_bad_rows_is_told_from_the_good_ones() -> None:
    choose = random.Random(5)
    for _ in range(60):
        size = choose.randint(1, 40)
        bad = {f"per_{n:03d}" for n in range(size) if choose.random() < choose.choice([0.05, 0.5, 1.0])}
        fake = Fake(bad)
        outcomes = sender(fake)[0].send(batch(size))
        assert {o.profile_id for o in outcomes if o.status == "rejected"} == bad
        assert len(outcomes) == size and len(fake.held) == len(set(fake.held)) == size - len(bad)


def test_a_part_has_a_key_of_its_own_and_the_same_one_each_time() -> None:
    first, second = Fake({"per_001"}), Fake({"per_001"})
    sender(first)[0].send(batch(4))
    sender(second)[0].send(batch(4))
    assert first.keys == second.keys and len(set(first.keys)) == len(first.keys)


def test_a_reason_keeps_no_value_of_the_row() -> None:
    (outcome,) = sender(Fake({"per_000"}))[0].send(batch(1))
    assert outcome.reason and "is bad" in outcome.reason
    assert "Ann" not in outcome.reason and "lee.example" not in outcome.reason


def test_a_lost_answer_is_asked_for_again_under_the_same_key() -> None:
    fake = Fake(answers=[TryLater("lost", uncertain=True)] * 2)
    outcomes = sender(fake)[0].send(batch(3))
    assert len(fake.keys) == 3 and len(set(fake.keys)) == 1
    assert {o.status for o in outcomes} == {"delivered"}


def test_other_rows_of_a_batch_are_another_message() -> None:
    whole = batch(3)
    some = [Batch("b1", tuple(row for row in whole.rows if row is not left_out)) for left_out in whole.rows]
    assert len({whole.key, *(each.key for each in some)}) == 4


def test_a_destination_that_names_a_time_is_not_asked_before_it() -> None:
    fake = Fake(answers=[TryLater("HTTP 429", wait=17.0)])
    _, clock = made = sender(fake)
    made[0].send(batch(1))
    assert clock.slept == [17.0 + 1.0]


def test_one_that_asks_for_too_long_is_left_to_the_next_sync() -> None:
    fake = Fake(answers=[TryLater("HTTP 429", wait=3600.0)])
    made, clock = sender(fake, longest_wait_seconds=300)
    outcomes = made.send(batch(2))
    assert {(o.status, o.in_doubt) for o in outcomes} == {("pending", False)}
    assert made.stopped and clock.slept == []
    assert {o.status for o in made.send(batch(2))} == {"pending"} and len(fake.keys) == 1


def test_what_never_answers_stays_pending_and_in_doubt() -> None:
    fake = Fake(answers=[TryLater("no whole answer", uncertain=True)] * 6)
    outcomes = sender(fake, breaker_failures=20)[0].send(batch(2))
    assert {(o.status, o.in_doubt) for o in outcomes} == {("pending", True)}


def test_refused_credentials_end_the_delivery_at_once() -> None:
    made, _ = sender(Fake(answers=[AccessRefused("HTTP 401: the credentials are not accepted")]))
    assert {o.status for o in made.send(batch(2))} == {"pending"}
    assert made.stopped == "HTTP 401: the credentials are not accepted"


def test_an_open_breaker_spares_a_destination_that_is_down() -> None:
    fake = Fake(answers=[TryLater("HTTP 500")] * 50)
    made, _ = sender(fake, breaker_failures=3)
    for _ in range(4):
        assert {o.status for o in made.send(batch(1))} == {"pending"}
    assert len(fake.keys) == 3
    assert made.stopped and "failed 3 times in a row, at last: HTTP 500" in made.stopped

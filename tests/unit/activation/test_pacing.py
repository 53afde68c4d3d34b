"""Quotas and pauses, on a clock that is turned by hand."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from virtual_clock import VirtualClock

from c360_assets.activation.destinations.http import HttpClient
from c360_assets.activation.limits import Guard, Limits
from c360_assets.activation.pacing import CircuitBreaker, TokenBucket, backoff, retry_after
from c360_assets.activation.wire import TryLater

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def most_in_any_window(times: list[float], length: float) -> int:
    return max(sum(1 for t in times if start <= t < start + length) for start in times)


@settings(max_examples=60, deadline=None)
@given(
    quota=st.integers(2, 200),
    window=st.sampled_from([1.0, 3.0, 10.0, 60.0]),
    burst=st.integers(1, 300),
    pauses=st.lists(st.sampled_from([0.0, 0.0, 0.01, 0.7, 5.0, 61.0]), max_size=300),
)
def test_no_window_ever_sees_more_than_the_quota(quota: int, window: float, burst: int, pauses: list[float]) -> None:
    clock = VirtualClock()
    bucket = TokenBucket(quota, window, burst, clock)
    times = []
    for pause in pauses:
        clock.seconds += pause
        bucket.take()
        times.append(clock.seconds)
    assert not times or most_in_any_window(times, window - 1e-6) <= quota


def test_an_hour_of_requests_keeps_a_quota_of_a_hundred_in_a_minute_and_uses_most_of_it() -> None:
    clock, times = VirtualClock(), []

    def answer(request: httpx.Request) -> httpx.Response:
        times.append(clock.seconds)
        return httpx.Response(200, json={})

    limits = Limits(requests=100, per_seconds=60, burst=10)
    client = HttpClient("http://vendor.test", limits, clock=clock, transport=httpx.MockTransport(answer))
    while clock.seconds < 3600:
        client.request("GET", "/")
    assert most_in_any_window(times, 60 - 1e-6) <= 100
    assert len(times) > 0.85 * 6_000


def test_deliveries_one_after_another_keep_the_quota_together() -> None:
    choose, clock, times = random.Random(3), VirtualClock(), []
    transport = httpx.MockTransport(lambda request: times.append(clock.seconds) or httpx.Response(200, json={}))
    limits = Limits(requests=100, per_seconds=60, burst=30)
    last = -math.inf
    while clock.seconds < 3600:
        # As a process of its own: of the one before it knows when that last asked.
        own = replace(limits, idle_seconds=clock.seconds - last)
        client = HttpClient("http://vendor.test", own, clock=clock, transport=transport)
        for _ in range(choose.choice([1, 5, 40, 150])):
            client.request("GET", "/")
        last = clock.seconds
        clock.seconds += choose.choice([0.0, 1.0, 5.0, 90.0])
    assert most_in_any_window(times, 60 - 1e-6) <= 100
    assert len(times) > 1_000


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), (" 0 ", 0), ("Tue, 10 Mar 2026 09:02:00 GMT", 120), ("Tue, 10 Mar 2026 08:00:00 GMT", 0),
     ("soon", None), (None, None), ("", None)],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_and_as_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


def test_a_date_to_wait_for_is_measured_by_the_destinations_own_clock() -> None:
    # This machine's clock is an hour slow; the destination asks for thirty seconds.
    clock = VirtualClock(datetime(2026, 3, 10, 8, tzinfo=UTC))
    headers = {"Date": "Tue, 10 Mar 2026 09:00:00 GMT", "Retry-After": "Tue, 10 Mar 2026 09:00:30 GMT"}
    transport = httpx.MockTransport(lambda request: httpx.Response(429, headers=headers))
    client = HttpClient("http://vendor.test", Limits(), clock=clock, transport=transport)
    with pytest.raises(TryLater) as raised:
        client.request("GET", "/")
    assert raised.value.wait == 30


def test_pauses_grow_up_to_a_cap_and_are_drawn_from_the_whole_span() -> None:
    limits = Limits(backoff_seconds=1, backoff_most_seconds=10)
    assert [backoff(n, limits, lambda low, high: high) for n in range(1, 7)] == [1, 2, 4, 8, 10, 10]
    assert [backoff(n, limits, lambda low, high: low) for n in range(1, 4)] == [0, 0, 0]


def test_a_breaker_opens_after_failures_in_a_row_and_lets_one_try_later() -> None:
    clock = VirtualClock()
    breaker = CircuitBreaker(Limits(breaker_failures=3, breaker_seconds=60), clock)
    for _ in range(3):
        assert not breaker.open
        breaker.failed()
    assert breaker.open
    clock.seconds += 60
    assert not breaker.open
    breaker.failed()
    assert breaker.open
    clock.seconds += 60
    breaker.succeeded()
    breaker.failed()
    assert not breaker.open


@pytest.mark.parametrize(
    ("held", "deletes", "updates", "waits"),
    [(0, 0, 0, False), (100, 5, 5, False), (100, 6, 0, True), (100, 0, 6, True), (20, 5, 0, False), (20, 6, 0, True),
     (10_000, 500, 500, False), (10_000, 501, 0, True)],
)  # fmt: skip
def test_more_than_a_twentieth_of_what_is_held_waits_for_a_person(
    held: int, deletes: int, updates: int, waits: bool
) -> None:
    assert bool(Guard().exceeded(held, deletes, updates)) is waits

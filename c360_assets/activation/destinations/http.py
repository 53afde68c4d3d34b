"""Requests over HTTP, and what their answers mean: taken, refused, not now, not known."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from c360_assets.activation.limits import Limits
from c360_assets.activation.pacing import Clock, SystemClock, TokenBucket, retry_after
from c360_assets.activation.wire import AccessRefused, BatchRefused, TryLater

REFUSALS = (400, 409, 413, 422)
"""The request is understood and not taken, for what it holds."""
NOT_NOW = (408, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 529)
# These say that nothing was done; any other failure leaves that open.
_NOTHING_DONE = (425, 429, 503)
_MOST_BYTES = 64 * 1024 * 1024
_MOST_REASON = 500


@dataclass(frozen=True)
class Answer:
    """An answer that was read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body.

        Raises:
            TryLater: it is no JSON, such as one that was cut off; what was asked for may have been done.
        """
        try:
            return json.loads(self.body) if self.body else {}
        except ValueError:
            raise TryLater("the answer is no JSON; it may have been cut off", uncertain=True) from None


class HttpClient:
    """One destination's connection. Every request takes a token of the quota and ends by the deadline."""

    def __init__(
        self,
        base_url: str,
        limits: Limits,
        headers: Mapping[str, str] | None = None,
        reason: Callable[[Any], str | None] | None = None,
        clock: Clock | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """`reason` finds the vendor's own words in an error's JSON."""
        self._limits, self._clock, self._reason = limits, clock or SystemClock(), reason
        quota = (limits.requests, limits.per_seconds, limits.burst)
        self._bucket = TokenBucket(*quota, self._clock, limits.idle_seconds)
        # Redirects are not followed: they would carry customers and credentials to where nobody declared.
        self._client = httpx.Client(
            base_url=base_url.rstrip("/"),
            headers=dict(headers or {}),
            timeout=limits.timeout_seconds,
            follow_redirects=False,
            transport=transport,
            trust_env=transport is None,
        )
        self.skew_seconds = 0.0
        """How far the destination's clock is ahead of this machine's, by its last answer."""

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def now(self) -> datetime:
        """The time of day by the destination's clock."""
        return datetime.fromtimestamp(self._clock.now().timestamp() + self.skew_seconds, UTC)

    def sleep(self, seconds: float) -> None:
        """Wait, for what the destination works on."""
        self._clock.sleep(seconds)

    def elapsed(self) -> float:
        """Seconds since some moment."""
        return self._clock.monotonic()

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (),
    ) -> Answer:
        """Send one request; answers of 2xx and of `accept` come back, all others are raised.

        Raises:
            TryLater: the destination cannot, or the answer did not come whole.
            BatchRefused: it does not take what the request holds.
            AccessRefused: it does not accept the credentials, or is not where it was declared to be.
        """
        self._bucket.take()
        answer = self._exchange(method, path, body, content, headers)
        if 200 <= answer.status < 300 or answer.status in accept:
            return answer
        raise self._error(answer)

    def _exchange(
        self, method: str, path: str, body: Any, content: bytes | None, headers: Mapping[str, str] | None
    ) -> Answer:
        started = self._clock.monotonic()
        given: dict[str, Any] = {"headers": dict(headers or {})}
        if content is not None:
            given["content"] = content
        elif body is not None:
            given["content"] = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            given["headers"].setdefault("Content-Type", "application/json")
        try:
            with self._client.stream(method, path, **given) as response:
                read = bytearray()
                for part in response.iter_bytes():
                    read += part
                    # A time-out between two bytes does not stop who sends one now and then.
                    if self._clock.monotonic() - started > self._limits.timeout_seconds or len(read) > _MOST_BYTES:
                        raise TryLater("the answer did not end in time", uncertain=True)
                self._compare_clocks(response.headers.get("Date"))
                return Answer(response.status_code, response.headers, bytes(read))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TryLater(f"not reached ({type(error).__name__})") from None
        except httpx.TransportError as error:
            raise TryLater(f"no whole answer ({type(error).__name__})", uncertain=True) from None
        except (httpx.InvalidURL, httpx.DecodingError) as error:
            raise AccessRefused(f"the address or the answer cannot be used ({type(error).__name__})") from None

    def _compare_clocks(self, date: str | None) -> None:
        if date:
            try:
                theirs = parsedate_to_datetime(date).timestamp()
            except (ValueError, TypeError):
                return
            skew = theirs - self._clock.now().timestamp()
            # The header has whole seconds.
            self.skew_seconds = skew if abs(skew) > 2 else 0.0

    def _error(self, answer: Answer) -> Exception:
        told = self._told(answer)
        if answer.status in REFUSALS:
            return BatchRefused(told)
        if answer.status in NOT_NOW or answer.status >= 500:
            wait = retry_after(answer.headers.get("Retry-After"), self.now())
            # The vendor's words are left out of what is tried again: nobody has to mend it.
            return TryLater(f"HTTP {answer.status}", wait, uncertain=answer.status not in _NOTHING_DONE)
        if answer.status in (401, 403):
            return AccessRefused(f"HTTP {answer.status}: the credentials are not accepted")
        return AccessRefused(f"HTTP {answer.status}: the destination is not where it was declared to be")

    def _told(self, answer: Answer) -> str:
        try:
            body = json.loads(answer.body)
            found = self._reason(body) if self._reason else None
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            found = None
        return f"HTTP {answer.status}: {found}"[:_MOST_REASON] if found else f"HTTP {answer.status}"

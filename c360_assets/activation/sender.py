"""Sends batches: in the destination's pace, again where it failed, in halves where it was refused."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from c360_assets.activation.limits import Limits
from c360_assets.activation.pacing import CircuitBreaker, Clock, SystemClock, backoff
from c360_assets.activation.redact import scrubbed
from c360_assets.activation.wire import AccessRefused, Batch, BatchRefused, Destination, Outcome, Row, TryLater


@dataclass(frozen=True)
class Attempt:
    """One request and how it ended."""

    batch_id: str
    part: str
    attempt: int
    rows: int
    outcome: str
    detail: str | None
    seconds: float


class Sender:
    """Serves one destination. Knows no warehouse. Several threads may send a batch each."""

    def __init__(
        self,
        destination: Destination,
        limits: Limits,
        clock: Clock | None = None,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._destination, self._limits, self._uniform = destination, limits, uniform
        self._clock = clock or SystemClock()
        self._breaker = CircuitBreaker(limits, self._clock)
        self._last_failure = ""
        self.attempts: list[Attempt] = []
        """Since they were last taken away."""
        self.stopped: str | None = None
        """Why nothing more is sent in this delivery."""

    def send(self, batch: Batch) -> list[Outcome]:
        """Exactly one outcome for each row, whatever happens."""
        outcomes: list[Outcome] = []
        # Parts that are known to hold a row that is refused are halved unasked.
        waiting = [(batch, False)]
        while waiting:
            part, is_refused = waiting.pop()
            if is_refused and len(part.rows) > 1:
                self._halve(part, waiting, outcomes)
                continue
            found = self._send_part(part)
            if found is not None:
                outcomes += found
            elif len(part.rows) > 1:
                self._halve(part, waiting, outcomes)
        return outcomes

    def _halve(self, part: Batch, waiting: list[tuple[Batch, bool]], outcomes: list[Outcome]) -> None:
        left, right = part.halves()
        found = self._send_part(left)
        if found is not None:
            outcomes += found
            taken = all(outcome.status == "delivered" for outcome in found)
            # All is well on the left, so what the whole was refused for is on the right.
            waiting.append((right, taken))
            return
        waiting.append((right, False))
        if len(left.rows) > 1:
            self._halve(left, waiting, outcomes)

    def _send_part(self, part: Batch) -> list[Outcome] | None:
        """Outcomes of the part's rows; None where it was refused as a whole and can be halved."""
        uncertain, reason = False, ""
        for number in range(1, self._limits.attempts + 1):
            if self.stopped or self._breaker.open:
                self.stopped = self.stopped or self._gave_up()
                return _pending(part.rows, self.stopped, uncertain)
            started = self._clock.monotonic()
            try:
                found = list(self._destination.send(part))
            except TryLater as later:
                self._note(part, number, "later", later.reason, started)
                self._last_failure = later.reason
                uncertain = uncertain or later.uncertain
                self._breaker.failed()
                pause = backoff(number, self._limits, self._uniform)
                if later.wait is not None:
                    # Not before the destination's own word, and not all at that moment.
                    pause += later.wait
                if pause > self._limits.longest_wait_seconds:
                    self.stopped = f"the destination asks to wait {pause:,.0f} s"
                elif number < self._limits.attempts and not self._breaker.open:
                    self._clock.sleep(pause)
                reason = later.reason
                continue
            except BatchRefused as refused:
                self._breaker.succeeded()
                reason = scrubbed(refused.reason, part.rows)
                self._note(part, number, "refused", reason, started)
                if len(part.rows) > 1:
                    return None
                return [Outcome(part.rows[0].profile_id, "rejected", reason)]
            except AccessRefused as refused:
                self._note(part, number, "no access", str(refused), started)
                self.stopped = str(refused)
                return _pending(part.rows, self.stopped, uncertain)
            self._breaker.succeeded()
            self._note(part, number, "answered", None, started)
            return _complete(part, found)
        return _pending(part.rows, reason, uncertain)

    def _gave_up(self) -> str:
        return (
            f"the destination failed {self._breaker.failures} times in a row, at last: {self._last_failure};"
            " the next sync tells it what is left"
        )

    def _note(self, part: Batch, number: int, outcome: str, detail: str | None, started: float) -> None:
        seconds = self._clock.monotonic() - started
        rows = len(part.rows)
        self.attempts.append(Attempt(part.batch_id, part.part, number, rows, outcome, detail, seconds))


def _pending(rows: Iterable[Row], reason: str, uncertain: bool) -> list[Outcome]:
    return [Outcome(row.profile_id, "pending", reason, in_doubt=uncertain) for row in rows]


def _complete(part: Batch, found: list[Outcome]) -> list[Outcome]:
    """One outcome per row: what the destination says nothing about may have arrived or not."""
    by_profile = {outcome.profile_id: outcome for outcome in found}
    silent = Outcome("", "pending", "the destination's answer does not mention the row", in_doubt=True)
    outcomes = []
    for row in part.rows:
        outcome = by_profile.get(row.profile_id, silent)
        reason = scrubbed(outcome.reason, part.rows) if outcome.reason else None
        outcomes.append(Outcome(row.profile_id, outcome.status, reason, outcome.remote_id, outcome.in_doubt))
    return outcomes

"""Batches that are under way at once: as many as the destination bears, none that may overtake another kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from c360_assets.activation.diff import STEPS
from c360_assets.activation.limits import Limits
from c360_assets.activation.wire import Batch, Outcome

AtOnce = Callable[[Callable[[Batch], list[Outcome]], Sequence[Batch]], list[list[Outcome]]]


def waves(batches: Sequence[Batch], limits: Limits) -> Iterator[list[Batch]]:
    """The batches in order, up to `concurrency` of one step at a time.

    A wave ends before the next begins, so that room is made before it is taken, and consent is read in between.
    """
    wave: list[Batch] = []
    for batch in batches:
        if wave and (len(wave) >= max(1, limits.concurrency) or _step(batch) != _step(wave[0])):
            yield wave
            wave = []
        wave.append(batch)
    if wave:
        yield wave


@contextmanager
def threads(concurrency: int) -> Iterator[AtOnce]:
    """What sends each batch of a wave at once, and gives the outcomes in the wave's order."""
    if concurrency <= 1:
        yield lambda send, wave: [send(batch) for batch in wave]
        return
    with ThreadPoolExecutor(concurrency, thread_name_prefix="delivery") as pool:
        yield lambda send, wave: list(pool.map(send, wave))


def _step(batch: Batch) -> int:
    return STEPS[batch.rows[0].operation]

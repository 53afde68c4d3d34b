"""Random streams by name, so that a change in one writer leaves every other one's draws as they were."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def stream(seed: int, *names: str) -> np.random.Generator:
    """The random stream of a seed and a name."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])


def skewed(rng: np.random.Generator, size: int, choices: int, exponent: float = 0.75) -> Ints:
    """Indexes 0..choices-1 with Zipf-like frequencies: the first are common, the last rare."""
    weights = 1.0 / np.arange(1, choices + 1) ** exponent
    edges = np.cumsum(weights / weights.sum())
    return np.minimum(np.searchsorted(edges, rng.random(size)), choices - 1).astype(np.int64)


def weighted(rng: np.random.Generator, size: int, weights: list[float]) -> Ints:
    """Indexes drawn with the given weights."""
    edges = np.cumsum(np.asarray(weights, dtype=float) / float(sum(weights)))
    return np.minimum(np.searchsorted(edges, rng.random(size)), len(weights) - 1).astype(np.int64)


def chance(rng: np.random.Generator, size: int, rate: float) -> Bools:
    """True at the given rate."""
    return rng.random(size) < rate

"""The strata that pairs are drawn from, and how many from each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """A stratum by its name: pairs of one profile or of two, from so many bits of evidence upwards.

    `guess` is about which share of its pairs are matches. It only decides how many are drawn, never what is estimated.
    """

    name: str
    is_claimed: bool
    bits: float
    guess: float


# In each half the strongest first; pairs that were never compared, only joined through others, have no bits.
LAYERS = (
    Layer("one profile, strong evidence", True, 10.0, 0.99),
    Layer("one profile, some evidence", True, 0.0, 0.95),
    Layer("one profile, evidence against", True, -math.inf, 0.8),
    Layer("one profile, never compared", True, math.nan, 0.9),
    Layer("two profiles, evidence for", False, 0.0, 0.4),
    Layer("two profiles, doubtful", False, -4.0, 0.1),
    Layer("two profiles, little in common", False, -math.inf, 0.02),
)
LEAST_DRAWN = 8
"""Pairs of each stratum, as far as it has them: with fewer its interval would outweigh all others."""


def layer_sql(is_claimed: bool, bits: str) -> str:
    """The name of the stratum that a pair belongs to."""
    whens: list[str] = []
    for layer in LAYERS:
        if layer.is_claimed != is_claimed:
            continue
        if math.isnan(layer.bits):
            whens.insert(0, f"when {bits} is null then '{layer.name}'")
        elif math.isinf(layer.bits):
            whens.append(f"else '{layer.name}'")
        else:
            whens.append(f"when {bits} >= {layer.bits} then '{layer.name}'")
    return f"case {' '.join(whens)} end"


def allocate(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """How many pairs to draw from each stratum so that about `total` are drawn.

    By size and guessed spread (Neyman, 1934), but a few of each; what a small stratum cannot give goes to the others.
    """
    guesses = {layer.name: layer.guess for layer in LAYERS}
    spread = {
        name: pairs * math.sqrt(guesses[name] * (1 - guesses[name])) for name, pairs in sizes.items() if pairs > 0
    }
    drawn = {name: min(sizes[name], LEAST_DRAWN) for name in spread}
    while (left := total - sum(drawn.values())) > 0:
        room = {name: sizes[name] - drawn[name] for name in spread if sizes[name] > drawn[name]}
        if not room:
            break
        # What each lacks of its part of the whole, and at least one somewhere, so that this ends.
        whole = sum(spread.values())
        lacks = {name: max(0.0, total * spread[name] / whole - drawn[name]) for name in room}
        if not sum(lacks.values()):
            lacks = {name: float(spread[name]) for name in room}
        portion = {name: min(room[name], math.floor(left * lack / sum(lacks.values()))) for name, lack in lacks.items()}
        if not any(portion.values()):
            portion = {max(lacks, key=lambda name: (lacks[name], name)): 1}
        for name, more in portion.items():
            drawn[name] += more
    return drawn

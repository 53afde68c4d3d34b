"""Whether trained weights make sense, and what is done where they do not.

Expectation maximisation finds the two groups of pairs that explain the patterns best, which need not be matches and
strangers. What is known beforehand: equal values speak for one customer, different ones against it, and a closer
level does not weigh less than a farther one. How close a level is, its declared weight says. Where few pairs say
otherwise they are overruled; where many do, they are believed, and it is noted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from c360_assets.identity.expectation import Learned, Shares
from c360_assets.identity.reachable import NEVER

# A difference of so many standard errors is no chance (both groups of pairs are counted, as in a log odds ratio).
STRONG = 3.0
_LEAST = 0.25


@dataclass(frozen=True)
class Finding:
    """What was found of a comparison or another subject, and what was done about it."""

    subject: str
    finding: str
    done: str

    def sentence(self) -> str:
        """One line."""
        return f"{self.subject}: {self.finding}; {self.done}."


@dataclass(frozen=True)
class _Levels:
    """One comparison: declared and learned shares, and the pairs that the learned ones rest on."""

    declared_m: Shares
    declared_u: Shares
    m: Shares
    u: Shares
    matched: Shares
    drawn: Shares
    free: npt.NDArray[np.bool_]

    def worth(self, block: list[int]) -> float:
        return float(np.log(self.m[block].sum() / self.u[block].sum()))

    def variance(self, block: list[int]) -> float:
        return float(1 / max(self.matched[block].sum(), _LEAST) + 1 / max(self.drawn[block].sum(), _LEAST))


def check_model(
    settings: dict[str, Any], learned: Learned, records: int, largest: int, unknown: Collection[str] = ()
) -> tuple[Learned, list[Finding]]:
    """The weights with what makes no sense mended, and what was found.

    `largest` is how many records a customer may have; `unknown` names the comparisons of no known meaning, in which
    agreement may well speak against a match (the system a record comes from).
    """
    declared = _levels(settings)
    partners = learned.prior * max(records - 1, 0)
    if partners > largest:
        crowd = f"training gives a record {partners:.0f} others of its customer, more than the {largest} it may have"
        return _declared(declared, learned, min(1 / max(records, 2), learned.prior), crowd)
    ms: list[Shares] = []
    findings: list[Finding] = []
    for number, (comparison, levels) in enumerate(zip(settings["comparisons"], declared, strict=True)):
        one = _Levels(
            np.array([level["m_probability"] for level in levels]),
            np.array([level["u_probability"] for level in levels]),
            learned.m[number], learned.u[number], learned.matched[number], learned.drawn[number],
            np.array([not level.get("fix_m_probability") for level in levels]),
        )  # fmt: skip
        name = comparison["output_column_name"]
        m, told = _turned(name, one) if name not in unknown else (None, None)
        if told is None:
            m, told = _ordered(name, one)
        ms.append(one.m if m is None else m)
        findings += [told] if told else []
    return Learned(ms, learned.u, learned.prior, learned.matched, learned.drawn), findings


def check_alone(settings: dict[str, Any], learned: Learned, records: int) -> tuple[Learned, list[Finding]] | None:
    """The declared weights where records have one thing alone to compare, None where they have more.

    Who of those that agree in one thing are strangers only a second thing can say: training would find a group of
    pairs that explains nothing.
    """
    if sum(one.sum() > 0 for one in learned.drawn) != 1:
        return None
    told = "one comparison alone has values, and training needs two"
    return _declared(_levels(settings), learned, 1 / max(records, 2), told)


def _levels(settings: dict[str, Any]) -> list[list[dict[str, Any]]]:
    return [
        [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        for comparison in settings["comparisons"]
    ]


def _declared(
    declared: list[list[dict[str, Any]]], learned: Learned, prior: float, told: str
) -> tuple[Learned, list[Finding]]:
    known = [np.array([level["m_probability"] for level in levels]) for levels in declared]
    found = Finding("model", told, "the declared weights are used, with the shares of strangers as counted")
    return Learned(known, learned.u, prior, learned.matched, learned.drawn), [found]


def _turned(name: str, one: _Levels) -> tuple[Shares | None, Finding | None]:
    """Equal values that speak against a match, or the greatest difference that speaks for one."""
    worth = np.where(one.declared_m > NEVER, np.log(one.declared_m / one.declared_u), np.nan)
    nearest, farthest = int(np.nanargmax(worth)), int(np.nanargmin(worth))
    if one.matched.sum() < 1 or one.drawn.sum() < 1:
        return None, None
    against = one.free[nearest] and _beyond(one, nearest, -1) and worth[nearest] > 0
    speaks_for = one.free[farthest] and _beyond(one, farthest, 1) and worth[farthest] < 0
    if not against and not speaks_for:
        return None, None
    what = "equal values came out as evidence against a match" if against else "differences came out as evidence for it"
    if one.u[nearest] > one.declared_m[nearest]:
        return one.u.copy(), Finding(name, f"{what}, and strangers agree in it", "it counts for nothing")
    return one.declared_m.copy(), Finding(name, what, "its declared weights are used")


def _beyond(one: _Levels, place: int, sign: int) -> bool:
    """Whether a level's weight lies on the wrong side of zero by more than chance."""
    return sign * one.worth([place]) > STRONG * one.variance([place]) ** 0.5


def _ordered(name: str, one: _Levels) -> tuple[Shares | None, Finding | None]:
    """Pool levels whose order is wrong by chance (isotonic regression: Ayer et al., 1955); m changes, its sum not."""
    worth = np.log(one.declared_m / one.declared_u)
    order = [place for place in np.argsort(-worth, kind="stable").tolist() if one.free[place]]
    blocks: list[list[int]] = []
    believed = 0
    for place in order:
        blocks.append([place])
        while len(blocks) > 1 and one.worth(blocks[-1]) > one.worth(blocks[-2]) + 1e-9:
            apart = one.worth(blocks[-1]) - one.worth(blocks[-2])
            if apart > STRONG * (one.variance(blocks[-1]) + one.variance(blocks[-2])) ** 0.5:
                believed += 1
                break
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    pooled = [block for block in blocks if len(block) > 1]
    if not pooled and not believed:
        return None, None
    m = one.m.copy()
    for block in pooled:
        m[block] = one.u[block] * one.m[block].sum() / one.u[block].sum()
    done = []
    if pooled:
        done.append(f"{sum(map(len, pooled))} levels were pooled, since too few pairs say so")
    if believed:
        done.append(f"{believed} were kept, since many pairs say so")
    return m, Finding(name, "a farther level came out as stronger evidence than a closer one", " and ".join(done))

"""Everything the writers of the eight systems share: entities, their records and how many facts to write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from c360_assets.sample import companies, people, presence
from c360_assets.sample.companies import Companies
from c360_assets.sample.people import People
from c360_assets.sample.presence import Presence
from c360_assets.sample.randomness import Ints, chance
from c360_assets.sample.rates import RATES

FIRST_DAY = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp())
"""The sample's first day, in epoch seconds."""
DAY = 86_400

# Shares of the fact rows; product events take what is left, and what devices and adoption do not use.
FACT_SHARES = {
    "opportunity": 0.05,
    "netsuite_invoice": 0.07,
    "subscription": 0.045,
    "stripe_invoice": 0.07,
    "ticket": 0.07,
    "satisfaction_rating": 0.015,
    "email_event": 0.15,
    "feature_adoption": 0.05,
    "device": 0.08,
    "order": 0.06,
    "consent_event": 0.09,
}


@dataclass
class World:
    """The sample company's customers on one day."""

    seed: int
    day: int
    now: int
    companies: Companies
    people: People
    presence: Presence
    agents: int
    """Support agents of our own: Zendesk users who are no customers."""
    facts: dict[str, int]
    """Rows per fact object; `all` is their sum."""

    def numbers(self, n: int) -> Ints:
        """Distinct numbers for the ids of `n` facts of this day."""
        return np.arange(1, n + 1, dtype=np.int64) + self.day * presence.ROWS_PER_DAY


def build(records: int, seed: int, day: int = 0) -> World:
    """Draw a world whose extracts hold about `records` rows, as of the sample's day (0 is the first)."""
    now = FIRST_DAY + day * DAY
    identity = records * RATES.identity
    firms = companies.draw(max(int(identity * RATES.organization / presence.COMPANY_RECORDS), 4), seed, now, day)
    persons = people.draw(
        max(int(identity * (1 - RATES.organization) / presence.PERSON_RECORDS), 10), firms, seed, now, day
    )
    plan = presence.plan(firms, persons, seed, day)
    held = sum(len(r) for group in (plan.companies, plan.people) for r in group.values())
    agents = 0 if day else max(3, records // 5000)
    rest = max(records - held - agents, 40)
    facts = {name: max(int(rest * share), 1) for name, share in FACT_SHARES.items()}
    return World(seed, day, now, firms, persons, plan, agents, facts | {"all": rest})


def entered(rng: np.random.Generator, known_since: Ints, now: int) -> Ints:
    """When a record was made: in each system at another time, up to a year after the first contact."""
    span = np.minimum(now - known_since - DAY, 365 * DAY)
    return known_since + (rng.random(len(known_since)) * span).astype(np.int64)


def repeats(rng: np.random.Generator, n: int) -> Ints:
    """Row order of an incremental extract of `n` rows in which a few rows come twice, in place of others."""
    twice = np.flatnonzero(chance(rng, n, RATES.duplicate))
    order = np.arange(n)
    if n > 1:
        order[twice] = np.maximum(twice - 1, 0)
    return order


def late(rng: np.random.Generator, n: int) -> Ints:
    """Seconds between the happening and its arrival: minutes for most, days for a few."""
    return np.where(chance(rng, n, RATES.late), rng.integers(2 * DAY, 9 * DAY, n), rng.integers(0, 1800, n))

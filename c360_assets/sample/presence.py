"""Which system holds which company and person, how often and under which id."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from c360_assets.sample.companies import Companies
from c360_assets.sample.people import People
from c360_assets.sample.randomness import Bools, Ints, chance, stream
from c360_assets.sample.rates import RATES
from c360_assets.sample.text import codes, join, number, take

ROWS_PER_DAY = 10_000_000
"""Ids of a later day's new records start after a multiple of it, so they never meet earlier ones."""

# object: (share of companies, share of those with a second record)
_COMPANY_OBJECTS = {
    "account": (0.85, RATES.account_copy),
    "customer": (0.6, RATES.billing_entities),
    "stripe_customer": (0.38, 0.08),
    "organization": (0.45, 0.03),
    "workspace": (0.45, 0.15),
    "company": (0.5, 0.0),
}
# object: (share of employees, share of consumers, share with a second record)
_PERSON_OBJECTS = {
    "contact": (0.72, 0.15, 0.08),
    "hubspot_contact": (0.62, 0.5, 0.05),
    "zendesk_user": (0.4, 0.38, 0.04),
    "user": (0.5, 0.35, 0.03),
    "shop_customer": (0.1, 0.68, RATES.guest_checkout),
    "customer": (0.0, 0.14, 0.02),
    "stripe_customer": (0.0, 0.3, 0.03),
}
COMPANY_RECORDS = 3.56
"""Expected records per company, by the shares above."""
PERSON_RECORDS = 2.6
"""Expected records per person, by the shares above."""


@dataclass(frozen=True)
class Rows:
    """The records of one object: entity index and id per record, in no particular order."""

    entity: Ints
    numbers: Ints
    ids: pa.Array
    second: Bools
    """True for a person's contact at the second employer, or a company's further record."""
    starts: Ints
    counts: Ints

    def __len__(self) -> int:
        return len(self.entity)

    def pick(self, rng: np.random.Generator, entity: Ints) -> Ints:
        """The position of one of the entity's records, at random; -1 where it has none."""
        at = np.maximum(entity, 0)
        offset = (rng.random(len(at)) * self.counts[at]).astype(np.int64)
        return np.where((entity >= 0) & (self.counts[at] > 0), self.starts[at] + offset, -1)

    def id_of(self, rng: np.random.Generator, entity: Ints) -> pa.Array:
        """The id of one of the entity's records; null where it has none."""
        return take(self.ids, self.pick(rng, entity))


@dataclass(frozen=True)
class Presence:
    """Records per object, of companies and of people."""

    companies: dict[str, Rows]
    people: dict[str, Rows]
    day: int


def _ids(kind: str, numbers: Ints) -> pa.Array:
    match kind:
        case "account":
            return join("0015e", number(numbers, 10), "AAA")
        case "contact":
            return join("0035e", number(numbers, 10), "AAA")
        case "stripe_customer":
            return join("cus_", codes(numbers, 14))
        case "organization":
            return number(numbers + 360_000_000_000)
        case "zendesk_user":
            return number(numbers + 380_000_000_000)
        case "workspace":
            return join("ws_", codes(numbers, 12))
        case "user":
            return join("usr_", codes(numbers, 14))
        case "hubspot_contact":
            return number(numbers + 7_000_000_000)
        case "shop_customer":
            return number(numbers + 6_900_000_000_000)
        case "company":
            return join("ent-", codes(numbers, 12))
        case _:
            return number(numbers + 1_000)


def _rows(kind: str, counts: Ints, seconds: Bools, numbers: Ints) -> Rows:
    """Rows ordered by entity; `seconds` marks entities whose last record is at the second employer."""
    entity = np.repeat(np.arange(len(counts)), counts)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    place = np.arange(len(entity)) - starts[entity]
    second = seconds[entity] & (place == counts[entity] - 1) & (place > 0)
    return Rows(entity, numbers, _ids(kind, numbers), second, starts, counts)


def _ensure_one(counts: dict[str, Ints], rng: np.random.Generator, kinds: list[str], allowed: Bools) -> None:
    nowhere = np.flatnonzero(allowed & (sum(counts.values()) == 0))
    for at, kind in zip(nowhere.tolist(), rng.integers(0, len(kinds), len(nowhere)).tolist(), strict=True):
        counts[kinds[kind]][at] = 1


def plan(companies: Companies, people: People, seed: int, day: int) -> Presence:
    """Decide the records of every entity and their ids."""
    rng = stream(seed, "presence")
    n, m = len(companies), len(people)
    follower = companies.sibling_of >= 0
    firms: dict[str, Ints] = {}
    for kind, (share, more) in _COMPANY_OBJECTS.items():
        # Zendesk joins by domain, so siblings share the leader's organization.
        have = chance(rng, n, share) & ~(follower if kind == "organization" else np.zeros(n, dtype=bool))
        firms[kind] = have * (1 + chance(rng, n, more) * np.minimum(rng.geometric(0.75, n), 3))
    _ensure_one(firms, rng, ["account", "customer"], np.ones(n, dtype=bool))
    persons: dict[str, Ints] = {}
    for kind, (employee, consumer, more) in _PERSON_OBJECTS.items():
        have = rng.random(m) < np.where(people.private, consumer, employee)
        persons[kind] = have * (1 + chance(rng, m, more))
    changed = people.second_employer >= 0
    persons["contact"] = np.where(changed, np.maximum(persons["contact"], 2), persons["contact"])
    _ensure_one(persons, rng, ["contact", "hubspot_contact"], ~people.private)
    _ensure_one(persons, rng, ["shop_customer", "hubspot_contact"], people.private)
    firm_rows, person_rows = {}, {}
    none = np.zeros(n, dtype=bool)
    for kind in dict.fromkeys([*firms, *persons]):
        first = int(firms[kind].sum()) if kind in firms else 0
        total = first + (int(persons[kind].sum()) if kind in persons else 0)
        numbers = rng.permutation(total).astype(np.int64) + 1 + day * ROWS_PER_DAY
        if kind in firms:
            firm_rows[kind] = _rows(kind, firms[kind].astype(np.int64), none, numbers[:first])
        if kind in persons:
            person_rows[kind] = _rows(kind, persons[kind].astype(np.int64), changed, numbers[first:])
    return Presence(firm_rows, person_rows, day)

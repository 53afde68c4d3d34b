"""The people: employees of the customer companies and consumers, one row per person, as they are in truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sample import addresses, names, phones
from c360_assets.sample.addresses import Addresses
from c360_assets.sample.companies import Companies
from c360_assets.sample.phones import Phones
from c360_assets.sample.randomness import Bools, Ints, chance, skewed, stream, weighted
from c360_assets.sample.rates import RATES
from c360_assets.sample.text import join, map_unique, number, slug, take, where
from c360_assets.sample.vocabulary.business import FREE_MAIL, JOB_TITLES
from c360_assets.sample.vocabulary.places import COUNTRIES


@dataclass(frozen=True)
class People:
    """Columns of all people. `employer` is -1 for consumers; `second_employer` -1 for nearly all."""

    given: pa.Array
    middle: pa.Array
    family: pa.Array
    country: Ints
    employer: Ints
    second_employer: Ints
    household: Ints
    email: pa.Array
    other_email: pa.Array
    """A private, former or second address; null for most."""
    mobile: Phones
    home_phone: Phones
    address: Addresses
    """Home, for consumers; for employees the company's."""
    old_address: Addresses
    moved: Bools
    birth: Ints
    """Days since 1970."""
    title: pa.Array
    language: pa.Array
    created: Ints
    private: Bools
    """Consumer."""

    def __len__(self) -> int:
        return len(self.country)


def _households(rng: np.random.Generator, consumers: Ints, size: int) -> Ints:
    """For each person the index of the household's first member; itself for those who live alone."""
    head = np.arange(size)
    members = consumers[: int(len(consumers) * RATES.household)]
    if len(members) < 2:
        return head
    cuts = np.flatnonzero(chance(rng, len(members), 0.4) | (np.arange(len(members)) == 0))
    head[members] = members[cuts[np.searchsorted(cuts, np.arange(len(members)), side="right") - 1]]
    return head


def _mailboxes(rng: np.random.Generator, given: pa.Array, family: pa.Array, private: Bools, birth: Ints) -> pa.Array:
    n = len(given)
    g, f = map_unique(given, _mailbox_word), map_unique(family, _mailbox_word)
    style = weighted(rng, n, [0.5, 0.2, 0.12, 0.1, 0.08])
    text = join(g, ".", f)
    for kind, form in (
        (1, join(pc.utf8_slice_codeunits(g, 0, 1), ".", f)),
        (2, join(g, f)),
        (3, join(f, ".", g)),
        (4, join(g, "_", f)),
    ):
        text = where(style == kind, form, text)
    year = number(1970 + birth // 365)
    return where(private & chance(rng, n, 0.5), join(text, pc.utf8_slice_codeunits(year, 2, 4)), text)


def _mailbox_word(name: str) -> str:
    return slug(name).replace("-", "") or "mail"


def _distinct(local: pa.Array, domain: pa.Array) -> pa.Array:
    """local@domain, with a number where another person already has it."""
    plain = join(local, "@", domain)
    count = pd.Series(plain.to_pandas()).groupby(plain.to_pandas()).cumcount().to_numpy()
    return where(count == 0, plain, join(local, number(count + 1), "@", domain))


def _free_mail(rng: np.random.Generator, country: Ints) -> pa.Array:
    boxes = [FREE_MAIL[c.language] for c in COUNTRIES]
    count = np.asarray([len(b) for b in boxes])
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    pick = (rng.random(len(country)) ** 1.4 * count[country]).astype(np.int64)
    return take([b for group in boxes for b in group], start[country] + pick)


def draw(n: int, companies: Companies, seed: int, now: int, day: int) -> People:
    """Draw `n` people, most of them employed by the companies; `now` in epoch seconds."""
    rng = stream(seed, "people")
    private = ~chance(rng, n, RATES.business_people)
    # Large companies have more contacts, but not in proportion to their size.
    pull = np.cumsum(np.minimum(companies.employees, 4000) ** 0.45)
    employer = np.minimum(np.searchsorted(pull, rng.random(n) * pull[-1]), len(companies) - 1)
    country = np.where(private, weighted(rng, n, [c.weight for c in COUNTRIES]), companies.country[employer])
    employer = np.where(private, -1, employer)
    head = _households(rng, np.flatnonzero(private), n)
    country = country[head]
    given, middle, family = names.draw(rng, country)
    family = family.take(pa.array(head))
    second = np.where((employer >= 0) & chance(rng, n, RATES.changed_employer), rng.integers(0, len(companies), n), -1)
    second = np.where(second == employer, -1, second)
    birth = (rng.normal(-1000, 4200, n)).astype(np.int64).clip(-13000, 11000)
    local = _mailboxes(rng, given, family, private, birth)
    mail_domain = where(private, _free_mail(rng, country), take(companies.domain, np.maximum(employer, 0)))
    other_local = _mailboxes(rng, given, family, np.ones(n, dtype=bool), birth)
    has_other = chance(rng, n, RATES.changed_email) | (second >= 0)
    if day:
        # Later days' people meet nobody of an earlier day by the mailbox.
        local, other_local = join(local, ".", str(day)), join(other_local, ".", str(day))
    both = _distinct(pa.concat_arrays([local, other_local]), pa.concat_arrays([mail_domain, _free_mail(rng, country)]))
    work_at_second = join(local, ".", number(np.arange(n) % 100), "@", take(companies.domain, np.maximum(second, 0)))
    other = where(second >= 0, work_at_second, where(has_other, both.slice(n), None))
    home = addresses.draw(rng, country).take(head)
    old = addresses.draw(rng, country).take(head)
    at_work = companies.address.take(np.maximum(employer, 0))
    address = home.else_(private, at_work)
    home_phone = phones.landlines(rng, country, home.city_index).take(head)
    return People(
        given,
        middle,
        family,
        country,
        employer,
        second,
        head,
        both.slice(0, n),
        other,
        phones.mobiles(rng, country, address.city_index),
        home_phone,
        address,
        old,
        (private & chance(rng, n, RATES.moved))[head],
        birth,
        where(private, None, take(JOB_TITLES, skewed(rng, n, len(JOB_TITLES), 0.4))),
        take([c.language for c in COUNTRIES], country),
        now - rng.integers(20 * 86400, 6 * 365 * 86400, n),
        private,
    )

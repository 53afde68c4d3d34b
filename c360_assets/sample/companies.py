"""The customer companies: one row per legal entity, as it is in truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sample import addresses, phones, tax_ids
from c360_assets.sample.addresses import Addresses
from c360_assets.sample.names import words_of
from c360_assets.sample.phones import Phones
from c360_assets.sample.randomness import Bools, Ints, chance, skewed, stream, weighted
from c360_assets.sample.rates import RATES
from c360_assets.sample.text import join, map_unique, number, slug, strings, take, where
from c360_assets.sample.vocabulary.company_words import (
    COUNTRY_TAG,
    ENDINGS,
    INDUSTRIES,
    LEGAL_FORMS,
    MIDDLES,
    ONSETS,
    PLACES,
)
from c360_assets.sample.vocabulary.family_names import FAMILY_NAMES
from c360_assets.sample.vocabulary.places import COUNTRIES


@dataclass(frozen=True)
class Companies:
    """Columns of all companies. `relative` marks those that share brand or domain with another."""

    country: Ints
    name: pa.Array
    legal_form: pa.Array
    brand_word: pa.Array
    domain: pa.Array
    industry: pa.Array
    phone: Phones
    address: Addresses
    tax_id: pa.Array
    registration: pa.Array
    parent: Ints
    sibling_of: Ints
    relative: Bools
    employees: Ints
    revenue: Ints
    created: Ints
    owner: Ints

    def __len__(self) -> int:
        return len(self.country)


def invented_words(rng: np.random.Generator, n: int) -> pa.Array:
    """Words that no company is called by."""
    return join(*(take(part, rng.integers(0, len(part), n)) for part in (ONSETS, MIDDLES, ENDINGS)))


def _words(rng: np.random.Generator, n: int, language: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Brand word, trade word and industry per company."""
    invented = invented_words(rng, n)
    founders = [name for text in FAMILY_NAMES.values() for name in words_of(text)]
    founder = take(founders, rng.integers(0, len(founders), n))
    second = take(founders, rng.integers(0, len(founders), n))
    place = take(PLACES, rng.integers(0, len(PLACES), n))
    style = weighted(rng, n, [0.5, 0.2, 0.12, 0.18])
    brand = where(style == 1, founder, invented)
    brand = where(style == 2, join(founder, " & ", second), brand)
    brand = where(style == 3, join(place, " ", pc.utf8_lower(invented)), brand)
    brand = where(style == 3, pc.utf8_title(brand), brand)
    industries = list(INDUSTRIES)
    industry = rng.integers(0, len(industries), n)
    trades: dict[tuple[int, str], list[str]] = {
        (i, lang): words.split() for i, name in enumerate(industries) for lang, words in INDUSTRIES[name].items()
    }
    lang, pick = language.to_pylist(), rng.random(n).tolist()
    trade = []
    for i, spoken, p in zip(industry.tolist(), lang, pick, strict=True):
        words = trades[i, spoken]
        trade.append(words[int(p * len(words))])
    return brand, strings(trade), take(industries, industry)


def _related(rng: np.random.Generator, n: int) -> tuple[Ints, Ints]:
    """Who is whose sibling (leader's index or -1) and whose subsidiary (parent's index or -1)."""
    order = rng.permutation(n)
    sibling, parent = np.full(n, -1), np.full(n, -1)
    # A group has a leader and one or two others: 2.4 companies on average.
    groups = max(round(n * RATES.sibling / 2.4), 1 if n > 6 else 0)
    leaders, rest = order[:groups], order[groups:]
    others = round(groups * 1.4)
    followers, rest = rest[:others], rest[others:]
    sibling[followers] = leaders[np.arange(len(followers)) % max(groups, 1)] if groups else -1
    subs = round(n * RATES.subsidiary)
    children, rest = rest[:subs], rest[subs:]
    parents = rest[: max(subs * 2 // 3, 1)]
    if len(children) and len(parents):
        parent[children] = parents[rng.integers(0, len(parents), len(children))]
    return sibling, parent


def draw(n: int, seed: int, now: int, day: int) -> Companies:
    """Draw `n` companies that are new on this day; `now` is the sample's time in epoch seconds."""
    rng = stream(seed, "companies")
    country = weighted(rng, n, [c.weight for c in COUNTRIES])
    sibling, parent = _related(rng, n)
    country = np.where(sibling >= 0, country[sibling], country)
    language = take([c.language for c in COUNTRIES], country)
    brand, trade, industry = _words(rng, n, language)
    own_domain = ~((parent >= 0) & chance(rng, n, RATES.subsidiary_on_parent_domain))
    tagged = (parent >= 0) & (chance(rng, n, 0.5) | ~own_domain)
    source = np.where(sibling >= 0, sibling, np.where(tagged, parent, np.arange(n)))
    brand = brand.take(pa.array(source))
    tag = take(list(COUNTRY_TAG.values()), country)
    name = where(tagged, join(brand, " ", trade, " ", tag), join(brand, " ", trade))
    name = _unique(name, rng)
    stem = map_unique(where(tagged, join(brand, " ", trade, " ", tag), name), slug)
    tld = where(chance(rng, n, 0.3), "com", take([c.tld for c in COUNTRIES], country))
    domain = _unique(stem, rng, "-")
    domain = join(domain, ".", tld)
    leader = np.where(sibling >= 0, sibling, np.where(own_domain, np.arange(n), parent))
    # A parent or leader may itself be nobody's child, so one step reaches the root.
    domain = domain.take(pa.array(leader))
    address = addresses.draw(rng, country)
    phone = phones.landlines(rng, country, address.city_index)
    group = np.where(sibling >= 0, sibling, np.arange(n))
    phone = phone.take(group)
    same_house = (sibling >= 0) & chance(rng, n, 0.5)
    address = address.take(group).else_(same_house, address)
    forms = [LEGAL_FORMS[c.code][0] for c in COUNTRIES]
    count = np.asarray([len(f) for f in forms])
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    form_at = start[country] + (rng.random(n) * count[country]).astype(np.int64)
    employees = np.maximum(np.exp(rng.normal(3.6, 1.4, n)).astype(np.int64), 2)
    revenue = (employees * np.exp(rng.normal(11.6, 0.5, n)) / 1000).astype(np.int64) * 1000
    tax_id, registration = tax_ids.draw(rng, country, day)
    relative = np.zeros(n, dtype=bool)
    for index in (sibling, np.where(tagged | ~own_domain, parent, -1)):
        relative[index[index >= 0]] = True
        relative |= index >= 0
    return Companies(
        country,
        name,
        take([f for group_ in forms for f in group_], form_at),
        brand,
        domain,
        industry,
        phone,
        address,
        tax_id,
        registration,
        parent,
        sibling,
        relative,
        employees,
        revenue,
        now - rng.integers(30 * 86400, 8 * 365 * 86400, n),
        skewed(rng, n, 12, 0.3),
    )


def _unique(names: pa.Array, rng: np.random.Generator, sep: str = " ") -> pa.Array:
    """Give later bearers of a name a further invented word, until all differ."""
    for _ in range(8):
        again = pd.Series(names.to_pandas()).duplicated().to_numpy()
        if not again.any():
            return names
        n = len(names)
        more = invented_words(rng, n)
        extra = pc.utf8_lower(more) if sep == "-" else more
        names = where(again, join(names, sep, extra), names)
    return where(again, join(names, sep, number(np.arange(len(names)))), names)

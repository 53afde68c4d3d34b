"""Addresses: street, city, region, postcode and country, written as the country does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sample.randomness import Bools, Ints, chance, skewed
from c360_assets.sample.text import (
    digits,
    edit,
    join,
    map_unique,
    number,
    spelled_out,
    strings,
    take,
    typo,
    where,
)
from c360_assets.sample.vocabulary.places import COUNTRIES

_ABBREVIATIONS = [
    ("straße", "str."),
    ("strasse", "str."),
    ("Street", "St"),
    ("Road", "Rd"),
    ("Avenue", "Ave"),
    ("Lane", "Ln"),
    ("Boulevard", "Blvd"),
    ("Drive", "Dr"),
    ("avenue", "av."),
    ("boulevard", "bd"),
    ("Calle", "C/"),
    ("Avenida", "Avda."),
    ("Corso", "C.so"),
    ("straat", "str."),
    ("vägen", "v."),
    ("ul. ", ""),
]


@dataclass(frozen=True)
class Addresses:
    """A column of addresses; `city_index` counts within the country."""

    country: Ints
    city_index: Ints
    street: pa.Array
    city: pa.Array
    region: pa.Array
    postcode: pa.Array

    def take(self, index: Ints) -> Addresses:
        """The addresses of these rows; a negative index gives nulls."""
        at = np.maximum(index, 0)
        return Addresses(
            self.country[at],
            self.city_index[at],
            *(take(c, index) for c in (self.street, self.city, self.region, self.postcode)),
        )

    def else_(self, mask: Bools, other: Addresses) -> Addresses:
        """These addresses where the mask holds, the others elsewhere."""
        return Addresses(
            np.where(mask, self.country, other.country),
            np.where(mask, self.city_index, other.city_index),
            *(
                where(mask, mine, theirs)
                for mine, theirs in (
                    (self.street, other.street),
                    (self.city, other.city),
                    (self.region, other.region),
                    (self.postcode, other.postcode),
                )
            ),
        )

    def codes(self) -> pa.Array:
        """ISO 3166 alpha-2."""
        return blank_like(take([c.code for c in COUNTRIES], self.country), self.street)

    def names(self) -> pa.Array:
        """English country names."""
        return blank_like(take([c.name for c in COUNTRIES], self.country), self.street)

    def written(self, rng: np.random.Generator, trouble: float = 0.15) -> Addresses:
        """As typed by hand: abbreviated streets, other city names, lost spaces, capitals, slips."""
        n = len(self.country)
        street = self.street
        for long, brief in _ABBREVIATIONS:
            street = pc.replace_substring(street, long, brief)
        street = where(chance(rng, n, trouble * 1.5), street, self.street)
        street = edit(street, chance(rng, n, trouble * 0.2), typo, rng)
        street = where(chance(rng, n, trouble * 0.4), pc.utf8_upper(street), street)
        other = map_unique(self.city, lambda v: _OTHER_NAMES.get(v, spelled_out(v)))
        city = where(chance(rng, n, trouble), other, self.city)
        postcode = where(chance(rng, n, trouble), pc.replace_substring(self.postcode, " ", ""), self.postcode)
        return Addresses(self.country, self.city_index, street, city, self.region, postcode)


_OTHER_NAMES = {city.name: city.other_name for c in COUNTRIES for city in c.cities if city.other_name}


def blank_like(values: pa.Array, like: pa.Array) -> pa.Array:
    """Null wherever `like` is null."""
    return pc.if_else(pc.is_valid(like), values, pa.scalar(None, values.type))


def draw(rng: np.random.Generator, country: Ints) -> Addresses:
    """New addresses in these countries, big cities more often."""
    n = len(country)
    cities = [city for c in COUNTRIES for city in c.cities]
    count = np.asarray([len(c.cities) for c in COUNTRIES])
    city_index = np.minimum((rng.random(n) ** 1.5 * count[country]).astype(np.int64), count[country] - 1)
    at = np.concatenate([[0], np.cumsum(count)[:-1]])[country] + city_index
    streets = [[s.replace("\u00a0", " ") for s in c.streets.split(" ") if s] for c in COUNTRIES]
    street_count = np.asarray([len(s) for s in streets])
    pick = (rng.random(n) * street_count[country]).astype(np.int64)
    street_at = np.concatenate([[0], np.cumsum(street_count)[:-1]])[country] + pick
    name = take([s for group in streets for s in group], street_at)
    house = number(1 + skewed(rng, n, 180, 0.5))
    after = np.asarray([c.street_first for c in COUNTRIES])[country]
    return Addresses(
        country,
        city_index,
        where(after, join(name, " ", house), join(house, " ", name)),
        take([c.name for c in cities], at),
        take([c.region for c in cities], at),
        digits(rng, take([c.postcode for c in cities], at)),
    )


def none(n: int) -> Addresses:
    """Empty addresses."""
    empty = strings([None] * n)
    return Addresses(np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), empty, empty, empty, empty)

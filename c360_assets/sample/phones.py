"""Telephone numbers inside each country's real ranges, and the ways people write them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sample.randomness import Bools, Ints
from c360_assets.sample.text import digits, join, take, where
from c360_assets.sample.vocabulary.places import COUNTRIES

_CALLING = [c.calling_code for c in COUNTRIES]
_TRUNK = [c.trunk for c in COUNTRIES]
_CODES = [c.code for c in COUNTRIES]
# What one dials before a foreign calling code; it differs by country.
_ABROAD = ["0011" if c.code == "AU" else "00" for c in COUNTRIES]


@dataclass(frozen=True)
class Phones:
    """A column of numbers: country index, area code (or mobile prefix) and subscriber digits."""

    country: Ints
    area: pa.Array
    subscriber: pa.Array

    def take(self, index: Ints) -> Phones:
        """The numbers of these rows; a negative index gives null."""
        return Phones(self.country[np.maximum(index, 0)], take(self.area, index), take(self.subscriber, index))

    def else_(self, mask: Bools, other: Phones) -> Phones:
        """These numbers where the mask holds, the others elsewhere."""
        return Phones(
            np.where(mask, self.country, other.country),
            where(mask, self.area, other.area),
            where(mask, self.subscriber, other.subscriber),
        )

    def e164(self) -> pa.Array:
        """+491711234567."""
        return join("+", take(_CALLING, self.country), self.area, self.subscriber)

    def written(self, rng: np.random.Generator, at_home: Bools | None = None) -> pa.Array:
        """As people write them: a third in E.164, the others in one of six manners.

        National manners only where `at_home` holds: where the record names the country.
        """
        n = len(self.country)
        calling, trunk = take(_CALLING, self.country), take(_TRUNK, self.country)
        manner = rng.integers(0, 6, n)
        if at_home is not None:
            manner = np.where(at_home | ~np.isin(manner, (1, 2, 3)), manner, 0)
        american = self.country == _CODES.index("US")
        middle = pc.utf8_slice_codeunits(self.subscriber, 0, 3)
        rest = pc.utf8_slice_codeunits(self.subscriber, 3, 99)
        national = where(
            american,
            join("(", self.area, ") ", middle, "-", rest),
            join(trunk, self.area, " ", self.subscriber),
        )
        text = join("+", calling, self.area, self.subscriber)
        spaced = join("+", calling, " ", self.area, " ", middle, " ", rest)
        for number, form in enumerate(
            (
                spaced,
                national,
                where(
                    american,
                    join(self.area, "-", middle, "-", rest),
                    join(trunk, self.area, "/", self.subscriber),
                ),
                where(
                    american,
                    join("1-", self.area, "-", middle, "-", rest),
                    join(take(_ABROAD, self.country), calling, self.area, self.subscriber),
                ),
                join("+", calling, " (0)", self.area, "-", self.subscriber),
            )
        ):
            # "(0)" exists only where the country has a trunk zero.
            fits = np.asarray(pc.equal(trunk, "0")) if number == 4 else np.ones(n, dtype=bool)
            text = where((manner == number) & fits, form, text)
        return where(rng.random(n) < 0.35, self.e164(), text)


def landlines(rng: np.random.Generator, country: Ints, city: Ints) -> Phones:
    """Numbers at these cities (index within the country)."""
    areas: list[str] = []
    subscribers: list[str] = []
    first: list[int] = []
    for c in COUNTRIES:
        first.append(len(areas))
        areas += [city_.area for city_ in c.cities]
        subscribers += [city_.subscriber for city_ in c.cities]
    at = np.asarray(first)[country] + city
    return Phones(country, take(areas, at), digits(rng, take(subscribers, at)))


def mobiles(rng: np.random.Generator, country: Ints, city: Ints) -> Phones:
    """Mobile numbers; where a country has no mobile range, numbers at the city."""
    patterns: list[str] = []
    first: list[int] = []
    count: list[int] = []
    for c in COUNTRIES:
        first.append(len(patterns))
        count.append(max(len(c.mobile), 1))
        patterns += list(c.mobile) or [""]
    at = np.asarray(first)[country] + (rng.random(len(country)) * np.asarray(count)[country]).astype(np.int64)
    filled = digits(rng, take(patterns, at))
    fixed = landlines(rng, country, city)
    moving = Phones(country, pc.utf8_slice_codeunits(filled, 0, 3), pc.utf8_slice_codeunits(filled, 3, 99))
    return moving.else_(np.asarray([bool(c.mobile) for c in COUNTRIES])[country], fixed)

"""Personal names by culture, with frequencies as skewed as in life."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from c360_assets.sample.randomness import Ints, chance, skewed, weighted
from c360_assets.sample.text import take, where
from c360_assets.sample.vocabulary.family_names import FAMILY_NAMES, FAMILY_PARTS
from c360_assets.sample.vocabulary.given_names import GIVEN_NAMES
from c360_assets.sample.vocabulary.places import COUNTRIES

_CULTURES = list(GIVEN_NAMES)
_TAIL = 0.45  # share of bearers of the rarer, combined family names


def words_of(text: str) -> list[str]:
    """Words; a no-break space holds the parts of one name together."""
    return [w.strip().replace("\u00a0", " ") for w in text.replace("\n", " ").split(" ") if w.strip()]


def _tail(culture: str) -> list[str]:
    if culture in ("spanish", "portuguese"):
        names = words_of(FAMILY_NAMES[culture])
        return [f"{a} {b}" for i, a in enumerate(names) for b in names[i % 3 :: 3] if a != b]
    if culture not in FAMILY_PARTS:
        return words_of(FAMILY_NAMES[culture])
    first, second = (words_of(t) for t in FAMILY_PARTS[culture])
    gap = " " if culture == "dutch" else ""
    return [f"{a}{gap}{b}" for b in second for a in first]


def culture_of(rng: np.random.Generator, country: Ints) -> Ints:
    """Index of the culture of a person's names, by the mix of the country."""
    culture = np.zeros(len(country), dtype=np.int64)
    for at, c in enumerate(COUNTRIES):
        rows = np.flatnonzero(country == at)
        mix = list(c.cultures)
        picked = weighted(rng, len(rows), list(c.cultures.values()))
        culture[rows] = np.asarray([_CULTURES.index(m) for m in mix])[picked]
    return culture


def draw(rng: np.random.Generator, country: Ints) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Given, middle (null for most) and family names of people in these countries."""
    n = len(country)
    culture = culture_of(rng, country)
    vocabulary: dict[str, int] = {}
    given, middle, family = (np.zeros(n, dtype=np.int64) for _ in range(3))

    def fill(target: Ints, rows: Ints, words: list[str], exponent: float) -> None:
        codes = np.asarray([vocabulary.setdefault(w, len(vocabulary)) for w in words])
        target[rows] = codes[skewed(rng, len(rows), len(words), exponent)]

    rare = chance(rng, n, _TAIL)
    for at, name in enumerate(_CULTURES):
        rows = np.flatnonzero(culture == at)
        firsts = words_of(GIVEN_NAMES[name])
        fill(given, rows, firsts, 0.6)
        fill(middle, rows, firsts, 0.2)
        fill(family, np.flatnonzero((culture == at) & ~rare), words_of(FAMILY_NAMES[name]), 0.8)
        fill(family, np.flatnonzero((culture == at) & rare), _tail(name), 0.4)
    words = list(vocabulary)
    with_middle = chance(rng, n, 0.12) & (middle != given)
    return take(words, given), where(with_middle, take(words, middle), None), take(words, family)

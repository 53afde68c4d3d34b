"""VAT and tax ids with the check digits of their country, and registration numbers.

Algorithms as python-stdnum documents them for each country; the tests check the result with that library.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from c360_assets.sample.randomness import Ints
from c360_assets.sample.text import number, strings, take
from c360_assets.sample.vocabulary.places import COUNTRIES


def _digits(values: Ints, width: int) -> Ints:
    return values[:, None] // 10 ** np.arange(width - 1, -1, -1) % 10


def _luhn(d: Ints) -> Ints:
    """Luhn check digit of rows of digits."""
    doubled = d.copy()
    doubled[:, ::-1][:, ::2] *= 2
    return (10 - (doubled // 10 + doubled % 10).sum(axis=1) % 10) % 10


def _germany(v: Ints) -> Ints:
    d, product = _digits(v, 8), np.full(len(v), 10)
    for place in range(8):
        total = (d[:, place] + product) % 10
        product = 2 * np.where(total == 0, 10, total) % 11
    return v * 10 + (11 - product) % 10


def _weighted(v: Ints, weights: list[int], modulus: int = 11) -> Ints:
    return (_digits(v, len(weights)) * np.asarray(weights)).sum(axis=1) % modulus


def _checked(v: Ints, weights: list[int], forbidden: int) -> Iterator[tuple[int, int]]:
    """The numbers with their remainders modulo 11, stepping over those that have no check digit."""
    v = v.copy()
    while (bad := _weighted(v, weights) == forbidden).any():
        v[bad] += 1
    return zip(v.tolist(), _weighted(v, weights).tolist(), strict=True)


def _texts(country: str, v: Ints) -> list[str]:
    """Tax ids of one country from distinct integers below 10**7 (steps of four apart)."""
    n = v
    match country:
        case "DE":
            return [f"DE{x:09d}" for x in _germany(n + 10_000_000)]
        case "AT":
            base = n % 10**7
            return [f"ATU{x:07d}{c}" for x, c in zip(base, (6 - _luhn_sum(base)) % 10, strict=True)]
        case "FR":
            siren = (n + 30_000_000) * 10 + _luhn(_digits(n + 30_000_000, 8))
            return [f"FR{(12 + 3 * (s % 97)) % 97:02d}{s:09d}" for s in siren.tolist()]
        case "NL":
            return [f"NL{x:08d}{c}B01" for x, c in _checked(n + 10_000_000, [9, 8, 7, 6, 5, 4, 3, 2], 10)]
        case "BE":
            base = n + 4_000_000
            return [f"BE{x:08d}{97 - x % 97:02d}" for x in base.tolist()]
        case "ES":
            return [f"ESB{x:07d}{c}" for x, c in zip(n, _luhn(_digits(n, 7)), strict=True)]
        case "IT":
            base = n * 1000 + 15  # the seven digits of the company, then the province
            return [f"IT{x:010d}{c}" for x, c in zip(base, _luhn(_digits(base, 10)), strict=True)]
        case "GB":
            total = _weighted(n, [8, 7, 6, 5, 4, 3, 2], 97)
            return [f"GB{x:07d}{97 - c:02d}" for x, c in zip(n, total, strict=True)]
        case "SE":
            base = n + 556_000_000 - n // 10**7 * 10**7
            return [f"SE{x:09d}{c}01" for x, c in zip(base, _luhn(_digits(base, 9)), strict=True)]
        case "DK":
            return [
                f"DK{x:07d}{(11 - c) % 11}"
                for x, c in _checked(np.where(n < 10**6, n + 10**6, n), [2, 7, 6, 5, 4, 3, 2], 1)
            ]
        case "FI":
            return [f"FI{x:07d}{(11 - c) % 11}" for x, c in _checked(n, [7, 9, 10, 5, 8, 4, 2], 1)]
        case "PL":
            return [f"PL{x:09d}{c}" for x, c in _checked(n + 520_000_000, [6, 5, 7, 2, 3, 4, 5, 6, 7], 10)]
        case "CH":
            return [f"CHE{x:08d}{(11 - c) % 11}" for x, c in _checked(n + 10_000_000, [5, 4, 3, 2, 7, 6, 5, 4], 1)]
        case "AU":
            body = n + 100_000_000
            rest = _weighted(body, [3, 5, 7, 9, 11, 13, 15, 17, 19], 89)
            return [f"{11 + (-c - 1) % 89:02d}{x:09d}" for x, c in zip(body.tolist(), rest.tolist(), strict=True)]
        case _:
            return [f"{30 + x % 19:02d}-{x:07d}" for x in n.tolist()]


def _luhn_sum(v: Ints) -> Ints:
    d = _digits(v, 7)
    d[:, 1::2] *= 2
    return (d // 10 + d % 10).sum(axis=1)


_REGISTER = {"DE": "HRB ", "AT": "FN ", "GB": "", "FR": "RCS ", "IT": "REA ", "NL": "KVK ", "CH": "CH-"}


def draw(rng: np.random.Generator, country: Ints, day: int) -> tuple[pa.Array, pa.Array]:
    """Tax id and registration number per company new on this day, each unique."""
    n = len(country)
    # The first day has 1.8 million numbers to choose from, every later day 20,000 of its own.
    low, size = (1_800_000 + day % 20 * 20_000, 20_000) if day else (0, 1_800_000)
    base = 500_000 + (low + rng.choice(size, n, replace=n > size)) * 4
    texts = np.empty(n, dtype=object)
    for at, c in enumerate(COUNTRIES):
        rows = np.flatnonzero(country == at)
        texts[rows] = _texts(c.code, base[rows].astype(np.int64))
    prefix = take([_REGISTER.get(c.code, "") for c in COUNTRIES], country)
    register = rng.permutation(n).astype(np.int64) * 7 + 100_003 + day % 20 * 400_000
    return strings(texts.tolist()), pa.compute.binary_join_element_wise(prefix, number(register, 7), "")

"""Similarities as DuckDB has them, for the levels that Snowflake's own functions cannot decide.

The text of this file is the body of every function that `functions.py` creates, so it stands alone. DuckDB compares
UTF-8 bytes and not characters ('é' is two away from 'e'); so do these, or one model would weigh differently on the
two backends. Sources: rapidfuzz-cpp, which DuckDB uses; Lowrance and Wagner 1975 for Damerau-Levenshtein.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

BOOST_THRESHOLD, PREFIX_WEIGHT, LONGEST_PREFIX = 0.7, 0.1, 4


def _units(left: str, right: str) -> tuple[Sequence[object], Sequence[object]]:
    # ASCII is its own bytes, and most names are ASCII.
    return (left, right) if left.isascii() and right.isascii() else (left.encode(), right.encode())


def levenshtein(left: str, right: str) -> int:
    """Insertions, deletions and replacements from one text to the other."""
    units, others = _units(left, right)
    row = list(range(len(others) + 1))
    for i, one in enumerate(units, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(others, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (one != other))
    return row[-1]


def damerau_levenshtein(left: str, right: str) -> int:
    """As `levenshtein`, and neighbours that changed places count once, whatever else lies between them."""
    units, others = _units(left, right)
    beyond = len(units) + len(others)
    table = [[beyond] * (len(others) + 2)] + [[beyond, i] + [0] * len(others) for i in range(len(units) + 1)]
    table[1][1:] = range(len(others) + 1)
    last_row: dict[object, int] = {}
    for i, one in enumerate(units, 1):
        last_column = 0
        for j, other in enumerate(others, 1):
            row, column = last_row.get(other, 0), last_column
            if one == other:
                last_column = j
            table[i + 1][j + 1] = min(
                table[i][j] + (one != other),
                table[i + 1][j] + 1,
                table[i][j + 1] + 1,
                table[row][column] + (i - row - 1) + 1 + (j - column - 1),
            )
        last_row[one] = i
    return table[-1][-1]


def jaro(left: str, right: str) -> float:
    """Jaro similarity, from 0 to 1; two empty texts have none."""
    return _jaro(*_units(left, right))


def _jaro(left: Sequence[object], right: Sequence[object]) -> float:
    if not left or not right:
        return 0.0
    window = max(max(len(left), len(right)) // 2 - 1, 0)
    free: list[object] = list(left)
    matched: list[object] = []
    places: list[int] = []
    for j, unit in enumerate(right):
        for i in range(max(0, j - window), min(len(left), j + window + 1)):
            if free[i] == unit:
                free[i] = None
                matched.append(unit)
                places.append(i)
                break
    common = len(matched)
    if not common:
        return 0.0
    moved = sum(left[i] != unit for i, unit in zip(sorted(places), matched, strict=True)) // 2
    return (common / len(left) + common / len(right) + (common - moved) / common) / 3


def jaro_winkler(left: str, right: str) -> float:
    """Jaro similarity, raised for up to four units of common prefix."""
    units, others = _units(left, right)
    similarity = _jaro(units, others)
    if similarity <= BOOST_THRESHOLD:
        return similarity
    prefix = 0
    for one, other in zip(units[:LONGEST_PREFIX], others, strict=False):
        if one != other:
            break
        prefix += 1
    # Rounded once, as DuckDB's processor does it: a similarity of exactly a threshold must not fall below it.
    boost = (x * y for x in _halves(prefix * PREFIX_WEIGHT) for y in _halves(1 - similarity))
    return math.fsum((similarity, *boost))


def _halves(number: float) -> tuple[float, float]:
    # Dekker 1971: two parts whose products are exact.
    scaled = number * 134217729.0
    high = scaled - (scaled - number)
    return high, number - high


def jaccard(left: str, right: str) -> float:
    """Shared among all units. DuckDB fails on an empty text; here it shares nothing."""
    one, other = map(set, _units(left, right))
    return len(one & other) / len(one | other) if one and other else 0.0


def cosine(left: list[float], right: list[float]) -> float | None:
    """Cosine of the angle between two arrays of numbers; None for a null vector or another length."""
    if len(left) != len(right) or None in left or None in right:
        return None
    norm = math.sqrt(sum(x * x for x in left) * sum(y * y for y in right))
    return max(-1.0, min(1.0, sum(x * y for x, y in zip(left, right, strict=True)) / norm)) if norm else None


def _pairs(left: list[str | None], right: list[str | None]) -> list[tuple[str, str]]:
    return [(one, other) for one in left if one is not None for other in right if other is not None]


def pairwise_levenshtein(left: list[str | None], right: list[str | None]) -> int | None:
    """The least distance between an element of one array and one of the other."""
    return min((levenshtein(*pair) for pair in _pairs(left, right)), default=None)


def pairwise_damerau_levenshtein(left: list[str | None], right: list[str | None]) -> int | None:
    """As `pairwise_levenshtein`."""
    return min((damerau_levenshtein(*pair) for pair in _pairs(left, right)), default=None)


def pairwise_jaro(left: list[str | None], right: list[str | None]) -> float | None:
    """The greatest similarity between an element of one array and one of the other."""
    return max((jaro(*pair) for pair in _pairs(left, right)), default=None)


def pairwise_jaro_winkler(left: list[str | None], right: list[str | None]) -> float | None:
    """As `pairwise_jaro`."""
    return max((jaro_winkler(*pair) for pair in _pairs(left, right)), default=None)

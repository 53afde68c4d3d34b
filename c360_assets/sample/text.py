"""Column-wise string work on Arrow arrays."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sample.randomness import Bools, Ints

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_PLAIN = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ß": "ss", "ı": "i", "İ": "I", "đ": "d"}
)


def strings(values: Sequence[str | None]) -> pa.StringArray:
    """An Arrow string array."""
    return pa.array(values, type=pa.string())


def take(values: pa.Array | Sequence[str], index: Ints) -> pa.Array:
    """`values[index]`; a negative index gives null."""
    source = values if isinstance(values, pa.Array) else strings(values)
    index = np.asarray(index, dtype=np.int64)
    return source.take(pa.array(np.maximum(index, 0), mask=index < 0))


def join(*parts: pa.Array | str, sep: str = "") -> pa.Array:
    """Concatenate element by element; null in any part gives null."""
    return pc.binary_join_element_wise(*parts, sep)


def where(mask: Bools, yes: pa.Array | str | None, no: pa.Array | str | None) -> pa.Array:
    """Choose element by element."""
    return pc.if_else(
        pa.array(mask),
        pa.scalar(yes, pa.string()) if yes is None or isinstance(yes, str) else yes,
        pa.scalar(no, pa.string()) if no is None or isinstance(no, str) else no,
    )


def blank(values: pa.Array, mask: Bools) -> pa.Array:
    """Null where the mask holds."""
    return pc.if_else(pa.array(mask), pa.scalar(None, values.type), values)


def known(values: pa.Array) -> Bools:
    """True where there is a value."""
    return np.asarray(values.is_valid())


def number(values: Ints, width: int = 0) -> pa.Array:
    """Integers as text, with leading zeros up to a width."""
    text = pa.array(np.asarray(values, dtype=np.int64)).cast(pa.string())
    return pc.utf8_lpad(text, width, "0") if width else text


def map_unique(values: pa.Array, function: Callable[[str], str]) -> pa.Array:
    """Apply a Python function once per distinct value."""
    encoded = values.dictionary_encode()
    mapped = strings([function(value) for value in encoded.dictionary.to_pylist()])
    return mapped.take(encoded.indices)


def edit(values: pa.Array, mask: Bools, function: Callable[[str, int], str], rng: np.random.Generator) -> pa.Array:
    """Apply `function(value, random number)` to the rows of the mask that have a value."""
    rows = np.flatnonzero(mask & known(values))
    if not len(rows):
        return values
    seeds = rng.integers(0, 2**31, len(rows)).tolist()
    changed = [function(v, s) for v, s in zip(values.take(pa.array(rows)).to_pylist(), seeds, strict=True)]
    slot = np.full(len(values), -1, dtype=np.int64)
    slot[rows] = np.arange(len(rows))
    return pc.coalesce(take(strings(changed), slot), values)


def typo(value: str, seed: int) -> str:
    """One slip of the keyboard: two letters swapped, one lost, one doubled or one beside it."""
    if len(value) < 4:
        return value
    kind, at = seed % 4, 1 + (seed // 4) % (len(value) - 2)
    if kind == 0:
        return value[:at] + value[at + 1] + value[at] + value[at + 2 :]
    if kind == 1:
        return value[:at] + value[at + 1 :]
    if kind == 2:
        return value[:at] + value[at] + value[at:]
    return value[:at] + "aeinrstlo"[(seed // 64) % 9] + value[at + 1 :]


def plain(value: str) -> str:
    """Latin letters without their marks: Müller, Łukasz → Muller, Lukasz."""
    folded = unicodedata.normalize("NFKD", value.translate(_PLAIN))
    return "".join(c for c in folded if not unicodedata.combining(c))


def spelled_out(value: str) -> str:
    """Latin letters with umlauts spelled out: Müller → Mueller."""
    return plain(value.translate(_GERMAN))


def slug(value: str) -> str:
    """Lower-case letters and digits, words joined by hyphens, fit for a domain or a mailbox."""
    text = spelled_out(value).lower().replace("&", " ").replace("+", " ")
    words = "".join(c if c.isascii() and c.isalnum() else " " if c in " -\u00a0./" else "" for c in text).split()
    return "-".join(words)


def codes(values: Ints, width: int, alphabet: str = "0123456789abcdefghijklmnopqrstuvwxyz") -> pa.Array:
    """Scrambled fixed-width codes of distinct integers; distinct in, distinct out."""
    radix = len(alphabet)
    bits = min(int(np.log2(float(radix) ** width)), 62)
    mask = np.uint64((1 << bits) - 1)
    # An odd factor and an xor-shift are both one-to-one on `bits` bits.
    rest = np.asarray(values, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) & mask
    rest ^= rest >> np.uint64(bits // 2 + 1)
    letters = np.frombuffer(alphabet.encode(), dtype=np.uint8)
    matrix = np.empty((len(rest), width), dtype=np.uint8)
    for place in range(width - 1, -1, -1):
        matrix[:, place] = letters[(rest % np.uint64(radix)).astype(np.int64)]
        rest //= np.uint64(radix)
    return pa.array(matrix.reshape(-1).view(f"S{width}"), type=pa.binary()).cast(pa.string())


def digits(rng: np.random.Generator, patterns: pa.Array) -> pa.Array:
    """Fill patterns: `#` by 0-9, `%` by 2-9, `@` by A-J."""
    encoded = patterns.dictionary_encode()
    kinds = encoded.dictionary.to_pylist()
    codes_ = np.asarray(encoded.indices)
    width = max((len(k.encode()) for k in kinds), default=1)
    matrix = np.array([list(k.encode().ljust(width, b" ")) for k in kinds], dtype=np.uint8).reshape(-1, width)[codes_]
    size = matrix.shape
    for symbol, low, high in (("#", 48, 58), ("%", 50, 58), ("@", 65, 75)):
        hit = matrix == ord(symbol)
        matrix[hit] = rng.integers(low, high, size, dtype=np.uint8)[hit]
    return pc.utf8_rtrim_whitespace(pa.array(matrix.reshape(-1).view(f"S{width}"), type=pa.binary()).cast(pa.string()))

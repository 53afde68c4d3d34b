"""A destination's reason without what it quotes of the customer."""

from __future__ import annotations

import re
from collections.abc import Iterable

from c360_assets.activation.wire import Row

GONE = "[…]"
LONGEST = 300
_EMAIL = re.compile(r"[^\s\"'<>,;:(){}\[\]|]+@[^\s\"'<>,;:(){}\[\]|]+")
_DIGITS = re.compile(r"\+?\d[\d\s().-]{5,}\d")
_SHORTEST = 3


def scrubbed(reason: str, rows: Iterable[Row]) -> str:
    """The reason with addresses, numbers and every value of the rows left out.

    Short codes and field names stay: they are what tells somebody what to mend.
    """
    text = _EMAIL.sub(GONE, reason)
    words = {
        str(value)
        for row in rows
        for value in (*row.whole.values(), *row.changed.values(), row.destination_key)
        if value is not None and len(str(value)) >= _SHORTEST and not isinstance(value, bool)
    }
    lower = text.lower()
    for word in sorted(words, key=len, reverse=True):
        if word.lower() in lower:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", GONE, text, flags=re.IGNORECASE)
    text = _DIGITS.sub(GONE, text)
    return " ".join(text.split())[:LONGEST]

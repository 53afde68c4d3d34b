"""What normalisation makes of the sample's spellings, in short and column by column: letters, formal names, numbers.

The dbt models do more; for five million records they would take longer than the stage that is measured.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from c360_assets.dbt_project import DBT_DIR
from c360_assets.sample.randomness import Bools, Ints
from c360_assets.sample.text import blank, join, known, strings, take, where
from c360_assets.sample.vocabulary.places import COUNTRIES

_STREET_WORDS = {
    "avenue": "ave", "av": "ave", "avda": "ave", "avenida": "ave", "road": "rd", "lane": "ln", "drive": "dr",
    "boulevard": "blvd", "bd": "blvd", "calle": "c", "corso": "cso", "street": "st", "str": "st", "strasse": "st",
    "straat": "st",
}  # fmt: skip


@cache
def seed(file: str) -> dict[tuple[str, str], str]:
    """A seed of the normalisation: (kind, value) to what stands beside it."""
    with (DBT_DIR / "seeds" / "normalized_record" / file).open(encoding="utf-8") as rows:
        return {(row[0], row[1]): row[2] for row in csv.reader(rows)}


def letters(text: str) -> str:
    """Small ASCII letters alone."""
    return re.sub("[^a-z]", "", anyascii(text).lower())


def words(text: str) -> str:
    """Small ASCII words."""
    return " ".join(re.sub("[^a-z0-9]+", " ", anyascii(text).lower()).split())


def formal_name(text: str) -> str:
    """The given name that a nickname stands for."""
    found = letters(text.split(" ")[0])
    return seed("synonym.csv").get(("given_name", found), found)


def city(text: str) -> str:
    """A city's own name."""
    found = letters(text)
    return seed("synonym.csv").get(("city", found), found)


def street(text: str) -> str:
    """Street and number with the usual short words."""
    return " ".join(_STREET_WORDS.get(w, re.sub("(strasse|straat|str)$", "str", w)) for w in words(text).split())


def spelled(values: pa.Array, function: Callable[[str], str]) -> pa.Array:
    """`function` of each distinct value; null where nothing is left."""
    encoded = values.dictionary_encode()
    return strings([function(v) or None for v in encoded.dictionary.to_pylist()]).take(encoded.indices)


def postcode(values: pa.Array) -> pa.Array:
    """Capitals and digits."""
    return pc.replace_substring_regex(pc.utf8_upper(values), "[^A-Z0-9]", "")


def holds(values: pa.Array, pattern: str) -> Bools:
    """Where the pattern is found; not where there is no value."""
    return np.asarray(pc.fill_null(pc.match_substring_regex(values, pattern), False))


def phone(written: pa.Array, country: Ints) -> tuple[pa.Array, Bools]:
    """Telephone numbers in one spelling, and where a placeholder was written instead."""
    digits = pc.replace_substring_regex(pc.replace_substring(written, "(0)", ""), "[^0-9]", "")
    calling = take([c.calling_code for c in COUNTRIES], country)
    whole = holds(written, r"^\+") | holds(written, "^1-")
    national = join(calling, pc.replace_substring_regex(digits, "^0", ""))
    text = where(holds(digits, "^00"), pc.replace_substring_regex(digits, "^(0011|00)", ""), national)
    dummy = holds(digits, "^(0*|123456789)$")
    return blank(join("+", where(whole, digits, text)), dummy), dummy


def email(written: pa.Array) -> tuple[pa.Array, Bools, Bools]:
    """Addresses in one spelling, where they can exist, and where they are nobody's own."""
    text = pc.replace_substring_regex(pc.utf8_lower(written), r"\+[^@]*@", "@")
    box, host = pc.replace_substring_regex(text, "@.*$", ""), pc.replace_substring_regex(text, "^[^@]*@", "")
    text = where(holds(host, "^gmail.com$"), join(pc.replace_substring(box, ".", ""), "@gmail.com"), text)
    shared = seed("shared_value.csv")
    boxes = strings([value for kind, value in shared if kind == "mailbox"])
    hosts = strings([value for (kind, value), why in shared.items() if kind == "domain" and why == "placeholder"])
    nobody = np.asarray(pc.or_(pc.is_in(box, value_set=boxes), pc.is_in(host, value_set=hosts)))
    return text, holds(text, "@"), nobody & known(text)

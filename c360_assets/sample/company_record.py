"""A company as one system's record has it: variants of the name, slips, gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sample.addresses import Addresses
from c360_assets.sample.companies import Companies
from c360_assets.sample.phones import Phones
from c360_assets.sample.randomness import Ints, chance, weighted
from c360_assets.sample.rates import RATES
from c360_assets.sample.text import (
    blank,
    edit,
    join,
    map_unique,
    plain,
    spelled_out,
    strings,
    take,
    typo,
    where,
)
from c360_assets.sample.vocabulary.company_words import LEGAL_FORMS

_LONG = {short: long for _, longs in LEGAL_FORMS.values() for short, long in longs.items()}


@dataclass(frozen=True)
class CompanyRecord:
    """Columns as typed into a system; nothing is missing from `domain` and `name`."""

    name: pa.Array
    full_name: pa.Array
    domain: pa.Array
    website: pa.Array
    phone: pa.Array
    raw_phone: Phones
    address: Addresses
    tax_id: pa.Array
    registration: pa.Array


def _slip(value: str, seed: int) -> str:
    """Another digit in the middle of a tax id."""
    at = len(value) - 3
    return value[:at] + str((int(value[at]) + 1 + seed % 9) % 10) + value[at + 1 :] if value[at].isdigit() else value


def write(companies: Companies, entity: Ints, rng: np.random.Generator) -> CompanyRecord:
    """The record columns of these companies."""
    n = len(entity)
    bare, form = take(companies.name, entity), take(companies.legal_form, entity)
    legal = join(bare, " ", form)
    long = join(bare, " ", map_unique(form, lambda f: _LONG.get(f, f)))
    style = weighted(rng, n, [1 - RATES.legal_form_variant, *[RATES.legal_form_variant / 5] * 5])
    name = where(style == 1, bare, legal)
    name = where(style == 2, long, name)
    name = where(style == 3, pc.utf8_upper(legal), name)
    name = where(style == 4, pc.utf8_upper(bare), name)
    # Relatives keep their whole name: the brand alone would stand for several companies.
    name = where((style == 5) & ~companies.relative[entity], take(companies.brand_word, entity), name)
    folded = where(chance(rng, n, 0.6), map_unique(name, spelled_out), map_unique(name, plain))
    name = where(chance(rng, n, RATES.transliterated), folded, name)
    name = where(chance(rng, n, 0.3), pc.replace_substring(name, " & ", " + "), name)
    name = edit(name, chance(rng, n, RATES.typo), typo, rng)
    tax_id = take(companies.tax_id, entity)
    spaced = join(pc.utf8_slice_codeunits(tax_id, 0, 2), " ", pc.utf8_slice_codeunits(tax_id, 2, 99))
    european = np.asarray(pc.match_substring_regex(tax_id, "^[A-Z]{2}"))
    tax_id = edit(tax_id, chance(rng, n, RATES.tax_id_typo), _slip, rng)
    tax_id = where(european & chance(rng, n, 0.1), spaced, tax_id)
    domain = take(companies.domain, entity)
    website = where(chance(rng, n, 0.5), join("https://www.", domain), join("http://", domain, "/"))
    website = where(chance(rng, n, 0.3), join("www.", domain), website)
    phone = companies.phone.take(entity)
    return CompanyRecord(
        name,
        legal,
        domain,
        website,
        phone.written(rng),
        phone,
        companies.address.take(entity).written(rng),
        tax_id,
        take(companies.registration, entity),
    )


def sometimes(rng: np.random.Generator, values: pa.Array, share: float) -> pa.Array:
    """Keep the values at a share, null otherwise."""
    return blank(values, ~chance(rng, len(values), share))


def mailbox(rng: np.random.Generator, domain: pa.Array, names: list[str]) -> pa.Array:
    """A role mailbox at each domain."""
    return join(take(strings(names), rng.integers(0, len(names), len(domain))), "@", domain)

"""A person as one system's record has it: nicknames, other scripts, other addresses, slips, gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sample.addresses import Addresses
from c360_assets.sample.companies import Companies
from c360_assets.sample.people import People
from c360_assets.sample.phones import Phones
from c360_assets.sample.presence import Rows
from c360_assets.sample.randomness import Bools, Ints, chance, weighted
from c360_assets.sample.rates import RATES
from c360_assets.sample.text import (
    blank,
    edit,
    join,
    map_unique,
    number,
    plain,
    spelled_out,
    strings,
    take,
    typo,
    where,
)
from c360_assets.sample.vocabulary.business import LOCALES, ROLE_MAILBOXES
from c360_assets.sample.vocabulary.given_names import NATIVE_FAMILY, NATIVE_GIVEN
from c360_assets.sample.vocabulary.nicknames import NICKNAMES

_SHORT = {formal: short.split() for formal, short in NICKNAMES.items()}


@dataclass(frozen=True)
class PersonRecord:
    """Columns as typed into a system; every record keeps a name and a way to know the person by."""

    given: pa.Array
    middle: pa.Array
    family: pa.Array
    full: pa.Array
    email: pa.Array
    phone: pa.Array
    mobile: pa.Array
    address: Addresses
    birth_date: pa.Array


def _names(people: People, rows: Rows, rng: np.random.Generator) -> tuple[pa.Array, pa.Array, pa.Array]:
    n, at = len(rows), rows.entity
    given, middle, family = take(people.given, at), take(people.middle, at), take(people.family, at)
    native_given = map_unique(given, lambda v: NATIVE_GIVEN.get(v, ""))
    native_family = map_unique(family, lambda v: NATIVE_FAMILY.get(v, ""))
    native = np.asarray(pc.and_(pc.not_equal(native_given, ""), pc.not_equal(native_family, "")))
    native &= chance(rng, n, RATES.native_script)
    short = chance(rng, n, RATES.nickname)
    folded = chance(rng, n, RATES.transliterated) & ~native
    spelled = chance(rng, n, 0.6)
    parts = []
    for text in (
        edit(given, short, lambda v, s: _SHORT[v][s % len(_SHORT[v])] if v in _SHORT else v, rng),
        family,
    ):
        ascii_ = where(spelled, map_unique(text, spelled_out), map_unique(text, plain))
        parts.append(edit(where(folded, ascii_, text), chance(rng, n, RATES.typo / 2), typo, rng))
    given = where(native, native_given, parts[0])
    family = where(native, native_family, parts[1])
    case = weighted(rng, n, [0.94, 0.03, 0.03])
    given, family = (where(case == 1, pc.utf8_upper(v), where(case == 2, pc.utf8_lower(v), v)) for v in (given, family))
    initial = join(pc.utf8_slice_codeunits(middle, 0, 1), ".")
    middle = blank(where(chance(rng, n, 0.4), initial, middle), chance(rng, n, 0.4))
    swapped = chance(rng, n, RATES.swapped_names)
    return where(swapped, family, given), middle, where(swapped, given, family)


def _written_email(email: pa.Array, rng: np.random.Generator) -> pa.Array:
    n = len(email)
    tag = take(strings(["news", "shop", "work", "1"]), rng.integers(0, 4, n))
    tagged = join(
        pc.replace_substring_regex(email, "@.*$", ""),
        "+",
        tag,
        pc.replace_substring_regex(email, "^[^@]*", ""),
    )
    email = where(chance(rng, n, RATES.email_tag), tagged, email)
    odd = where(chance(rng, n, 0.4), pc.utf8_upper(email), pc.utf8_capitalize(email))
    gmail = np.asarray(pc.fill_null(pc.ends_with(email, "@gmail.com"), False))
    undotted = join(
        pc.replace_substring(pc.replace_substring_regex(email, "@.*$", ""), ".", ""),
        pc.replace_substring_regex(email, "^[^@]*", ""),
    )
    email = where(gmail & chance(rng, n, 0.05), undotted, email)
    return where(chance(rng, n, RATES.email_case), odd, email)


def write(
    people: People,
    companies: Companies,
    rows: Rows,
    rng: np.random.Generator,
    *,
    email: float,
    phone: float,
    mobile: float = 0.0,
    address: float = 0.0,
    birth: float = 0.0,
    form: bool = False,
) -> PersonRecord:
    """The record columns of these people.

    Shares say how often the system fills a field. A record without a telling e-mail keeps its telephone
    number, where the system has a field for it at all. `form` adds the placeholders of self-service forms.
    """
    n, at = len(rows), rows.entity
    given, middle, family = _names(people, rows, rng)
    employer = np.where(rows.second, people.second_employer[at], people.employer[at])
    business = employer >= 0
    has_phone = phone > 0 or mobile > 0
    own, other = take(people.email, at), take(people.other_email, at)
    # Without a telephone number the record would have little else to be known by.
    has_other = np.asarray(other.is_valid()) & (chance(rng, n, 0.3 if has_phone else 0.06) | rows.second)
    first_job = (people.second_employer[at] >= 0) & ~rows.second
    has_other &= ~first_job
    mail = where(has_other, other, own)
    members = np.bincount(people.household, minlength=len(people))[people.household[at]]
    shared_home = (members > 1) & chance(rng, n, RATES.household_email)
    family_box = join("family.", number(people.household[at]), "@gmx.de")
    role = business & chance(rng, n, RATES.role_mailbox) & has_phone
    boxes = take(strings(ROLE_MAILBOXES), rng.integers(0, 2, n))
    mail = where(shared_home & has_phone, family_box, mail)
    mail = _written_email(mail, rng)
    mail = where(role, join(boxes, "@", take(companies.domain, np.maximum(employer, 0))), mail)
    fake = chance(rng, n, RATES.placeholder / 2) & has_phone
    mail = where(fake, take(strings(["test@test.com", "noreply@example.com", "N/A"]), rng.integers(0, 3, n)), mail)
    gone = ~chance(rng, n, email)
    mail = blank(mail, gone)
    needs_phone: Bools = gone | fake | role | has_other | shared_home | (people.second_employer[at] >= 0)
    old = people.moved[at] & chance(rng, n, 0.33)
    place = people.old_address.take(at).else_(old, people.address.take(at))
    second_place = companies.address.take(np.maximum(employer, 0))
    place = second_place.else_(rows.second & business, place).written(rng)
    shown = chance(rng, n, address) | (needs_phone & (address > 0))
    place = place.take(np.where(shown, np.arange(n), -1))
    mobile_number = people.mobile.take(at)
    landline = companies.phone.take(np.maximum(employer, 0)).else_(business, people.home_phone.take(at))
    desk = chance(rng, n, RATES.switchboard) & ~(needs_phone & (mobile == 0))
    first: Phones = landline.else_(desk, mobile_number)
    # The national manner needs a country to be read in.
    written_phone = first.written(rng, shown & (first.country == place.country))
    written_phone = blank(written_phone, ~(chance(rng, n, phone) | (needs_phone & (mobile == 0))))
    written_mobile = mobile_number.written(rng, shown & (mobile_number.country == place.country))
    written_mobile = blank(written_mobile, ~(chance(rng, n, mobile) | (needs_phone & (mobile > 0))))
    if form:
        dummy = chance(rng, n, RATES.placeholder) & ~needs_phone
        text = take(strings(["000-0000000", "0000000000", "N/A", "123456789"]), rng.integers(0, 4, n))
        written_phone = where(dummy, text, written_phone)
    born = pa.array(people.birth[at].astype(np.int32), mask=~chance(rng, n, birth)).cast(pa.date32())
    full = where(chance(rng, n, 0.06), join(family, ", ", given), join(given, " ", family))
    return PersonRecord(given, middle, family, full, mail, written_phone, written_mobile, place, born)


def locales(people: People, at: Ints) -> pa.Array:
    """The locale of these people."""
    return map_unique(take(people.language, at), lambda language: LOCALES[language])

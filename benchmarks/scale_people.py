"""People and their employers as the identity stage reads them, drawn column by column.

Who there is and how each system spells them (slips, nicknames, other scripts, moves, second mailboxes, a family's and
a switchboard's number, placeholders) is the sample's own, at its rates, as four of its systems have them: about two
records per person, and one of each employer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import scale_spelling as spelling
from c360_assets.sample import company_record, person_record, presence
from c360_assets.sample.companies import Companies
from c360_assets.sample.companies import draw as draw_companies
from c360_assets.sample.people import People
from c360_assets.sample.people import draw as draw_people
from c360_assets.sample.presence import Presence
from c360_assets.sample.randomness import Bools, Ints, chance, stream
from c360_assets.sample.text import blank, join, known, number, strings, take, where
from c360_assets.sample.world import FIRST_DAY

# The sample's object to its source, and how often that system fills a field.
SYSTEMS: dict[str, tuple[str, dict[str, Any]]] = {
    "contact": ("salesforce:contact", {"email": 0.95, "phone": 0.75, "mobile": 0.7, "address": 0.7, "birth": 0.2}),
    "hubspot_contact": (
        "hubspot:contact",
        {"email": 0.985, "phone": 0.4, "mobile": 0.5, "address": 0.3, "form": True},
    ),
    "zendesk_user": ("zendesk:user", {"email": 0.985, "phone": 0.35}),
    "shop_customer": ("shopify:customer", {"email": 0.985, "phone": 0.45, "address": 0.94}),
}
# The four systems have a little more, so that there are never too few.
RECORDS_PER_PERSON = 1.9
COMPANIES_PER_PERSON = 0.18
# How a day's changes are spent, as in the sample's next day.
CHANGED, NEW = 0.5, 0.35


@dataclass(frozen=True)
class Population:
    """Rows of NORMALIZED_RECORD on the first day, and what the next day brings in place of or beside them."""

    persons: pa.Table
    organizations: pa.Table
    next_day: pa.Table
    gone: pa.Array
    """Keys of records that the next day has no more."""


def draw(records: int, seed: int, changes: float = 0.01) -> Population:
    """Draw so many records of people."""
    wanted = records + round(records * changes * NEW)
    size = int(wanted / RECORDS_PER_PERSON) + 100
    firms = draw_companies(max(int(size * COMPANIES_PER_PERSON), 4), seed, FIRST_DAY, 0)
    world = draw_people(size, firms, seed, FIRST_DAY, 0)
    plan = presence.plan(firms, world, seed, 0)
    rng = stream(seed, "identity at scale")
    drawn = pa.concat_tables([_records(name, world, firms, plan, seed) for name in SYSTEMS]).combine_chunks()
    if drawn.num_rows < wanted:
        raise ValueError(f"{drawn.num_rows} records were drawn, {wanted} are wanted.")
    drawn = drawn.take(pa.array(rng.permutation(drawn.num_rows)[:wanted])).combine_chunks()
    first, new = drawn.slice(0, records), drawn.slice(records)
    touched = chance(rng, records, changes * (1 - NEW))
    changed = touched & chance(rng, records, CHANGED / (1 - NEW))
    moved = _changed(first.filter(pa.array(changed)).combine_chunks(), drawn, rng)
    gone = first["record_key"].combine_chunks().filter(pa.array(touched & ~changed))
    return Population(first, _companies(firms, seed), pa.concat_tables([moved, new]), gone)


def _records(name: str, world: People, firms: Companies, plan: Presence, seed: int) -> pa.Table:
    """One system's records of people."""
    source, shares = SYSTEMS[name]
    rows, rng = plan.people[name], stream(seed, "identity at scale", name)
    n, at = len(rows), rows.entity
    r = person_record.write(world, firms, rows, rng, **shares)
    given, family = spelling.spelled(r.given, spelling.formal_name), spelling.spelled(r.family, spelling.letters)
    ordered = np.asarray(pc.fill_null(pc.less(given, family), True))
    email, valid, nobody = spelling.email(r.email)
    landline, dummy = spelling.phone(r.phone, r.address.country)
    mobile, _ = spelling.phone(r.mobile, r.address.country)
    employer = np.where(rows.second, world.second_employer[at], world.employer[at])
    told = chance(rng, n, 0.96) & (employer >= 0) & (name in ("contact", "zendesk_user"))
    key = join(f"{source}:", rows.ids)
    linked = blank(join("salesforce:contact:", plan.people["contact"].id_of(rng, at)), ~chance(rng, n, 0.5))
    columns = {
        "record_key": key,
        "source_system": strings([source.split(":")[0]] * n),
        "given_name_key": given,
        "family_name_key": family,
        "full_name_key": pc.coalesce(
            where(ordered, join(given, " ", family), join(family, " ", given)), family, given
        ),
        "other_name_words": spelling.spelled(r.middle, spelling.words),
        "email": email,
        "email_is_valid": pa.array(valid),
        "email_is_shared": pa.array(nobody),
        "email_domain": pc.replace_substring_regex(email, "^[^@]*@", ""),
        "phone": pc.coalesce(mobile, landline),
        "phone_is_valid": pc.is_valid(pc.coalesce(mobile, landline)),
        "phone_is_shared": pa.array(dummy & ~known(mobile)),
        "date_of_birth": r.birth_date,
        "birth_key": r.birth_date.cast(pa.string()),
        "street_key": spelling.spelled(r.address.street, spelling.street),
        "city_key": spelling.spelled(r.address.city, spelling.city),
        "postcode_key": spelling.postcode(r.address.postcode),
        "country": r.address.codes(),
        "organization_record_key": where(told, join("salesforce:account:", number(employer)), None),
        # Not a column of the table: the contact in the CRM that the record names, its own for a contact.
        "crm_record_key": key if name == "contact" else where(_is(n, name == "hubspot_contact"), linked, None),
    }  # fmt: skip
    return pa.table(columns)


def _is(n: int, whether: bool) -> Bools:
    return np.full(n, whether)


def _changed(rows: pa.Table, donors: pa.Table, rng: np.random.Generator) -> pa.Table:
    """The records with another home, another number, another mailbox or another family name."""
    n = rows.num_rows
    what, donor = rng.integers(0, 4, n), pa.array(rng.integers(0, donors.num_rows, n))
    other = donors.take(donor).combine_chunks()

    def replace(group: int, column: str, values: pa.Array) -> None:
        nonlocal rows
        old = rows[column].combine_chunks()
        rows = rows.set_column(rows.schema.get_field_index(column), column, where(what == group, values, old))

    for column in ("street_key", "city_key", "postcode_key", "country"):
        replace(0, column, other[column].combine_chunks())
    fresh = number(rng.integers(0, 10**7, n), 7)
    replace(1, "phone", join(pc.utf8_slice_codeunits(other["phone"].combine_chunks(), 0, 6), fresh))
    box = join(rows["given_name_key"].combine_chunks(), ".", rows["family_name_key"].combine_chunks(), fresh)
    replace(2, "email", join(box, "@", other["email_domain"].combine_chunks()))
    replace(3, "family_name_key", other["family_name_key"].combine_chunks())
    given, family = (rows[c].combine_chunks() for c in ("given_name_key", "family_name_key"))
    ordered = np.asarray(pc.fill_null(pc.less(given, family), True))
    replace(3, "full_name_key", where(ordered, join(given, " ", family), join(family, " ", given)))
    return rows


def _companies(firms: Companies, seed: int) -> pa.Table:
    """One record of each company that people work for."""
    rng = stream(seed, "identity at scale", "account")
    n = len(firms)
    at: Ints = np.arange(n)
    r = company_record.write(firms, at, rng)
    phone, _ = spelling.phone(r.phone, r.address.country)
    return pa.table(
        {
            "record_key": join("salesforce:account:", number(at)),
            "source_system": strings(["salesforce"] * n),
            "name": r.name,
            "name_key": spelling.spelled(take(firms.name, at), spelling.words),
            "domain": r.domain,
            "tax_id": spelling.postcode(r.tax_id),
            "tax_id_is_valid": known(r.tax_id),
            "phone": phone,
            "phone_is_valid": known(phone),
            "street_key": spelling.spelled(r.address.street, spelling.street),
            "city_key": spelling.spelled(r.address.city, spelling.city),
            "postcode_key": spelling.postcode(r.address.postcode),
            "country": r.address.codes(),
        }
    )

"""NetSuite: customers (billing entities and some persons) and invoices from saved searches."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from c360_assets.sample import company_record, person_record
from c360_assets.sample.company_record import mailbox, sometimes
from c360_assets.sample.extract import Extract, amounts, extract, flags, moment, nothing
from c360_assets.sample.randomness import chance, stream, weighted
from c360_assets.sample.rates import RATES
from c360_assets.sample.text import edit, join, map_unique, number, plain, take, typo, where
from c360_assets.sample.vocabulary.business import BILLING_MAILBOXES
from c360_assets.sample.vocabulary.places import COUNTRIES
from c360_assets.sample.world import DAY, World, entered, late, repeats

_TERMS = ["Net 14", "Net 30", "Net 60", "Due on receipt"]


def extracts(world: World) -> list[Extract]:
    """customer.csv and invoice.csv."""
    return [_customers(world), _invoices(world)]


def _customers(world: World) -> Extract:
    rng = stream(world.seed, "netsuite", "customer")
    firms, rows, persons = (
        world.companies,
        world.presence.companies["customer"],
        world.presence.people["customer"],
    )
    n, m, at = len(rows), len(persons), rows.entity
    r = company_record.write(firms, at, rng)
    p = person_record.write(world.people, firms, persons, rng, email=0.95, phone=0.6, address=0.95)
    # A further billing entity hangs under the company's first; a subsidiary under its parent company's.
    further = rows.starts[at] < np.arange(n)
    parent = where(further, take(rows.ids, rows.starts[at]), rows.id_of(rng, firms.parent[at]))
    link = sometimes(rng, world.presence.companies["account"].id_of(rng, at), 1 - RATES.missing_crm_link)
    link = edit(link, chance(rng, n, RATES.broken_crm_link), typo, rng)
    total = n + m
    address = [r.address, p.address]
    country = np.concatenate([firms.country[at], world.people.country[persons.entity]])
    created = entered(rng, np.concatenate([firms.created[at], world.people.created[persons.entity]]), world.now)
    ascii_name = map_unique(r.name, plain)
    columns = {
        "internalId": pa.concat_arrays([rows.ids, persons.ids]),
        "entityId": join("CUST-", number(np.concatenate([rows.numbers, persons.numbers]), 6)),
        "isPerson": flags(np.arange(total) >= n),
        "companyName": pa.concat_arrays([where(chance(rng, n, 0.15), ascii_name, r.name), nothing(m)]),
        "legalName": pa.concat_arrays([sometimes(rng, r.full_name, 0.92), nothing(m)]),
        "firstName": pa.concat_arrays([nothing(n), p.given]),
        "lastName": pa.concat_arrays([nothing(n), p.family]),
        "parent": pa.concat_arrays([parent, nothing(m)]),
        "subsidiary": take(["Lumenade Europe", "Lumenade UK", "Lumenade Inc"], _subsidiary(country)),
        "email": pa.concat_arrays([sometimes(rng, mailbox(rng, r.domain, BILLING_MAILBOXES), 0.85), p.email]),
        "phone": pa.concat_arrays([sometimes(rng, r.phone, 0.55), p.phone]),
        "vatRegNumber": pa.concat_arrays([sometimes(rng, r.tax_id, 0.8), nothing(m)]),
        "custentity_sfdc_account_id": pa.concat_arrays([link, nothing(m)]),
        "terms": take(_TERMS, weighted(rng, total, [0.2, 0.5, 0.15, 0.15])),
        "currency": take([c.currency for c in COUNTRIES], country),
        "creditLimit": amounts(rng.integers(1, 200, total) * 500, chance(rng, total, 0.3)),
        "balance": amounts(np.where(chance(rng, total, 0.3), rng.gamma(2, 900, total), 0)),
        "billAddr1": pa.concat_arrays([a.street for a in address]),
        "billCity": pa.concat_arrays([a.city for a in address]),
        "billState": pa.concat_arrays([a.region for a in address]),
        "billZip": pa.concat_arrays([a.postcode for a in address]),
        "billCountry": pa.concat_arrays([a.codes() for a in address]),
        "isInactive": flags(chance(rng, total, RATES.inactive)),
        "dateCreated": moment(created),
        "lastModifiedDate": moment(rng.integers(created, world.now)),
    }
    return extract(
        "netsuite",
        "customer",
        "customer.csv",
        columns,
        np.argsort(np.concatenate([rows.numbers, persons.numbers])),
    )


def _subsidiary(country: np.ndarray) -> np.ndarray:
    region = np.asarray([{"UK": 1, "US": 2}.get(c.region, 0) for c in COUNTRIES])
    return region[country]


def _invoices(world: World) -> Extract:
    rng = stream(world.seed, "netsuite", "invoice")
    n = world.facts["netsuite_invoice"]
    firms, persons = world.presence.companies["customer"], world.presence.people["customer"]
    # Companies are invoiced about five times as often as persons.
    ids = pa.concat_arrays([firms.ids] * 5 + [persons.ids])
    country = np.concatenate([np.tile(world.companies.country[firms.entity], 5), world.people.country[persons.entity]])
    entity = rng.integers(0, len(ids), n)
    issued = world.now - rng.integers(DAY, 540 * DAY, n)
    due = issued + np.asarray([14, 30, 60])[rng.integers(0, 3, n)] * DAY
    total = np.exp(rng.normal(6.8, 1.2, n)).round(2)
    state = np.where(due < world.now - 60 * DAY, chance(rng, n, 0.97), chance(rng, n, 0.45))
    paid = state.astype(bool)
    part = chance(rng, n, 0.05) & ~paid
    remaining = np.where(paid, 0, np.where(part, (total / 2).round(2), total))
    status = where(paid, "Paid In Full", where(due < world.now, "Overdue", "Open"))
    number_ = world.numbers(n)
    columns = {
        "internalId": number(number_ + 5_000_000_000),
        "tranId": join("INV", number(number_, 9)),
        "entity": take(ids, entity),
        "tranDate": pa.array((issued // DAY).astype(np.int32)).cast(pa.date32()),
        "dueDate": pa.array((due // DAY).astype(np.int32)).cast(pa.date32()),
        "total": amounts(total),
        "amountRemaining": amounts(remaining),
        "currency": take([c.currency for c in COUNTRIES], country[entity]),
        "status": status,
        "lastModifiedDate": moment(np.minimum(np.where(paid, due, issued) + late(rng, n), world.now)),
    }
    return extract("netsuite", "invoice", "invoice.csv", columns, repeats(rng, n))

"""HubSpot: contacts as a property export, e-mail events as its events API gives them."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from c360_assets.sample import person_record
from c360_assets.sample.company_record import sometimes
from c360_assets.sample.extract import Extract, extract, flags, integers, moment
from c360_assets.sample.randomness import chance, stream, weighted
from c360_assets.sample.text import blank, codes, join, number, take, where
from c360_assets.sample.world import DAY, World, entered, repeats

_EVENTS = ["SENT", "DELIVERED", "OPEN", "CLICK", "BOUNCE", "UNSUBSCRIBED"]
_STAGES = ["subscriber", "lead", "marketingqualifiedlead", "opportunity", "customer"]


def extracts(world: World) -> list[Extract]:
    """contacts.csv and email_events.jsonl.gz."""
    contacts = _contacts(world)
    return [contacts, _events(world, contacts)]


def _contacts(world: World) -> Extract:
    rng = stream(world.seed, "hubspot", "contact")
    rows, people, firms = world.presence.people["hubspot_contact"], world.people, world.companies
    n, at = len(rows), rows.entity
    r = person_record.write(people, firms, rows, rng, email=0.985, phone=0.4, mobile=0.5, address=0.3, form=True)
    employer = people.employer[at]
    name = take(firms.name, employer)
    company = where(chance(rng, n, 0.4), join(name, " ", take(firms.legal_form, employer)), name)
    company = where(chance(rng, n, 0.15), pc.utf8_lower(company), company)
    created = entered(rng, people.created[at], world.now)
    columns = {
        "hs_object_id": rows.ids,
        "email": r.email,
        "firstname": sometimes(rng, r.given, 0.98),
        "lastname": r.family,
        "phone": r.phone,
        "mobilephone": r.mobile,
        "company": sometimes(rng, company, 0.8),
        "jobtitle": sometimes(rng, take(people.title, at), 0.7),
        "website": sometimes(rng, join("https://", take(firms.domain, employer)), 0.3),
        "address": r.address.street,
        "city": r.address.city,
        "state": sometimes(rng, r.address.region, 0.5),
        "zip": r.address.postcode,
        "country": r.address.names(),
        "lifecyclestage": take(_STAGES, weighted(rng, n, [0.15, 0.2, 0.15, 0.1, 0.4])),
        "hs_lead_status": sometimes(rng, take(["NEW", "OPEN", "CONNECTED"], rng.integers(0, 3, n)), 0.4),
        "hs_email_optout": flags(chance(rng, n, 0.09)),
        "hs_language": take(people.language, at),
        "salesforcecontactid": sometimes(rng, world.presence.people["contact"].id_of(rng, at), 0.5),
        "createdate": moment(created),
        "lastmodifieddate": moment(rng.integers(created, world.now)),
    }
    return extract("hubspot", "contact", "contacts.csv", columns, np.argsort(rows.numbers))


def _events(world: World, contacts: Extract) -> Extract:
    rng = stream(world.seed, "hubspot", "email_event")
    emails = contacts.table["email"].combine_chunks().drop_null()
    n = world.facts["email_event"]
    created = world.now - (rng.random(n) ** 1.3 * 180 * DAY).astype(np.int64) - 1
    campaign = (created - (world.now - 181 * DAY)) // (7 * DAY)
    columns = {
        "id": join(codes(world.numbers(n), 16, "0123456789abcdef")),
        "type": take(_EVENTS, weighted(rng, n, [0.36, 0.34, 0.2, 0.07, 0.02, 0.01])),
        "recipient": blank(take(emails, rng.integers(0, len(emails), n)), np.zeros(n, dtype=bool)),
        "emailCampaignId": number(campaign + 9_100_000),
        "created": integers(created * 1000 + rng.integers(0, 1000, n)),
    }
    return extract("hubspot", "email_event", "email_events.jsonl.gz", columns, repeats(rng, n))

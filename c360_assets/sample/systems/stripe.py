"""Stripe: customers, subscriptions and invoices as its API lists them, one JSON object a line."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sample import company_record, person_record
from c360_assets.sample.addresses import Addresses
from c360_assets.sample.company_record import mailbox, sometimes
from c360_assets.sample.extract import Extract, extract, flags, integers, json_object, nothing
from c360_assets.sample.randomness import chance, stream, weighted
from c360_assets.sample.rates import RATES
from c360_assets.sample.text import codes, join, number, strings, take, where
from c360_assets.sample.vocabulary.business import BILLING_MAILBOXES, PLANS
from c360_assets.sample.vocabulary.places import COUNTRIES
from c360_assets.sample.world import DAY, World, entered, repeats


def extracts(world: World) -> list[Extract]:
    """customers.jsonl, subscriptions.jsonl and invoices.jsonl."""
    return [_customers(world), *_billing(world)]


def _address(a: Addresses) -> pa.Array:
    text = json_object(
        {
            "line1": a.street,
            "line2": nothing(len(a.street)),
            "city": a.city,
            "state": a.region,
            "postal_code": a.postcode,
            "country": a.codes(),
        }
    )
    return pc.if_else(a.street.is_valid(), text, pa.scalar(None, pa.string()))


def _ids(world: World) -> tuple[pa.Array, np.ndarray, np.ndarray]:
    """Ids, countries and creation times of all customers: companies, then persons."""
    firms, persons = world.presence.companies["stripe_customer"], world.presence.people["stripe_customer"]
    since = np.concatenate([world.companies.created[firms.entity], world.people.created[persons.entity]])
    return (
        pa.concat_arrays([firms.ids, persons.ids]),
        np.concatenate([world.companies.country[firms.entity], world.people.country[persons.entity]]),
        entered(stream(world.seed, "stripe", "created"), since, world.now),
    )


def _customers(world: World) -> Extract:
    rng = stream(world.seed, "stripe", "customer")
    firms, people = world.companies, world.people
    rows, persons = world.presence.companies["stripe_customer"], world.presence.people["stripe_customer"]
    n, m, at = len(rows), len(persons), rows.entity
    r = company_record.write(firms, at, rng)
    p = person_record.write(people, firms, persons, rng, email=0.985, phone=0.4, address=0.7)
    ids, country, created = _ids(world)
    total = n + m
    clerk = rng.integers(0, len(people), n)
    names = where(chance(rng, n, 0.03), join(take(people.given, clerk), " ", take(people.family, clerk)), r.name)
    account = sometimes(rng, world.presence.companies["account"].id_of(rng, at), 0.6)
    workspace = sometimes(rng, world.presence.companies["workspace"].id_of(rng, at), 0.5)
    kind = strings(["company"] * n + ["individual"] * m)
    metadata = json_object(
        {
            "crm_account_id": pa.concat_arrays([account, nothing(m)]),
            "workspace_id": pa.concat_arrays([workspace, nothing(m)]),
            "kind": sometimes(rng, kind, 0.96),
        }
    )
    tax = sometimes(rng, r.tax_id, 0.5)
    tax_kind = take(
        [{"US": "us_ein", "AU": "au_abn", "CH": "ch_uid", "GB": "gb_vat"}.get(c.code, "eu_vat") for c in COUNTRIES],
        firms.country[at],
    )
    tax_json = pc.coalesce(join("[", json_object({"type": tax_kind, "value": tax}), "]"), strings(["[]"] * n))
    tax_json = where(np.asarray(tax.is_valid()), tax_json, "[]")
    shown = r.address.take(np.where(chance(rng, n, 0.72), np.arange(n), -1))
    columns = {
        "id": ids,
        "object": strings(["customer"] * total),
        "name": pa.concat_arrays([names, p.full]),
        "email": pa.concat_arrays([sometimes(rng, mailbox(rng, r.domain, BILLING_MAILBOXES), 0.95), p.email]),
        "phone": pa.concat_arrays([sometimes(rng, r.phone, 0.4), p.phone]),
        "address": pa.concat_arrays([_address(shown), _address(p.address)]),
        "tax_ids": pa.concat_arrays([tax_json, strings(["[]"] * m)]),
        "metadata": metadata,
        "currency": pc.utf8_lower(take([c.currency for c in COUNTRIES], country)),
        "balance": integers(np.where(chance(rng, total, 0.05), -rng.integers(100, 20000, total), 0)),
        "delinquent": flags(chance(rng, total, 0.04)),
        "deleted": flags(chance(rng, total, RATES.deleted)),
        "created": integers(created),
    }
    order = np.argsort(np.concatenate([rows.numbers, persons.numbers]))
    return extract("stripe", "customer", "customers.jsonl", columns, order, json="address tax_ids metadata")


def _billing(world: World) -> list[Extract]:
    rng = stream(world.seed, "stripe", "billing")
    ids, country, customer_created = _ids(world)
    n = world.facts["subscription"]
    # Everyone once, in random order, then again at random.
    customer = np.concatenate([rng.permutation(len(ids)), rng.integers(0, len(ids), n)])[:n]
    firm = customer < len(world.presence.companies["stripe_customer"])
    plan = np.where(firm, weighted(rng, n, [0.2, 0.35, 0.35, 0.1]), weighted(rng, n, [0.8, 0.2]))
    started = entered(rng, np.maximum(customer_created[customer], world.now - 3 * 365 * DAY) - DAY, world.now)
    status = weighted(rng, n, [0.78, 0.05, 0.12, 0.05])
    yearly = plan == 3
    length = np.where(yearly, 365, 30) * DAY
    period = (world.now - started) // length
    begin = started + period * length
    canceled = status == 2
    ended = np.where(canceled, rng.integers(started, world.now), 0)
    currency = pc.utf8_lower(take([c.currency for c in COUNTRIES], country[customer]))
    price = np.asarray([p[2] for p in PLANS])
    subscription_ids = join("sub_", codes(world.numbers(n), 14))
    quantity = np.where(firm, rng.integers(1, 40, n), 1)
    plan_json = json_object(
        {
            "id": take([p[0] for p in PLANS], plan),
            "nickname": take([p[1] for p in PLANS], plan),
            "amount": integers(price[plan]),
            "interval": take([p[3] for p in PLANS], plan),
        }
    )
    subscriptions = {
        "id": subscription_ids,
        "customer": take(ids, customer),
        "status": take(["active", "past_due", "canceled", "trialing"], status),
        "plan": plan_json,
        "quantity": integers(quantity),
        "currency": currency,
        "current_period_start": integers(begin),
        "current_period_end": integers(begin + length),
        "cancel_at_period_end": flags((status == 0) & chance(rng, n, 0.06)),
        "canceled_at": integers(ended, ~canceled),
        "created": integers(started),
    }
    k = world.facts["stripe_invoice"]
    of = rng.integers(0, n, k)
    one_off = chance(rng, k, 0.1)
    issued = rng.integers(np.maximum(started[of], world.now - 540 * DAY) - 1, world.now)
    due = issued + 14 * DAY
    paid = np.where(due < world.now - 30 * DAY, chance(rng, k, 0.97), chance(rng, k, 0.7))
    void = ~paid & chance(rng, k, 0.08)
    amount = np.where(one_off, rng.integers(500, 90000, k), price[plan[of]] * quantity[of])
    settled = np.where(paid, amount, 0)
    number_ = world.numbers(k)
    invoices = {
        "id": join("in_", codes(number_, 14)),
        "customer": take(subscriptions["customer"], of),
        "subscription": take(subscription_ids, np.where(one_off, -1, of)),
        "number": join("S-", number(number_, 9)),
        "status": where(paid, "paid", where(void, "void", "open")),
        "amount_due": integers(amount),
        "amount_paid": integers(settled),
        "amount_remaining": integers(np.where(void, 0, amount - settled)),
        "currency": take(currency, of),
        "due_date": integers(due),
        "created": integers(issued),
    }
    return [
        extract("stripe", "subscription", "subscriptions.jsonl", subscriptions, json="plan"),
        extract("stripe", "invoice", "invoices.jsonl", invoices, repeats(rng, k)),
    ]

"""Shopify: customers and orders as the Admin API lists them, gzipped JSON lines."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sample import person_record
from c360_assets.sample.company_record import sometimes
from c360_assets.sample.extract import Extract, amounts, extract, flags, integers, iso, json_object, moment
from c360_assets.sample.randomness import chance, stream, weighted
from c360_assets.sample.text import join, number, strings, take, where
from c360_assets.sample.vocabulary.places import COUNTRIES
from c360_assets.sample.world import DAY, World, entered, late, repeats


def extracts(world: World) -> list[Extract]:
    """customers.jsonl.gz and orders.jsonl.gz."""
    customers = _customers(world)
    return [customers, _orders(world, customers)]


def _customers(world: World) -> Extract:
    rng = stream(world.seed, "shopify", "customer")
    rows, people, firms = world.presence.people["shop_customer"], world.people, world.companies
    n, at = len(rows), rows.entity
    r = person_record.write(people, firms, rows, rng, email=0.985, phone=0.45, address=0.94)
    employer = people.employer[at]
    created = entered(rng, people.created[at], world.now)
    company = sometimes(rng, take(firms.name, employer), 0.9)
    address = json_object(
        {
            "first_name": r.given,
            "last_name": r.family,
            "company": company,
            "address1": r.address.street,
            "city": r.address.city,
            "province": r.address.region,
            "zip": r.address.postcode,
            "country": r.address.names(),
            "country_code": r.address.codes(),
        }
    )
    address = pc.if_else(r.address.street.is_valid(), address, pa.scalar(None, pa.string()))
    state = take(["subscribed", "not_subscribed", "unsubscribed"], weighted(rng, n, [0.55, 0.33, 0.12]))
    consent = json_object(
        {
            "state": state,
            "opt_in_level": strings(["single_opt_in"] * n),
            "consent_updated_at": iso(moment(rng.integers(created, world.now))),
        }
    )
    orders = rng.geometric(0.45, n)
    columns = {
        "id": rows.ids.cast(pa.int64()),
        "email": r.email,
        "first_name": r.given,
        "last_name": r.family,
        "phone": r.phone,
        "verified_email": flags(chance(rng, n, 0.8)),
        "state": take(["enabled", "disabled", "invited"], weighted(rng, n, [0.55, 0.4, 0.05])),
        "currency": take([c.currency for c in COUNTRIES], people.country[at]),
        "total_spent": amounts(orders * rng.gamma(2, 40, n)),
        "orders_count": integers(orders),
        "tags": where(employer >= 0, "b2b", where(chance(rng, n, 0.1), "newsletter, vip", "")),
        "default_address": address,
        "email_marketing_consent": consent,
        "created_at": moment(created),
        "updated_at": moment(rng.integers(created, world.now)),
    }
    json = "default_address email_marketing_consent"
    return extract("shopify", "customer", "customers.jsonl.gz", columns, np.argsort(rows.numbers), json)


def _orders(world: World, customers: Extract) -> Extract:
    rng = stream(world.seed, "shopify", "order")
    n = world.facts["order"]
    who = pa.array((customers.table.num_rows * rng.random(n) ** 1.4).astype(np.int64))
    of = customers.table.take(who).combine_chunks()
    column = {name: of[name].combine_chunks() for name in ("id", "email", "first_name", "last_name", "currency")}
    created = world.now - rng.integers(60, 700 * DAY, n)
    cancelled = chance(rng, n, 0.03)
    financial = where(cancelled, "refunded", take(["paid", "pending", "refunded"], weighted(rng, n, [0.9, 0.06, 0.04])))
    fresh = created > world.now - 3 * DAY
    number_ = world.numbers(n)
    columns = {
        "id": integers(number_ + 5_200_000_000_000),
        "name": join("#", number(number_)),
        "customer": json_object({k: column[k] for k in ("id", "email", "first_name", "last_name")}),
        "email": column["email"],
        "total_price": amounts(rng.gamma(2, 45, n) + 5),
        "currency": column["currency"],
        "financial_status": financial,
        "fulfillment_status": where(cancelled | fresh, None, "fulfilled"),
        "cancelled_at": moment(np.minimum(created + DAY // 2, world.now), ~cancelled),
        "created_at": moment(created),
        "updated_at": moment(np.minimum(created + late(rng, n), world.now)),
    }
    return extract("shopify", "order", "orders.jsonl.gz", columns, repeats(rng, n), "customer")

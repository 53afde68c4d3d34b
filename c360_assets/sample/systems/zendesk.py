"""Zendesk: organizations, users (and our own agents), tickets, satisfaction ratings."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sample import company_record, person_record
from c360_assets.sample.company_record import sometimes
from c360_assets.sample.extract import Extract, extract, flags, integers, json_object, moment
from c360_assets.sample.person_record import locales
from c360_assets.sample.randomness import chance, stream, weighted
from c360_assets.sample.rates import RATES
from c360_assets.sample.text import join, known, number, strings, take, where
from c360_assets.sample.vocabulary.business import OWNERS, SUBJECTS, TIME_ZONES
from c360_assets.sample.world import DAY, World, entered, late, repeats


def extracts(world: World) -> list[Extract]:
    """organizations.jsonl, users.jsonl, tickets.jsonl and satisfaction_ratings.jsonl."""
    organization_of = _user_organization(world)
    return [_organizations(world), _users(world, organization_of), *_tickets(world, organization_of)]


def _as_number(ids: pa.Array) -> pa.Array:
    """Zendesk's ids are numbers in its JSON."""
    return ids.cast(pa.int64())


def _organizations(world: World) -> Extract:
    rng = stream(world.seed, "zendesk", "organization")
    rows, firms = world.presence.companies["organization"], world.companies
    n, at = len(rows), rows.entity
    r = company_record.write(firms, at, rng)
    created = entered(rng, firms.created[at], world.now)
    tier = rng.integers(0, 3, n)
    account = sometimes(rng, world.presence.companies["account"].id_of(rng, at), 0.6)
    # An organization without a domain has at least the link to its account.
    domains = where(chance(rng, n, 0.85) | ~known(account), join('["', r.domain, '"]'), "[]")
    columns = {
        "id": _as_number(rows.ids),
        "name": r.name,
        "domain_names": domains,
        "external_id": account,
        "tags": take(strings(['["vip"]', "[]", '["trial"]']), weighted(rng, n, [0.1, 0.8, 0.1])),
        "organization_fields": json_object({"support_tier": take(["basic", "plus", "premium"], tier)}),
        "created_at": moment(created),
        "updated_at": moment(rng.integers(created, world.now)),
    }
    json = "domain_names tags organization_fields"
    return extract("zendesk", "organization", "organizations.jsonl", columns, np.argsort(rows.numbers), json)


def _user_organization(world: World) -> pa.Array:
    """The organization of each user; people of a sibling company share the leader's."""
    rng = stream(world.seed, "zendesk", "membership")
    employer = world.people.employer[world.presence.people["zendesk_user"].entity]
    leader = world.companies.sibling_of[np.maximum(employer, 0)]
    employer = np.where((employer >= 0) & (leader >= 0), leader, employer)
    return sometimes(rng, world.presence.companies["organization"].id_of(rng, employer), 0.93)


def _users(world: World, organization_of: pa.Array) -> Extract:
    rng = stream(world.seed, "zendesk", "user")
    rows, people = world.presence.people["zendesk_user"], world.people
    n, at = len(rows), rows.entity
    r = person_record.write(people, world.companies, rows, rng, email=0.985, phone=0.35)
    # Whoever only writes in is named by the e-mail, where there is one.
    nameless = chance(rng, n, 0.05) & np.asarray(r.email.is_valid())
    k = world.agents
    staff = np.arange(k) % len(OWNERS)
    staff_mail = join(
        pc.replace_substring(pc.utf8_lower(take(OWNERS, staff)), " ", "."),
        number(np.arange(k)),
        "@lumenade.example",
    )
    created = np.concatenate([entered(rng, people.created[at], world.now), np.full(k, world.now - 900 * DAY)])
    active = ~chance(rng, n + k, RATES.inactive)
    external = sometimes(rng, world.presence.people["user"].id_of(rng, at), 0.5)
    none = strings([None] * k)
    columns = {
        "id": pa.concat_arrays([_as_number(rows.ids), integers(world.numbers(k) + 390_000_000_000)]),
        "name": pa.concat_arrays([where(nameless, r.email, r.full), take(OWNERS, staff)]),
        "email": pa.concat_arrays([r.email, staff_mail]),
        "phone": pa.concat_arrays([r.phone, none]),
        "organization_id": _as_number(pa.concat_arrays([organization_of, none])),
        "role": strings(["end-user"] * n + ["agent"] * k),
        "external_id": pa.concat_arrays([external, none]),
        "locale": pa.concat_arrays([locales(people, at), strings(["en-GB"] * k)]),
        "time_zone": take(TIME_ZONES, rng.integers(0, len(TIME_ZONES), n + k)),
        "verified": flags(chance(rng, n + k, 0.85)),
        "active": flags(active),
        "suspended": flags(~active & chance(rng, n + k, 0.1)),
        "created_at": moment(created),
        "updated_at": moment(rng.integers(created, world.now)),
    }
    order = np.concatenate([np.argsort(rows.numbers), np.arange(n, n + k)])
    return extract("zendesk", "user", "users.jsonl", columns, order)


def _tickets(world: World, organization_of: pa.Array) -> list[Extract]:
    rng = stream(world.seed, "zendesk", "ticket")
    users = world.presence.people["zendesk_user"]
    n = world.facts["ticket"]
    user = (len(users) * rng.random(n) ** 1.6).astype(np.int64)
    created = world.now - (rng.random(n) ** 2 * 365 * DAY).astype(np.int64) - 60
    old = created < world.now - 20 * DAY
    status = np.where(old, weighted(rng, n, [0.0, 0.02, 0.03, 0.25, 0.7]), weighted(rng, n, [0.2, 0.25, 0.15, 0.4, 0]))
    ids = integers(world.numbers(n) + 100_000)
    requester, organization = _as_number(take(users.ids, user)), _as_number(take(organization_of, user))
    updated = np.minimum(created + rng.integers(600, 12 * DAY, n) + late(rng, n), world.now)
    tickets = {
        "id": ids,
        "subject": take(SUBJECTS, rng.integers(0, len(SUBJECTS), n)),
        "status": take(["new", "open", "pending", "solved", "closed"], status),
        "priority": take(["low", "normal", "high", "urgent"], weighted(rng, n, [0.2, 0.55, 0.2, 0.05])),
        "requester_id": requester,
        "organization_id": organization,
        "tags": take(strings(["[]", '["billing"]', '["bug"]', '["login","sso"]']), rng.integers(0, 4, n)),
        "created_at": moment(created),
        "updated_at": moment(updated),
    }
    k = world.facts["satisfaction_rating"]
    solved = np.flatnonzero(status >= 3)
    rated = solved[rng.permutation(len(solved))[:k]] if len(solved) >= k else rng.integers(0, n, k)
    ratings = {
        "id": integers(world.numbers(k) + 900_000),
        "ticket_id": take_ints(ids, rated),
        "requester_id": take_ints(requester, rated),
        "score": take(["good", "bad", "offered"], weighted(rng, k, [0.7, 0.14, 0.16])),
        "created_at": moment(np.minimum(updated[rated] + rng.integers(60, 2 * DAY, k), world.now)),
    }
    return [
        extract("zendesk", "ticket", "tickets.jsonl", tickets, repeats(rng, n), "tags"),
        extract("zendesk", "satisfaction_rating", "satisfaction_ratings.jsonl", ratings, repeats(rng, k)),
    ]


def take_ints(values: pa.Array, index: np.ndarray) -> pa.Array:
    """Integers by position."""
    return values.take(pa.array(index))

"""Product analytics: workspaces, users, events, feature adoption and devices, as Parquet."""

from __future__ import annotations

import numpy as np

from c360_assets.sample import person_record
from c360_assets.sample.company_record import sometimes
from c360_assets.sample.extract import Extract, amounts, extract, flags, integers, moment
from c360_assets.sample.person_record import locales
from c360_assets.sample.randomness import Ints, chance, stream, weighted
from c360_assets.sample.rates import RATES
from c360_assets.sample.text import blank, codes, join, known, number, take, where
from c360_assets.sample.vocabulary.business import EVENTS, FEATURES
from c360_assets.sample.vocabulary.company_words import TEAMS
from c360_assets.sample.vocabulary.places import COUNTRIES
from c360_assets.sample.world import DAY, World, entered, repeats

_SYSTEM = "product_analytics"


def extracts(world: World) -> list[Extract]:
    """workspaces, users, feature_adoption, devices and events as .parquet."""
    workspace_of = _membership(world)
    devices, device_user = _devices(world, workspace_of)
    adoption = _adoption(world)
    return [
        _workspaces(world),
        _users(world, workspace_of),
        adoption,
        devices,
        _events(world, workspace_of, devices, device_user),
    ]


def _workspaces(world: World) -> Extract:
    rng = stream(world.seed, _SYSTEM, "workspace")
    rows, firms, at = (
        world.presence.companies["workspace"],
        world.companies,
        world.presence.companies["workspace"].entity,
    )
    n = len(rows)
    bare = take(firms.name, at)
    name = where(chance(rng, n, 0.25), join(bare, " ", take(TEAMS, rng.integers(0, len(TEAMS), n))), bare)
    short = chance(rng, n, 0.25) & ~firms.relative[at]
    name = where(short, take(firms.brand_word, at), name)
    billing = sometimes(rng, world.presence.companies["stripe_customer"].id_of(rng, at), 0.6)
    account = sometimes(rng, world.presence.companies["account"].id_of(rng, at), 0.5)
    linked = known(billing) | known(account)
    created = entered(rng, firms.created[at], world.now)
    columns = {
        "workspace_id": rows.ids,
        "name": name,
        # A workspace that nothing links keeps its domain, so that it can be told whose it is.
        "domain": blank(take(firms.domain, at), chance(rng, n, 0.15) & linked),
        "plan": take(["free", "team", "business", "enterprise"], weighted(rng, n, [0.15, 0.35, 0.35, 0.15])),
        "seats": integers(rng.integers(1, 120, n)),
        "status": take(["active", "trial", "suspended", "cancelled"], weighted(rng, n, [0.82, 0.07, 0.03, 0.08])),
        "billing_customer_id": billing,
        "crm_account_id": account,
        "region": take([c.region for c in COUNTRIES], firms.country[at]),
        "created_at": moment(created, unit="us"),
        "updated_at": moment(rng.integers(created, world.now), unit="us"),
    }
    return extract(_SYSTEM, "workspace", "workspaces.parquet", columns, np.argsort(rows.numbers))


def _membership(world: World) -> Ints:
    """The workspace (row) of each user; -1 for consumers and some others."""
    rng = stream(world.seed, _SYSTEM, "membership")
    employer = world.people.employer[world.presence.people["user"].entity]
    return world.presence.companies["workspace"].pick(rng, employer)


def _users(world: World, workspace_of: Ints) -> Extract:
    rng = stream(world.seed, _SYSTEM, "user")
    rows, people = world.presence.people["user"], world.people
    n, at = len(rows), rows.entity
    r = person_record.write(people, world.companies, rows, rng, email=1.0, phone=0)
    created = entered(rng, people.created[at], world.now)
    active = ~chance(rng, n, RATES.inactive * 2)
    seen = np.where(active, rng.integers(np.maximum(created, world.now - 60 * DAY), world.now), created + DAY)
    columns = {
        "user_id": rows.ids,
        "workspace_id": take(world.presence.companies["workspace"].ids, workspace_of),
        "email": r.email,
        "name": where(chance(rng, n, 0.97), r.full, r.given),
        "role": take(["member", "admin", "viewer", "owner"], weighted(rng, n, [0.6, 0.15, 0.2, 0.05])),
        "locale": locales(people, at),
        "is_active": flags(active),
        "signup_at": moment(created, unit="us"),
        "last_seen_at": moment(seen, chance(rng, n, 0.03), unit="us"),
        "updated_at": moment(rng.integers(created, world.now), unit="us"),
    }
    return extract(_SYSTEM, "user", "users.parquet", columns, np.argsort(rows.numbers))


def _adoption(world: World) -> Extract:
    rng = stream(world.seed, _SYSTEM, "feature_adoption")
    rows = world.presence.companies["workspace"]
    pairs = rng.permutation(len(rows) * len(FEATURES))[: world.facts["feature_adoption"]]
    n = len(pairs)
    world.facts["feature_adoption"] = n
    created = world.companies.created[rows.entity[pairs // len(FEATURES)]]
    first = rng.integers(created, world.now)
    columns = {
        "workspace_id": take(rows.ids, pairs // len(FEATURES)),
        "feature": take(FEATURES, pairs % len(FEATURES)),
        "active_users": integers(rng.integers(0, 40, n)),
        "adoption_rate": amounts(rng.beta(2, 3, n)),
        "first_used_at": moment(first, unit="us"),
        "last_used_at": moment(rng.integers(first, world.now), unit="us"),
    }
    return extract(_SYSTEM, "feature_adoption", "feature_adoption.parquet", columns)


def _devices(world: World, workspace_of: Ints) -> tuple[Extract, Ints]:
    """Devices and, per row, whose it is (position among the users)."""
    rng = stream(world.seed, _SYSTEM, "device")
    users = world.presence.people["user"]
    n = min(world.facts["device"], len(users) * 2)
    world.facts["device"] = n
    user = np.concatenate([rng.permutation(len(users)), rng.permutation(len(users))])[:n]
    device = np.arange(n)
    # Colleagues stand side by side after sorting by workspace; some share the one before's device.
    order = np.argsort(workspace_of[user], kind="stable")
    before = np.concatenate([[0], order[:-1]])
    same = (workspace_of[user[order]] >= 0) & (workspace_of[user[order]] == workspace_of[user[before]])
    shares = same & (user[order] != user[before]) & chance(rng, n, RATES.shared_device)
    shares[1:] &= ~shares[:-1]
    device[order[shares]] = before[shares]
    first = rng.integers(world.people.created[users.entity[user]], world.now)
    columns = {
        "device_id": join("dev_", codes(device + 1 + world.day * 10_000_000, 14)),
        "user_id": take(users.ids, user),
        "platform": take(["web", "ios", "android", "macos", "windows"], weighted(rng, n, [0.4, 0.2, 0.2, 0.1, 0.1])),
        "app_version": join("5.", number(rng.integers(0, 12, n)), ".", number(rng.integers(0, 9, n))),
        "first_seen_at": moment(first, unit="us"),
        "last_seen_at": moment(rng.integers(first, world.now), unit="us"),
    }
    return extract(_SYSTEM, "device", "devices.parquet", columns), user


def _events(world: World, workspace_of: Ints, devices: Extract, device_user: Ints) -> Extract:
    rng = stream(world.seed, _SYSTEM, "event")
    others = sum(count for name, count in world.facts.items() if name not in ("all", "event"))
    n = max(world.facts["all"] - others, 1)
    world.facts["event"] = n
    users = world.presence.people["user"]
    by_device = (len(device_user) * rng.random(n) ** 1.8).astype(np.int64)
    user = device_user[by_device]
    happened = world.now - (rng.random(n) ** 1.2 * 60 * DAY).astype(np.int64) - 1
    columns = {
        "event_id": join("evt_", codes(world.numbers(n), 16)),
        "user_id": take(users.ids, user),
        "workspace_id": take(world.presence.companies["workspace"].ids, workspace_of[user]),
        "device_id": take(devices.table["device_id"].combine_chunks(), by_device),
        "event_name": take(EVENTS, weighted(rng, n, [0.3, 0.3, 0.1, 0.05, 0.03, 0.17, 0.05])),
        "occurred_at": moment(happened, unit="us"),
    }
    return extract(_SYSTEM, "event", "events.parquet", columns, repeats(rng, n))

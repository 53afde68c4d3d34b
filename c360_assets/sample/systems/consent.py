"""Consent store: one event per decision, by purpose, channel and region; some contradict each other."""

from __future__ import annotations

import numpy as np

from c360_assets.sample.extract import Extract, extract, moment
from c360_assets.sample.randomness import chance, stream, weighted
from c360_assets.sample.rates import RATES
from c360_assets.sample.text import codes, join, take, where
from c360_assets.sample.vocabulary.business import BRANDS
from c360_assets.sample.vocabulary.places import COUNTRIES
from c360_assets.sample.world import DAY, World, late, repeats

_PURPOSES = ["marketing", "analytics", "personalisation", "service"]
_CHANNELS = ["email", "sms", "phone", "in_app", "ads"]
_STATES = ["granted", "withdrawn", "denied"]


def extracts(world: World) -> list[Extract]:
    """consent_events.jsonl."""
    rng = stream(world.seed, "consent", "consent_event")
    people, users = world.people, world.presence.people["user"]
    n = world.facts["consent_event"]
    person = rng.integers(0, len(people), n)
    purpose, channel = (
        weighted(rng, n, [0.6, 0.15, 0.15, 0.1]),
        weighted(rng, n, [0.55, 0.12, 0.13, 0.12, 0.08]),
    )
    state = weighted(rng, n, [0.72, 0.17, 0.11])
    occurred = world.now - rng.integers(3600, 1000 * DAY, n)
    # A conflict: the same person, purpose and channel as the row before, another answer within the hour.
    again = chance(rng, n, RATES.consent_conflict)
    again[1:] &= ~again[:-1]
    again[:1] = False
    before = np.where(again, np.arange(n) - 1, np.arange(n))
    person, purpose, channel = person[before], purpose[before], channel[before]
    state = np.where(again, (state[before] + 1) % 2, state)
    occurred = np.where(again, occurred[before] + rng.integers(0, 3600, n), occurred)
    user = users.pick(rng, person)
    kind = weighted(rng, n, [0.7, 0.18, 0.12])[before]
    kind = np.where((kind == 2) & (user < 0), 0, kind)
    value = where(kind == 1, take(people.mobile.e164(), person), take(people.email, person))
    value = where(kind == 2, take(users.ids, user), value)
    expires = (state == 0) & chance(rng, n, 0.15)
    columns = {
        "event_id": join("cns_", codes(world.numbers(n), 16)),
        "subject_type": take(["email", "phone", "user_id"], kind),
        "subject_value": value,
        "purpose": take(_PURPOSES, purpose),
        "channel": take(_CHANNELS, channel),
        "status": take(_STATES, state),
        "legal_basis": take(["consent", "legitimate_interest", "contract"], weighted(rng, n, [0.85, 0.1, 0.05])),
        "region": take([c.region for c in COUNTRIES], people.country[person]),
        "brand": take(BRANDS, weighted(rng, n, [0.6, 0.25, 0.15])),
        "source": take(["preference_centre", "web_form", "call_centre", "in_app", "import"], rng.integers(0, 5, n)),
        "occurred_at": moment(occurred),
        "expires_at": moment(occurred + 730 * DAY, ~expires),
        "recorded_at": moment(np.minimum(occurred + late(rng, n), world.now)),
    }
    return [extract("consent", "consent_event", "consent_events.jsonl", columns, repeats(rng, n))]

"""Many small worlds side by side in one warehouse: each has six profiles and a history of its own; all share the
planner, the destination and its faults. The oracle is a few dictionaries."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulators.server import Request
from toy_world import World

from c360_assets.warehouse import Warehouse

LETTERS = "abcdef"
NAMES = ("Ann", "Bo", "Cy", "Poison")
# What consent says, as rows of region, state and whether it has run out; only the first three allow.
CONSENTS: dict[str, list[tuple[str, str, bool]]] = {
    "granted": [("ALL", "granted", False)],
    "granted again": [("ALL", "granted", False)],
    "granted twice": [("ALL", "granted", False), ("DE", "granted", False)],
    "withdrawn": [("ALL", "withdrawn", False)],
    "denied": [("ALL", "denied", False)],
    "lapsed": [("ALL", "granted", True)],
    "withdrawn in a region": [("ALL", "granted", False), ("DE", "withdrawn", False)],
    "unknown": [],
}
ALLOWS = ("granted", "granted again", "granted twice")
DECISIONS = [*ALLOWS, *ALLOWS, *CONSENTS]


@dataclass
class Small:
    """One sequence: what its feed is, who agreed, who became whom."""

    name: str
    feed: dict[str, str] = field(default_factory=dict)
    consent: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    """By the short way, and not taken in by the pipeline yet: its consent says still what it said."""
    decided_since: set[str] = field(default_factory=set)
    merged: dict[str, str] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    @property
    def profiles(self) -> list[str]:
        return [f"per_{self.name}{letter}" for letter in LETTERS]

    def allowed(self, profile: str) -> bool:
        return self.consent.get(profile) in ALLOWS and profile not in self.refused

    def expected(self) -> dict[str, str]:
        return {profile: name for profile, name in self.feed.items() if self.allowed(profile)}

    def begin(self, choose: Random) -> None:
        for profile in self.profiles[:4]:
            self.decide(profile, "granted")
            self._put(profile, choose.choice(NAMES[:3]))

    def step(self, choose: Random) -> None:
        """Something happens."""
        profile, other = choose.sample(self.profiles, 2)
        moves: list[Callable[[], None]] = [
            lambda: self._put(profile, choose.choice(NAMES)),
            lambda: self._put(profile, choose.choice(NAMES)),
            lambda: self._put(other, choose.choice(NAMES)),
            lambda: self._leave(profile),
            lambda: self.decide(profile, choose.choice(DECISIONS)),
            lambda: self.decide(profile, choose.choice(DECISIONS)),
            lambda: self._merge(profile, other),
            lambda: self._split(choose),
            lambda: self.refuse(profile),
        ]
        choose.choice(moves)()

    def decide(self, profile: str, consent: str) -> None:
        self.consent[profile] = consent
        self.decided_since.add(profile)
        self._note("decide", profile, consent)

    def refuse(self, profile: str) -> None:
        self.refused.add(profile)
        self.decided_since.discard(profile)
        self._note("refuse", profile)

    def settle(self) -> None:
        """The pipeline takes refusals in."""
        for profile in self.refused - self.decided_since:
            self.decide(profile, "withdrawn")
        self.refused.clear()

    def _put(self, profile: str, name: str) -> None:
        if profile not in self.merged:
            self.feed[profile] = name
            self._note("put", profile, name)

    def _leave(self, profile: str) -> None:
        self.feed.pop(profile, None)
        self._note("leave", profile)

    def _merge(self, profile: str, heir: str) -> None:
        if profile in self.feed and heir in self.feed:
            del self.feed[profile]
            self.merged[profile] = heir
            self._note("merge", profile, heir)

    def _split(self, choose: Random) -> None:
        """What is split off gets an id of its own; the heir keeps the record. Here the id is free again."""
        if self.merged:
            profile = choose.choice(sorted(self.merged))
            del self.merged[profile]
            self.feed[profile] = choose.choice(NAMES[:3])
            self._note("split", profile, self.feed[profile])

    def _note(self, *what: str) -> None:
        self.history.append(" ".join(what))
        self.touched.add(what[1])


class Worlds:
    """All of them, their warehouse and their destination."""

    def __init__(self, world: World, other: Warehouse, count: int, seed: int) -> None:
        self.world, self.other = world, other
        self.small = [Small(f"{number:04d}") for number in range(count)]
        self.of = {profile: small for small in self.small for profile in small.profiles}
        self.leaks: list[str] = []
        self.withdrawing: Random | None = None
        for number, small in enumerate(self.small):
            small.begin(Random(seed * 100_003 + number))

    def step(self, seed: int) -> None:
        """Each world takes a step of its own."""
        for number, small in enumerate(self.small):
            small.step(Random(seed * 100_003 + number))

    def watch(self, request: Request) -> None:
        """Every request, at the moment at which it arrives."""
        told = list(_told(self.world.destination.connector, request))
        for profile in told:
            if not self.of[profile].allowed(profile):
                self.leaks.append(f"{profile}: {self.of[profile].history}")
        # While it is answered some change their minds: the next request must know.
        if told and self.withdrawing and self.withdrawing.random() < 0.7:
            gone = self.withdrawing.sample(sorted(self.of), max(1, len(self.of) // 30))
            for profile in gone:
                self.of[profile].consent[profile] = "withdrawn"
                self.of[profile].decided_since.add(profile)
                self.of[profile].history.append(f"withdraw while sending {profile}")
            marks = ", ".join(["%s"] * len(gone))
            self.other.execute(f"delete from GOLDEN_PROFILE.CONSENT where profile_id in ({marks})", gone)
            self.other.execute(
                "insert into GOLDEN_PROFILE.CONSENT select f.value::varchar, 'marketing', 'email', 'ALL', 'withdrawn',"
                " null from table(flatten(input => parse_json(%s))) as f",
                [json.dumps(gone)],
            )

    def sync(self, seed: int, withdraw: bool, settle: bool) -> None:
        """Everything that happened reaches the warehouse, and then the destination is served."""
        self._flush(settle)
        self.withdrawing = Random(seed) if withdraw else None
        result = self.world.sync()
        self.withdrawing = None
        for small in self.small:
            small.history.append(f"sync {seed}{' and withdraw' if withdraw else ''}{' and settle' if settle else ''}")
        assert sum(result.outcomes.values()) == result.planned
        assert not self.leaks, self.leaks[0]

    def compare(self, held: dict[str, str]) -> None:
        """Each world on its own, so that the one that is wrong tells its history."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for profile, name in held.items():
            found[self.of[profile].name][profile] = name
        state = {profile for (profile,) in self.world.rows("DESTINATION_STATE", "profile_id")}
        # Refused after a deletion whose answer was lost: the last word that was acknowledged is that it is held.
        state -= {p for p in state - set(held) if self.of[p].expected().get(p) == "Poison"}
        assert state == set(held), [(p, self.of[p].history) for p in sorted(state ^ set(held))[:2]]
        for small in self.small:
            expected = small.expected()
            # A row that the vendor refuses leaves what was there before, if anything.
            refused = {profile for profile, name in expected.items() if name == "Poison"}
            there = found[small.name]
            assert set(there) <= set(expected), small.history
            assert {p: n for p, n in there.items() if p not in refused} == {
                p: n for p, n in expected.items() if p not in refused
            }, small.history

    def _flush(self, settle: bool) -> None:
        if settle:
            for small in self.small:
                small.settle()
        warehouse, touched = self.world.warehouse, sorted({p for small in self.small for p in small.touched})
        refused = [p for small in self.small for p in sorted(small.refused)]
        if touched:
            told = json.dumps(touched)
            for table in ("ACTIVATION_FEED.TOY_FEED", "GOLDEN_PROFILE.CONSENT", "MATCH_CLUSTER.PROFILE_REGISTRY"):
                warehouse.execute(
                    f"delete from {table} where profile_id in"
                    " (select f.value::varchar from table(flatten(input => parse_json(%s))) as f)",
                    [told],
                )
        self._insert(
            "ACTIVATION_FEED.TOY_FEED",
            "{0}, {0}, {1}, {2}, {3}, 'contract', 'h'",
            [
                [p, f"{p}@x.example", name, hashlib.md5(f"{p}{name}".encode()).hexdigest()]
                for p in touched
                if (name := self.of[p].feed.get(p))
            ],
        )
        self._insert(
            "GOLDEN_PROFILE.CONSENT",
            "{0}, 'marketing', 'email', {1}, {2}, iff({3} = 'true', '2020-01-01'::timestamp_ntz, null)",
            [
                [p, region, state, str(lapsed).lower()]
                for p in touched
                for region, state, lapsed in CONSENTS[self.of[p].consent.get(p, "unknown")]
            ],
        )
        self._insert(
            "MATCH_CLUSTER.PROFILE_REGISTRY (profile_id, entity_kind, founder_record_key, status, merged_into)",
            "{0}, 'person', 'r', 'merged', {1}",
            [[p, heir] for p in touched if (heir := self.of[p].merged.get(p))],
        )
        columns = "(fact_key, profile_id, purpose, channel, state, noticed_at)"
        warehouse.execute("delete from ACTIVATION_FEED.CONSENT_REVOCATION")
        self._insert(
            f"ACTIVATION_FEED.CONSENT_REVOCATION {columns}",
            "uuid_string(), {0}, 'marketing', 'email', 'withdrawn', current_timestamp()::timestamp_ntz",
            [[p] for p in refused],
        )
        for small in self.small:
            small.touched.clear()

    def _insert(self, table: str, values: str, rows: list[list[str]]) -> None:
        if rows:
            told = values.format(*(f"f.value[{place}]::varchar" for place in range(len(rows[0]))))
            self.world.warehouse.execute(
                f"insert into {table} select {told} from table(flatten(input => parse_json(%s))) as f",
                [json.dumps(rows)],
            )


def _told(connector: str, request: Request) -> Iterator[str]:
    """Whom a request tells of, by their fields."""
    body: Any = request.json if request.body else {}
    if connector == "hubspot" and request.path.endswith("/upsert"):
        yield from (each["id"] for each in body["inputs"])
    elif connector == "braze" and request.path == "/users/track":
        yield from (each["external_id"] for each in body["attributes"])
    elif connector == "webhook":
        yield from (e["profile_id"] for e in body["data"]["events"] if e["operation"] in ("create", "update"))

"""A run that compares what changed leaves the same tables as one that compares everything."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from identity_people import companies, people
from identity_runs import DECLARED, match, profiles
from identity_tables import Row, create, delete, insert, organization, person, put

from c360_assets.identity import pipeline
from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse

# Limits that a handful of records pass, either way.
TIGHT = replace(DECLARED, max_block_records=6, max_identifier_records=6, max_cluster_size=5)

# Without what a rebuild says anew: who found it and when.
COMPARED = {
    "MATCH_EDGE": "* exclude (match_weight, run_id, compared_at), round(match_weight, 9)",
    "CLUSTER": "*",
    "PROFILE_REGISTRY": "*",
    "REVIEW_QUEUE": "* exclude (match_weight), round(match_weight, 9)",
    "RELATION": "*",
    "HIERARCHY": "*",
    "RELATION_CONFLICT": "* exclude (run_id, found_at)",
    "SUSPICIOUS_CLUSTER": "* exclude (run_id, found_at)",
    "OVERSIZED_BLOCK": "* exclude (found_at)",
    "COMPARED_RECORD": "*",
}


def contents(warehouse: Warehouse) -> dict[str, list[str]]:
    return {
        table: sorted(map(str, warehouse.rows(f"select {columns} from MATCH_CLUSTER.{table}")))
        for table, columns in COMPARED.items()
    }


@dataclass
class World:
    """Records that come, change and go, the same in every warehouse."""

    seed: int
    warehouses: list[Warehouse]
    shown: dict[str, dict[str, Row]] = field(default_factory=lambda: {"person": {}, "organization": {}})

    def __post_init__(self) -> None:
        self.rng, self.day = random.Random(self.seed), 0
        self.pool = {"person": people(70, self.seed)[0], "organization": companies(45, self.seed)[0]}
        # More records of one register's number than a customer has.
        crowd = [organization(f"crowd:a:{n}", "crowd handel", tax_id="DE777777777", country="DE") for n in range(6)]
        for warehouse in self.warehouses:
            create(warehouse)
            put(warehouse, "organization", crowd)

    def take(self, kind: str, count: int) -> list[Row]:
        return self.rng.sample(sorted(self.shown[kind].values(), key=lambda row: row["record_key"]), count)

    def add(self, kind: str, count: int) -> list[Row]:
        fresh = [row for row in self.pool[kind] if row["record_key"] not in self.shown[kind]]
        return self.rng.sample(fresh, min(count, len(fresh)))

    def changed_person(self, row: Row) -> Row:
        other = self.take("person", 1)[0]
        return row | self.rng.choice(
            [
                {"phone": f"+4930123456{self.rng.randrange(2)}", "phone_is_valid": True},
                {name: other[name] for name in ("given_name_key", "family_name_key", "email", "email_is_valid")},
                {"given_name_key": "zacharias", "email": f"z{self.rng.randrange(99)}@gmx.de"},
                {"links": [("user_id", f"u{self.rng.randrange(3)}")]},
                {"links": []},
            ]
        )

    def changed_organization(self, row: Row) -> Row:
        other = self.take("organization", 1)[0]
        return row | self.rng.choice(
            [
                {"tax_id": f"DE9{self.rng.randrange(4):08d}", "tax_id_is_valid": True},
                {"tax_id": None, "tax_id_is_valid": False},
                {"links": [("crm_id", f"c{self.rng.randrange(3)}"), ("billing_id", other["record_key"])]},
                {name: other[name] for name in ("name", "name_key", "domain", "street_key", "postcode_key")},
                {"name_key": other["name_key"].split()[0] + " handel"},
            ]
        )

    def step(self, changes: int, new: int, gone: int) -> None:
        """One day: some records are new, some changed, some gone; relations are stated anew."""
        self.day += 1
        today = datetime(2026, 1, self.day)
        for kind, change in (("person", self.changed_person), ("organization", self.changed_organization)):
            shown = self.shown[kind]
            lost = [row["record_key"] for row in self.take(kind, gone)] if shown else []
            for key in lost:
                del shown[key]
            rows = [change(row) for row in self.take(kind, changes)] if shown else []
            rows = [row | {"changed_at": today} for row in rows + self.add(kind, new)]
            shown |= {row["record_key"]: row for row in rows}
            for warehouse in self.warehouses:
                if lost:
                    delete(warehouse, kind, lost)
                    delete(warehouse, "identifier", lost)
                put(warehouse, kind, rows)
        stated = self.relations(today)
        for warehouse in self.warehouses:
            # What a record no longer says it has stopped saying by a change of its own.
            withdrawn = "NORMALIZED_RECORD.RELATION where relation_key like '%0'"
            warehouse.execute(
                f"update NORMALIZED_RECORD.ORGANIZATION set changed_at = '{today}'::timestamp_ntz "
                f"where record_key in (select from_record_key from {withdrawn})"
            )
            warehouse.execute(f"delete from {withdrawn}")
            insert(warehouse, "relation", stated)

    def relations(self, today: datetime) -> list[Row]:
        """What records say of each other and of nodes: parents in any shape, workspaces and who is in them, offices."""
        keys = sorted(self.shown["organization"])
        pairs = [("subsidiary_of", "record", *self.rng.sample(keys, 2)) for _ in range(8)]
        workspace, user = self.rng.choice(keys), self.rng.choice(sorted(self.shown["person"]))
        pairs += [
            ("employee_of", "record", user, workspace),
            ("billing_entity_of", "record", *self.rng.sample(keys, 2)),
        ]
        if self.rng.random() < 0.5:
            pairs.append(("has_workspace", "workspace", workspace, workspace))
        region = self.rng.choice(["EMEA", "APAC"])
        pairs += [("has_regional_office", "regional_office", key, region) for key in self.rng.sample(keys, 4)]
        return [
            {
                "relation_key": f"{number}",
                "from_record_key": start,
                "relation_type": name,
                "to_kind": kind,
                "to_key": end,
                "evidence": "as the record says",
                "source_system": start.split(":")[0],
                "valid_from": datetime(2025, 1, 1 + number),
                "valid_to": self.rng.choice([None, None, None, datetime(2025, 6, 1)]),
                "changed_at": today,
            }
            for number, (name, kind, start, end) in enumerate(pairs)
        ]


@pytest.fixture
def rebuilt(settings: Settings) -> Iterator[Warehouse]:
    """A second database, where every run starts from nothing but the ids that were given."""
    with Warehouse(replace(settings, database=f"{settings.database}_REBUILT")) as session:
        yield session


class Killed(Exception):
    """The end of a run in its middle."""


def kill_before(step: str, warehouse: Warehouse, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run end where it would have begun a step."""

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(pipeline, step, die)
        match(warehouse, number, TIGHT)


def live(world: World, kills: dict[int, str], rounds: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Compare after every round; returns how many rounds had a held back component, a cut, a merge and a split."""
    incremental, rebuilt = world.warehouses
    world.step(changes=0, new=90, gone=0)
    seen = {"suspicious": 0, "cut": 0}
    for number in range(1, rounds + 1):
        if number > 1:
            world.step(changes=7, new=4, gone=4)
        if number in kills:
            kill_before(kills[number], incremental, number, monkeypatch)
        some = match(incremental, number, TIGHT, since=number - 1)
        everything = match(rebuilt, number, TIGHT, full_rebuild=True)
        found, expected = contents(incremental), contents(rebuilt)
        for table, rows in expected.items():
            assert found[table] == rows, f"round {number}: {table}"
        if number > 1 and number not in kills:
            assert all(0 < numbers.changed < numbers.records / 2 for numbers in some.kinds.values())
            assert some.kinds["person"].pairs_compared < everything.kinds["person"].pairs_compared
        seen["suspicious"] += everything.kinds["organization"].suspicious
        seen["cut"] += everything.contradicting_pairs
    query = "select reason, count(*) from MATCH_CLUSTER.PROFILE_REGISTRY group by reason"
    return seen | {reason: int(count) for reason, count in rebuilt.rows(query)}


def test_incremental_equals_full_after_every_round(
    warehouse: Warehouse, rebuilt: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = live(World(1, [warehouse, rebuilt]), {3: "cluster_edges"}, 3, monkeypatch)
    assert all(seen[what] for what in ("suspicious", "cut", "merged", "split", "no records left"))
    before = contents(warehouse)
    warehouse.statements.clear()
    assert match(warehouse, 9, TIGHT).kinds["person"].pairs_compared == 0
    assert contents(warehouse) == before, "a run with nothing changed changes nothing"
    assert len(warehouse.statements) < 50, "and looks at little"


def test_a_killed_run_does_not_forget_what_a_record_that_is_gone_was_linked_to(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(warehouse)
    many = [person(f"big:c:{n}", "bruno", "moser", email="bruno@moser.example") for n in range(6)]
    put(warehouse, "person", many + people(20, seed=3)[0])
    assert match(warehouse, 1, TIGHT).kinds["person"].suspicious == 1
    delete(warehouse, "person", ["big:c:3"])
    kill_before("cluster_edges", warehouse, 2, monkeypatch)
    assert match(warehouse, 2, TIGHT).kinds["person"].suspicious == 0
    left = {key: profile for key, profile in profiles(warehouse).items() if key.startswith("big:")}
    assert len(left) == 5
    assert len(set(left.values())) == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4, 5])
def test_incremental_equals_full_in_many_rounds(
    warehouse: Warehouse, rebuilt: Warehouse, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = ("write_rule_edges", "assign_profiles", "lift_relations", "remember_compared", "touch", "write_edges")
    kills = dict(zip(range(2, 12, 2), random.Random(seed).sample(steps, 5), strict=True))
    live(World(seed, [warehouse, rebuilt]), kills, 11, monkeypatch)

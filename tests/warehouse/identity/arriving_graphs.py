"""Random graphs of records that arrive in random order, and clustering over them: many small ones side by side.

What two records say of each other follows from the two alone, as a comparison would find it, so that the edges of any
moment are known without the way that led there.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from identity_runs import DECLARED
from identity_tables import delete, insert, organization

from c360_assets.identity.clusters import cluster_edges
from c360_assets.identity.models import MODELS
from c360_assets.identity.profile_ids import assign_profiles
from c360_assets.identity.scoring import delete_edges
from c360_assets.identity.stewardship.heed import weigh_decisions, write_steward_edges
from c360_assets.identity.tables import create_tables, step_schema
from c360_assets.identity.touched import create_touched, is_settled, reach, touch
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

MODEL = MODELS["organization"]
State = dict[str, int]
"""Record to version; what is not there has not come or is gone."""
Said = set[tuple[str, str, str]]
"""Left, right, same or different."""


@dataclass
class Graph:
    """A few records, what they may say, and the states through which they come to the last one."""

    seed: int
    batches: int
    states: list[State] = field(default_factory=list)
    decided: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = self.rng("arrival")
        keys = [f"s{rng.randrange(3)}:w{self.seed}:{n}" for n in range(rng.randrange(2, 11))]
        self.density = rng.choice([0.2, 0.4, 0.7])
        last = {key: rng.randrange(3) for key in keys if rng.random() < 0.85}
        state: State = {}
        said: Said = set()
        final = {self.decision(rng, keys) for _ in range(rng.choice([0, 0, 1, 2, 4]))}
        for number in range(self.batches):
            state, said = dict(state), set(said)
            for key in rng.sample(keys, rng.randrange(len(keys) + 1)):
                fate = rng.random()
                if fate < 0.2:
                    state.pop(key, None)
                else:
                    state[key] = last.get(key, 0) if fate < 0.6 else rng.randrange(3)
            said = {each for each in said | {d for d in final if rng.random() < 0.5} if rng.random() < 0.8}
            if rng.random() < 0.2:
                said.add(self.decision(rng, keys))
            ended = number == self.batches - 1
            self.states.append(last if ended else state)
            self.decided.append(final if ended else said)

    def rng(self, *about: object) -> random.Random:
        return random.Random(repr((self.seed, *about)))

    @staticmethod
    def decision(rng: random.Random, keys: list[str]) -> tuple[str, str, str]:
        left, right = sorted(rng.sample(keys, 2))
        return left, right, rng.choice(["same", "same", "different"])

    def tax_id(self, key: str, version: int) -> str | None:
        return self.rng("tax", key, version).choice([None, None, "DE111111111", "DE222222222"])

    def weight(self, left: str, right: str, state: State) -> float | None:
        """Match weight of a pair; None where it is not compared."""
        rng = self.rng("pair", left, right, state[left], state[right])
        return rng.uniform(-6, 12) if rng.random() < self.density else None


def edge_rows(graph: Graph, keys: set[str], state: State) -> list[str]:
    """The pairs of which one is among `keys`."""
    rows = []
    for left in sorted(state):
        for right in sorted(state):
            if left < right and {left, right} & keys and (weight := graph.weight(left, right, state)) is not None:
                probability = 2**weight / (1 + 2**weight)
                decision = "match" if weight > 0 else "review" if weight > -2 else "no_match"
                rows.append(f"('{left}', '{right}', {weight!r}, {probability!r}, '{decision}')")
    return rows


class Arrival:
    """A warehouse in which the graphs' records arrive; one state after another, or the last one at once."""

    def __init__(self, warehouse: Warehouse, graphs: list[Graph]) -> None:
        self.warehouse, self.graphs, self.number = warehouse, graphs, 0
        self.known: list[State] = [{} for _ in graphs]
        create_tables(warehouse)

    def arrive(self, batch: int, everything: bool = False) -> None:
        """Bring records, decisions, edges, clusters and ids to the state of a batch."""
        self.number += 1
        run = Run(f"r{self.number}", datetime(2026, 1, 1) + timedelta(days=self.number))
        self._decide(batch)
        changed = self._records(batch)
        with step_schema(self.warehouse):
            create_touched(self.warehouse)
            weigh_decisions(self.warehouse, run)
            everything = everything or not is_settled(self.warehouse)
            self._compare(batch, changed, everything)
            write_steward_edges(self.warehouse, run)
            whole = everything or not reach(self.warehouse)
            cluster_edges(self.warehouse, DECLARED, run, whole)
            assign_profiles(self.warehouse, run, whole)
        self.warehouse.execute("delete from MATCH_CLUSTER.COMPARED_RECORD")
        self.warehouse.execute(
            "insert into MATCH_CLUSTER.COMPARED_RECORD "
            "select 'organization', record_key, 'compared' from NORMALIZED_RECORD.ORGANIZATION"
        )
        self.known = [dict(graph.states[batch]) for graph in self.graphs]

    def _decide(self, batch: int) -> None:
        rows = [
            f"('{left}|{right}|{verdict}', 'organization', '{left}', '{right}', '{verdict}')"
            for graph in self.graphs for left, right, verdict in sorted(graph.decided[batch])
        ]  # fmt: skip
        self.warehouse.execute("delete from MATCH_CLUSTER.STEWARD_DECISION")
        if rows:
            self.warehouse.execute(
                "insert into MATCH_CLUSTER.STEWARD_DECISION (decision_id, entity_kind, record_key_l, record_key_r, "
                "verdict, needs_approval, decided_by, decided_at) select column1, column2, column3, column4, column5, "
                f"false, 'ada', '2026-01-01'::timestamp_ntz from values {', '.join(rows)}"
            )

    def _records(self, batch: int) -> set[str]:
        """Write what is new or another version, in random order; returns the keys of that and of what is gone."""
        rows, changed, lost = [], set(), set()
        for graph, before in zip(self.graphs, self.known, strict=True):
            state = graph.states[batch]
            lost |= before.keys() - state.keys()
            for key in state:
                if before.get(key) != state[key]:
                    changed.add(key)
                    tax_id = graph.tax_id(key, state[key])
                    rows.append(organization(key, f"firm {graph.seed}", tax_id=tax_id, country="DE"))
        random.Random(self.number).shuffle(rows)
        if lost | changed:
            delete(self.warehouse, "organization", sorted(lost | changed))
        if rows:
            insert(self.warehouse, "organization", rows)
        return changed | lost

    def _compare(self, batch: int, changed: set[str], everything: bool) -> None:
        """What comparing does to the tables: edges of changed records go and come."""
        again = self.warehouse.rows("select record_key from MATCH_CLUSTER.COMPARED_RECORD where fingerprint = ''")
        changed = changed | {key for (key,) in again}
        if everything:
            changed |= {key for graph in self.graphs for key in graph.states[batch]}
        listed = ", ".join(f"('{key}')" for key in sorted(changed)) or "('')"
        self.warehouse.execute(
            f"create or replace transient table {MODEL.record_table}__CHANGED as "
            f"select column1 as record_key from values {listed}"
        )
        touch(self.warehouse, MODEL, everything)
        delete_edges(self.warehouse, MODEL, everything)
        rows = [row for graph in self.graphs for row in edge_rows(graph, changed, graph.states[batch])]
        for start in range(0, len(rows), 2000):
            self.warehouse.execute(
                "insert into MATCH_CLUSTER.MATCH_EDGE (entity_kind, record_key_l, record_key_r, rule, match_weight, "
                "match_probability, decision) select 'organization', column1, column2, 'splink', column3::float, "
                f"column4::float, column5 from values {', '.join(rows[start : start + 2000])}"
            )

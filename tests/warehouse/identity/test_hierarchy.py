"""Who stands above whom, against networkx: random forests with circles, second parents, diamonds and ended links."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import networkx as nx
import pytest
from identity_runs import DECLARED, match, profiles
from identity_tables import create, insert, organization, put

from c360_assets.identity.hierarchy import build_hierarchy
from c360_assets.identity.related import read_related
from c360_assets.identity.tables import STEP_SCHEMA, step_schema
from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse

PARENTS = ("subsidiary_of", "business_unit_of", "regional_office_of", "brand_of")
OTHERS = ("billing_entity_of", "workspace_of")
Link = tuple[str, str, str, bool]


def oracle(links: list[Link]) -> tuple[dict[tuple[str, str], tuple[int, int | None]], set[tuple[str, str, Any, Any]]]:
    """Followed pairs (below, above) with their steps, and conflicts, by another way than the product's."""
    stated = {(a, b, "parent" if kind in PARENTS else kind) for a, b, kind, open_ in links if open_ and a != b}
    everything = nx.DiGraph((a, b) for a, b, _ in stated)
    kept, conflicts = set(), set()
    for child, kind in {(a, kind) for a, _, kind in stated}:
        above = {b for a, b, k in stated if (a, k) == (child, kind)}
        without = everything.subgraph(set(everything) - {child})
        implied = {
            upper for upper in above
            if any(
                other != upper and nx.has_path(without, other, upper) and not nx.has_path(without, upper, other)
                for other in above
            )
        }  # fmt: skip
        left = above - implied
        if len(left) > 1:
            conflicts.add((child, "two_parents", kind, frozenset(left)))
        else:
            kept |= {(child, b, kind) for b in left}
    followed = nx.DiGraph((a, b) for a, b, _ in kept)
    ring_of = {}
    for ring in nx.strongly_connected_components(followed):
        if len(ring) > 1:
            ring_of |= dict.fromkeys(ring, ring)
            conflicts |= {(node, "cycle", None, frozenset(ring - {node})) for node in ring}
    straight = {(a, b, kind) for a, b, kind in kept if ring_of.get(a, {a}) is not ring_of.get(b)}
    ways = dict(nx.all_pairs_shortest_path_length(nx.DiGraph((a, b) for a, b, _ in straight)))
    owned = dict(nx.all_pairs_shortest_path_length(nx.DiGraph((a, b) for a, b, kind in straight if kind == "parent")))
    pairs = {
        (low, high): (steps, owned.get(low, {}).get(high))
        for low, reached in ways.items() for high, steps in reached.items() if low != high
    }  # fmt: skip
    return pairs, conflicts


def random_links(rng: random.Random, size: int, prefix: str) -> list[Link]:
    """A forest, and on top of it what sources get wrong."""
    names = [f"{prefix}_{number}" for number in range(size)]
    links = [
        (names[number], names[rng.randrange(number)], rng.choice(PARENTS), rng.random() < 0.9)
        for number in range(1, size) if rng.random() < 0.8
    ]  # fmt: skip
    for _ in range(rng.randrange(1 + size // 2)):
        low, high = rng.sample(names, 2)
        links.append((low, high, rng.choice(PARENTS + OTHERS + OTHERS), rng.random() < 0.8))
    for low, high, kind, _ in rng.sample(links, min(3, len(links))):
        if rng.random() < 0.4:
            links.append((low, high, rng.choice(OTHERS), True))
        if rng.random() < 0.3:
            links.append((high, low, kind, True))
    rng.shuffle(links)
    return links


def followed(warehouse: Warehouse, links: list[Link]) -> tuple[Any, Any]:
    """The same two answers by the product."""
    rows = ", ".join(f"('{a}', '{b}', '{kind}', {'null' if open_ else '2026-01-01'!r})" for a, b, kind, open_ in links)
    with step_schema(warehouse):
        warehouse.execute(
            f"create or replace transient table {STEP_SCHEMA}.STATED as select column1 as from_profile_id, 'profile' "
            "as to_kind, column2 as to_id, column3 as relation_type, column4::timestamp_ntz as valid_to from values "
            + rows.replace("'null'", "null")
        )
        build_hierarchy(warehouse, f"{STEP_SCHEMA}.STATED")
        pairs = {
            (low, high): (int(steps), None if owned is None else int(owned))
            for low, high, steps, owned in warehouse.rows(
                f"select path.descendant, path.ancestor, path.steps, owned.steps from {STEP_SCHEMA}.UPWARD_PATH path "
                f"left join {STEP_SCHEMA}.OWNED_PATH as owned "
                "on path.descendant = owned.descendant and path.ancestor = owned.ancestor"
            )
        }
        found: dict[tuple[str, str, Any], set[str]] = {}
        for profile, conflict, link, other in warehouse.rows(f"select * from {STEP_SCHEMA}.UPWARD_CONFLICT"):
            found.setdefault((profile, conflict, link), set()).add(other)
    return pairs, {(*key, frozenset(others)) for key, others in found.items()}


def agree(warehouse: Warehouse, seeds: range) -> dict[str, int]:
    """Compare forests, all of them side by side in one table; returns what was in them."""
    links = []
    for seed in seeds:
        rng = random.Random(seed)
        links += random_links(rng, rng.randrange(2, 25), f"org{seed}")
    pairs, conflicts = oracle(links)
    found_pairs, found_conflicts = followed(warehouse, links)
    assert found_pairs == pairs
    assert found_conflicts == conflicts
    stated = {(a, b) for a, b, kind, open_ in links if open_}
    ways = nx.DiGraph((low, high) for (low, high), (steps, _) in pairs.items() if steps == 1)
    return {
        "two parents": sum(conflict == "two_parents" for _, conflict, _, _ in conflicts),
        "circles": sum(conflict == "cycle" for _, conflict, _, _ in conflicts),
        "ended": sum(not open_ for *_, open_ in links),
        "not followed": len(stated - set(pairs)),
        "diamonds": sum(degree > 1 for _, degree in ways.out_degree()),
        "deep": sum(steps > 4 for steps, _ in pairs.values()),
    }


def test_the_hierarchy_is_that_of_networkx_on_random_forests(warehouse: Warehouse) -> None:
    seen = agree(warehouse, range(60))
    assert min(seen.values()) > 5, seen


@pytest.mark.slow
def test_the_hierarchy_is_that_of_networkx_on_many_random_forests(warehouse: Warehouse) -> None:
    for start in range(1000, 3000, 100):
        agree(warehouse, range(start, start + 100))


def test_a_long_chain_is_followed_to_its_top(warehouse: Warehouse) -> None:
    chain = [(f"org_{n:020x}", f"org_{n + 1:020x}", "subsidiary_of", True) for n in range(60)]
    warehouse.statements.clear()
    pairs, conflicts = followed(warehouse, chain)
    assert not conflicts
    assert pairs[chain[0][0], chain[-1][1]] == (60, 60)
    assert len(pairs) == 61 * 60 / 2
    assert len(warehouse.statements) < 40, "ways double in length with each statement"


@pytest.fixture(scope="module")
def world(settings: Settings) -> Iterator[Warehouse]:
    """Four companies of two records each, and what their records say of each other over the years."""
    with Warehouse(settings) as warehouse:
        # The forests of the tests above hang in the same tables.
        warehouse.execute("drop schema if exists MATCH_CLUSTER cascade")
        create(warehouse)
        firms = {"a": "adler holding", "b": "birke bau", "c": "cedar logistik", "d": "dachs media"}
        put(
            warehouse, "organization",
            [
                organization(f"{source}:account:{key}", name, tax_id=f"DE{number}11111111", country="DE")
                for number, (key, name) in enumerate(firms.items(), 1) for source in ("crm", "erp")
            ],
        )  # fmt: skip
        yield warehouse


def say(warehouse: Warehouse, *edges: tuple[str, str, str, int, int | None], to_kind: str = "record") -> None:
    """Relations between records, from a year to a year."""
    insert(
        warehouse, "relation",
        [
            {
                "relation_key": repr(edge), "from_record_key": edge[0], "relation_type": edge[1], "to_kind": to_kind,
                "to_key": edge[2], "evidence": "as the record says", "source_system": edge[0].split(":")[0],
                "valid_from": datetime(edge[3], 1, 1), "valid_to": datetime(edge[4], 1, 1) if edge[4] else None,
            }
            for edge in edges
        ],
    )  # fmt: skip


def relations(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return sorted(
        warehouse.rows(
            "select from_profile_id, relation_type, to_kind, to_id, year(valid_from), year(valid_to), "
            "array_size(evidence) from MATCH_CLUSTER.RELATION"
        ),
        key=str,
    )


def test_relations_keep_their_periods_and_their_evidence(world: Warehouse) -> None:
    say(
        world,
        ("crm:account:b", "subsidiary_of", "crm:account:a", 2018, 2020),
        ("erp:account:b", "subsidiary_of", "erp:account:a", 2019, 2021),
        ("crm:account:b", "subsidiary_of", "crm:account:a", 2023, None),
        ("erp:account:b", "subsidiary_of", "crm:account:b", 2018, None),
    )
    match(world, 1, DECLARED)
    of = profiles(world)
    a, b = of["crm:account:a"], of["crm:account:b"]
    assert relations(world) == [
        (b, "subsidiary_of", "profile", a, 2018, 2021, 2),
        (b, "subsidiary_of", "profile", a, 2023, None, 1),
    ]
    (evidence,) = world.rows("select evidence from MATCH_CLUSTER.RELATION where valid_to is null")[0]
    assert '"crm:account:b"' in evidence and '"as the record says"' in evidence


def test_nodes_that_are_no_customers_hang_on_their_profile(world: Warehouse) -> None:
    say(world, ("erp:account:a", "has_billing_entity", "erp:account:a", 2020, None), to_kind="billing_entity")
    say(world, ("crm:account:a", "customer_of_brand", "Fernhold", 2020, None), to_kind="brand")
    say(world, ("crm:account:a", "has_regional_office", "EMEA", 2020, None),
        ("erp:account:a", "has_regional_office", "APAC", 2020, None),
        ("crm:account:b", "has_regional_office", "EMEA", 2020, None), to_kind="regional_office")  # fmt: skip
    match(world, 2, DECLARED)
    a = profiles(world)["crm:account:a"]
    nodes = {(kind, to) for _, kind, to in world.rows(
        "select from_profile_id, to_kind, to_id from MATCH_CLUSTER.RELATION where to_kind <> 'profile'")}  # fmt: skip
    assert nodes == {
        ("billing_entity", "erp:account:a"), ("brand", "Fernhold"),
        ("regional_office", f"{a}/EMEA"), ("regional_office", f"{a}/APAC"),
    }  # fmt: skip


def test_a_second_parent_is_reported_and_neither_is_followed(world: Warehouse) -> None:
    of = profiles(world)
    a, b, c = (of[f"crm:account:{key}"] for key in "abc")
    above = "select ancestor_profile_id from MATCH_CLUSTER.HIERARCHY where descendant_profile_id = %s"
    assert world.rows(above, [b]) == [(a,)]
    say(world, ("erp:account:b", "subsidiary_of", "erp:account:c", 2024, None))
    match(world, 3, DECLARED)
    assert world.rows(above, [b]) == []
    found = world.rows("select profile_id, conflict, to_json(other_profile_ids) from MATCH_CLUSTER.RELATION_CONFLICT")
    assert [(profile, conflict) for profile, conflict, _ in found] == [(b, "two_parents")]
    assert a in found[0][2] and c in found[0][2]
    # Now the second one turns out to stand between.
    say(world, ("crm:account:c", "subsidiary_of", "crm:account:a", 2024, None))
    match(world, 4, DECLARED)
    assert sorted(world.rows(above, [b])) == sorted([(a,), (c,)])
    assert world.scalar("select count(*) from MATCH_CLUSTER.RELATION_CONFLICT") == 0


def test_relations_are_read_from_either_end_and_at_a_time(world: Warehouse) -> None:
    of = profiles(world)
    a, b, c = (of[f"crm:account:{key}"] for key in "abc")
    now = read_related(world, a)
    assert {(each.says, each.other) for each in now.relations if each.other in (b, c)} == {
        ("is the parent of", b), ("is the parent of", c)
    }  # fmt: skip
    assert [each.valid_to.year for each in now.relations if each.valid_to] == [2021], "what is over comes last"
    then = read_related(world, b, datetime(2020, 6, 1))
    assert [(each.says, each.other, each.records) for each in then.relations] == [
        ("is a subsidiary of", a, ("crm:account:b", "erp:account:b"))
    ]
    assert not read_related(world, b, datetime(2022, 1, 1)).relations
    assert now.group is None and now.conflicts == ()


def test_a_run_in_which_no_relation_changed_writes_none(world: Warehouse) -> None:
    before = world.rows("select * from MATCH_CLUSTER.RELATION order by relation_key")
    world.statements.clear()
    match(world, 5, DECLARED)
    assert world.rows("select * from MATCH_CLUSTER.RELATION order by relation_key") == before
    assert not [s for s in world.statements if "HIERARCHY" in s.sql]


def test_a_table_of_the_older_form_is_replaced(world: Warehouse) -> None:
    before = world.rows("select relation_key, to_id, valid_to from MATCH_CLUSTER.RELATION order by relation_key")
    world.execute("create or replace table MATCH_CLUSTER.RELATION (from_profile_id varchar, to_profile_id varchar)")
    match(world, 6, DECLARED)
    again = world.rows("select relation_key, to_id, valid_to from MATCH_CLUSTER.RELATION order by relation_key")
    assert again == before

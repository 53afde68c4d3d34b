"""The alarms fire: a planted bridge, chain, crowd and hub are held back, and all else is published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from identity_people import GIVEN
from identity_runs import DECLARED, match, profiles
from identity_tables import Row, create, person, put

from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse

GUARDED = replace(
    DECLARED, max_diameter=4, bridge_part_records=3, max_source_records=6, max_values={"email": 4},
    max_identifier_records={"crm_id": 5, "other": 50},
)  # fmt: skip


def linked(key: str, name: str, *links: str, **more: object) -> Row:
    return person(key, name, "kellermann", links=[("crm_id", link) for link in links], **more)


def clique(prefix: str, name: str, link: str, size: int) -> list[Row]:
    return [linked(f"{prefix}{n}:c:{n}", name, link) for n in range(size)]


BRIDGED = [
    *clique("bl", "anna", "left", 3),
    *clique("br", "bruno", "right", 3),
    linked("bl9:c:9", "anna", "left", "over"),
    linked("br9:c:9", "bruno", "right", "over"),
]
# Two records a step, so that no single link holds it.
CHAIN = [linked(f"ch{n:02}:c:{n}", GIVEN.split()[n], f"step{n // 2}", f"step{n // 2 + 1}") for n in range(12)]
CROWD = [linked(f"shop:c:{n}", "hugo", f"crowd{n // 2}", f"crowd{n // 2 + 1}") for n in range(8)]
HUB = [linked(f"hb{n}:c:{n}", name, "hub") for n, name in enumerate("otto rosa nils maria lukas jonas".split())]
FINE = [*clique("ok", "irene", "fine", 4)]


@pytest.fixture(scope="module")
def matched(session: Warehouse) -> Iterator[dict[str, str]]:
    create(session)
    put(session, "person", [*BRIDGED, *CHAIN, *CROWD, *HUB, *FINE])
    match(session, 1, GUARDED)
    yield profiles(session)


def sizes(matched: dict[str, str], rows: list[Row]) -> list[int]:
    found = [matched[row["record_key"]] for row in rows]
    return sorted((found.count(profile) for profile in set(found)), reverse=True)


def alarms(session: Warehouse, prefix: str) -> list[str]:
    rows = session.rows(
        "select measure from MATCH_CLUSTER.SUSPICIOUS_CLUSTER where component like %s order by 1", [f"{prefix}%"]
    )
    return [measure for (measure,) in rows]


def test_a_bridge_between_two_large_parts_is_cut_and_both_parts_stay_whole(
    session: Warehouse, matched: dict[str, str]
) -> None:
    assert sizes(matched, BRIDGED) == [4, 4]
    assert alarms(session, "bl") == ["bridge"]
    queued = session.rows(
        "select record_key_l, record_key_r, reason from MATCH_CLUSTER.REVIEW_QUEUE where reason like 'held back%'"
        " and record_key_l like 'bl%'"
    )
    assert queued == [("bl9:c:9", "br9:c:9", "held back: two large parts hang on this link")]


def test_a_chain_is_held_back_and_queued(session: Warehouse, matched: dict[str, str]) -> None:
    assert sizes(matched, CHAIN) == [1] * 12
    assert alarms(session, "ch") == ["diameter"]
    queued = session.rows(
        "select record_key_l, record_key_r from MATCH_CLUSTER.REVIEW_QUEUE"
        " where reason = 'held back: records are linked by a long chain only'"
    )
    keys = [row["record_key"] for row in CHAIN]
    linked_pairs = {(keys[n], keys[m]) for n in range(12) for m in range(n + 1, 12) if m // 2 - n // 2 <= 1}
    assert linked_pairs <= set(queued)


def test_more_records_of_one_source_than_a_customer_has_are_held_back(
    session: Warehouse, matched: dict[str, str]
) -> None:
    assert sizes(matched, CROWD) == [1] * 8
    assert alarms(session, "shop") == ["records of shop"]


def test_a_value_that_too_many_share_links_nobody_and_is_reported(session: Warehouse, matched: dict[str, str]) -> None:
    assert sizes(matched, HUB) == [1] * 6
    rows = session.rows("select rule, records from MATCH_CLUSTER.OVERSIZED_BLOCK where block = 'hub'")
    assert rows == [("identifier:crm_id", 6)]
    assert session.scalar("select count(*) from MATCH_CLUSTER.FINDING where subject = 'blocking identifier:crm_id'")


def test_everything_else_is_published(session: Warehouse, matched: dict[str, str]) -> None:
    assert sizes(matched, FINE) == [4]
    assert not alarms(session, "ok")


def test_more_values_of_one_identifier_than_a_customer_has_are_held_back(session: Warehouse) -> None:
    create(session)
    rows = [linked(f"m{n}:c:{n}", "clara", "one", email=f"clara{n}@box.example") for n in range(5)]
    put(session, "person", [*rows, *FINE])
    match(session, 1, GUARDED)
    assert sizes(profiles(session), rows) == [1] * 5
    assert alarms(session, "m") == ["email"]
    assert sizes(profiles(session), FINE) == [4]


def test_the_same_alarms_ring_in_an_incremental_run_and_fall_silent_when_the_cause_has_gone(
    session: Warehouse,
) -> None:
    create(session)
    put(session, "person", [*FINE, *BRIDGED[:-1], *CHAIN[:6]])
    match(session, 1, GUARDED)
    assert not alarms(session, "")
    put(session, "person", [BRIDGED[-1], *CHAIN[6:]])
    match(session, 2, GUARDED)
    incremental = (profiles(session), alarms(session, ""))
    match(session, 3, GUARDED, full_rebuild=True)
    assert (profiles(session), alarms(session, "")) == incremental
    assert incremental[1] == ["bridge", "diameter"]
    put(
        session,
        "person",
        [
            linked("br9:c:9", "bruno", "right"),
            *(linked(f"ch{n:02}:c:{n}", GIVEN.split()[n], "elsewhere") for n in (4, 5)),
        ],
    )
    match(session, 4, GUARDED)
    assert not alarms(session, "")


def test_what_a_steward_joined_is_no_bridge(session: Warehouse, settings: Settings) -> None:
    from c360_assets.identity.stewardship.decisions import decide
    from c360_assets.identity.stewardship.settings import StewardSettings

    create(session)
    put(session, "person", BRIDGED)
    match(session, 1, GUARDED)
    alone = StewardSettings(second_person_above_records=1_000)
    decide(session, "bl9:c:9", "br9:c:9", "same", "steward", settings=alone)
    match(session, 2, GUARDED)
    assert sizes(profiles(session), BRIDGED) == [8]

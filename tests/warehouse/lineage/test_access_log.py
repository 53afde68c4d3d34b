"""The access log and the chain under it, on the engine, with several who look at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse
from lineage import access_log, chain


@pytest.fixture(autouse=True)
def tables(warehouse: Warehouse) -> None:
    """An empty log and its chain."""
    access_log.ensure_tables(warehouse)


def test_a_look_is_written_with_who_what_and_why(warehouse: Warehouse) -> None:
    assert access_log.note(warehouse, "view", ["per_a", "per_b"], by="ana", purpose="complaint 4711")
    rows = warehouse.rows(
        "select actor, action, subject, purpose, is_masked from LINEAGE.ACCESS_LOG where actor = 'ana' order by subject"
    )
    assert rows == [
        ("ana", "view", "per_a", "complaint 4711", False),
        ("ana", "view", "per_b", "complaint 4711", False),
    ]


@pytest.mark.parametrize("purpose", [None, "", "   "])
def test_without_a_purpose_personal_data_stay_masked_and_the_look_is_on_record(
    warehouse: Warehouse, purpose: str | None
) -> None:
    assert not access_log.note(warehouse, "view", ["per_c"], by="ben", purpose=purpose)
    assert (True,) in warehouse.rows("select is_masked from LINEAGE.ACCESS_LOG where subject = 'per_c'")


def test_nobody_looks_without_a_name(warehouse: Warehouse) -> None:
    with pytest.raises(access_log.AccessError, match="--by"):
        access_log.note(warehouse, "view", ["per_d"], by=" ", purpose="audit")


def test_every_row_is_covered_by_an_entry_the_moment_it_is_there(warehouse: Warehouse) -> None:
    access_log.note(warehouse, "export", [f"per_{n}" for n in range(700)], by="cem", purpose="export of a segment")
    assert chain.seal(warehouse, "access") == 0
    uncovered = warehouse.scalar(
        "select count(*) from LINEAGE.ACCESS_LOG where access_id not in"
        " (select row_key from LINEAGE.CHAIN_ROW where log = 'access')"
    )
    assert uncovered == 0


def test_those_who_look_at_the_same_time_make_one_chain(warehouse: Warehouse, settings: Settings) -> None:
    def look(person: int) -> None:
        with Warehouse(settings) as session:
            for n in range(6):
                access_log.note(session, "view", [f"per_{person}_{n}"], by=f"person {person}", purpose="audit")

    with ThreadPoolExecutor(5) as people:
        list(people.map(look, range(5)))
    entries = warehouse.rows(
        "select entry, previous_hash, entry_hash from LINEAGE.CHAIN_ENTRY where log = 'access' order by entry"
    )
    assert [int(entry) for entry, _, _ in entries] == list(range(1, len(entries) + 1))
    assert [previous for _, previous, _ in entries] == [chain.GENESIS, *(own for _, _, own in entries[:-1])]
    assert warehouse.scalar("select count(*) from LINEAGE.ACCESS_LOG where actor like 'person %'") == 30
    assert warehouse.rows("select entry, entry_hash from LINEAGE.CHAIN_HEAD where log = 'access'") == [
        (entries[-1][0], entries[-1][2])
    ]


def test_a_look_whose_transaction_fails_leaves_neither_row_nor_entry(warehouse: Warehouse) -> None:
    before = warehouse.rows("select entry, entry_hash from LINEAGE.CHAIN_HEAD where log = 'access'")
    with pytest.raises(RuntimeError, match="power"):
        chain.in_transaction(warehouse, lambda: _written_and_lost(warehouse))
    assert warehouse.rows("select entry, entry_hash from LINEAGE.CHAIN_HEAD where log = 'access'") == before
    assert warehouse.scalar("select count(*) from LINEAGE.ACCESS_LOG where access_id = 'acc_lost'") == 0


def _written_and_lost(warehouse: Warehouse) -> int:
    warehouse.execute(
        "insert into LINEAGE.ACCESS_LOG (access_id, accessed_at, actor, action, subject, purpose, is_masked)"
        " values ('acc_lost', current_timestamp()::timestamp_ntz, 'x', 'view', 'per_e', 'audit', false)"
    )
    chain.seal_within(warehouse, "access")
    raise RuntimeError("power")

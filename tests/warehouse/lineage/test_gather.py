"""Several queries as one statement: each part's rows come back as if it had been asked alone."""

from __future__ import annotations

from datetime import datetime

from c360_assets.warehouse import Warehouse
from lineage.tracing.gather import Part, gather

DAY = datetime(2026, 1, 2, 3, 4, 5, 678901)


def test_parts_of_different_columns_come_back_apart_with_their_types_and_nulls(warehouse: Warehouse) -> None:
    before = len(warehouse.statements)
    found = gather(
        warehouse,
        [
            Part(
                "one",
                "select column1 as name, column2 as size, column3 as seen_at"
                " from values (%s, %s, to_timestamp_ntz(%s)),"
                " ('b', null, null)",
                ["a", 0.1 + 0.2, DAY.isoformat(sep=" ")],
                texts=("name",), numbers=("size",), times=("seen_at",), order=lambda row: row["name"],
            ),
            Part("none", "select 'x' as name, true as is_set where false", [], texts=("name",), flags=("is_set",)),
            Part("two", "select %s as first, 'z' as second, false as is_set", ["%s"], texts=("second", "first"),
                 flags=("is_set",)),
        ],
    )  # fmt: skip
    assert len(warehouse.statements) == before + 1
    assert found == {
        "one": [{"name": "a", "size": 0.1 + 0.2, "seen_at": DAY}, {"name": "b", "size": None, "seen_at": None}],
        "none": [],
        "two": [{"second": "z", "first": "%s", "is_set": False}],
    }


def test_nothing_is_asked_where_there_is_nothing_to_ask(warehouse: Warehouse) -> None:
    before = len(warehouse.statements)
    assert gather(warehouse, []) == {}
    assert len(warehouse.statements) == before

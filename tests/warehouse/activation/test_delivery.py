"""Deliveries: only what changed, once, whatever is killed in between."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from c360_assets.activation import DeliveryResult, DestinationDeclaration, deliver
from c360_assets.activation.tables import SCHEMA, TABLES
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

START = datetime(2026, 3, 10, 9)


def destination(file_format: str = "csv", channel: str | None = None) -> DestinationDeclaration:
    return DestinationDeclaration(
        destination="toy", title="Toy", owner="team:test", feed="ACTIVATION_FEED.TOY_FEED", key=("email",),
        purpose="marketing", channel=channel, legal_basis="consent" if channel else "contract",
        fields=("email", "name", "score", "brands"), format=file_format,
    )  # fmt: skip


@pytest.fixture
def feed(warehouse: Warehouse) -> Warehouse:
    """An empty feed and destination."""
    warehouse.execute(f"create database if not exists {warehouse.settings.database}")
    warehouse.script(
        [
            "create schema if not exists GOLDEN_PROFILE",
            "create schema if not exists ACTIVATION_FEED",
            "create or replace table ACTIVATION_FEED.TOY_FEED (profile_id varchar, destination_key varchar,"
            " email varchar, name varchar, score number(10, 2), brands variant, payload_hash varchar,"
            " consent_basis varchar, profile_row_hash varchar)",
            "create or replace table ACTIVATION_FEED.SUPPRESSED (destination varchar, profile_id varchar,"
            " reason varchar)",
            "create or replace table GOLDEN_PROFILE.CONSENT (profile_id varchar, purpose varchar, channel varchar,"
            " region varchar, state varchar, expires_at timestamp_ntz)",
            *(f"drop table if exists {table}" for table in TABLES),
        ]
    )
    return warehouse


def put(warehouse: Warehouse, profile: str, email: str, name: str = "Ann") -> None:
    warehouse.execute("delete from ACTIVATION_FEED.TOY_FEED where profile_id = %s", [profile])
    payload = hashlib.md5(f"{email}{name}".encode()).hexdigest()
    warehouse.execute(
        "insert into ACTIVATION_FEED.TOY_FEED select %s, %s, %s, %s, 1.5, parse_json(%s), %s, 'contract', 'h'",
        [profile, email, email, name, '["a","b"]', payload],
    )


def consent(warehouse: Warehouse, profile: str, state: str, expires_at: datetime | None = None) -> None:
    warehouse.execute("delete from GOLDEN_PROFILE.CONSENT where profile_id = %s", [profile])
    warehouse.execute(
        "insert into GOLDEN_PROFILE.CONSENT select %s, 'marketing', 'email', 'ALL', %s, %s",
        [profile, state, expires_at],
    )


def run(number: int) -> Run:
    return Run(f"run{number}", START + timedelta(days=number))


def read(result: DeliveryResult) -> list[dict[str, str]]:
    assert result.file
    with result.file.open() as handle:
        return list(csv.DictReader(handle))


def receipts(warehouse: Warehouse) -> list[tuple[str, str]]:
    return sorted(warehouse.rows(f"select profile_id, operation from {SCHEMA}.RECEIPT"))


def test_only_what_changed_is_delivered(feed: Warehouse, tmp_path: Path) -> None:
    put(feed, "per_1", "a@x.com")
    put(feed, "per_2", "b@x.com")
    first = deliver(feed, destination(), run(1), tmp_path)
    assert first.counts == {"create": 2, "update": 0, "delete": 0}
    put(feed, "per_1", "a@x.com", "Ann Lee")
    put(feed, "per_3", "c@x.com")
    feed.execute("delete from ACTIVATION_FEED.TOY_FEED where profile_id = 'per_2'")
    second = deliver(feed, destination(), run(2), tmp_path)
    assert [(row["operation"], row["profile_id"]) for row in read(second)] == [
        ("update", "per_1"), ("delete", "per_2"), ("create", "per_3"),
    ]  # fmt: skip
    assert second.held == 2


def test_nothing_changed_gives_no_file_and_no_receipt(feed: Warehouse, tmp_path: Path) -> None:
    put(feed, "per_1", "a@x.com")
    deliver(feed, destination(), run(1), tmp_path)
    before = receipts(feed)
    result = deliver(feed, destination(), run(2), tmp_path)
    assert (result.file, result.batch_id, result.delivered) == (None, None, 0)
    assert receipts(feed) == before and len(list((tmp_path / "toy").iterdir())) == 1


def test_a_changed_key_names_the_previous_one(feed: Warehouse, tmp_path: Path) -> None:
    put(feed, "per_1", "old@x.com")
    deliver(feed, destination(), run(1), tmp_path)
    put(feed, "per_1", "new@x.com")
    (row,) = read(deliver(feed, destination(), run(2), tmp_path))
    assert (row["operation"], row["previous_key"], row["destination_key"]) == ("update", "old@x.com", "new@x.com")


class Killed(BaseException):
    """Stands for kill -9 between the file and its receipts."""


def kill() -> None:
    raise Killed


def test_a_kill_between_file_and_receipts_neither_loses_nor_doubles(feed: Warehouse, tmp_path: Path) -> None:
    put(feed, "per_1", "a@x.com")
    with pytest.raises(Killed):
        deliver(feed, destination(), run(1), tmp_path, after_file=kill)
    (torn,) = (tmp_path / "toy").iterdir()
    content = torn.read_bytes()
    assert receipts(feed) == []
    result = deliver(feed, destination(), run(1), tmp_path)
    assert result.file == torn and torn.read_bytes() == content
    assert receipts(feed) == [("per_1", "create")]


def test_a_killed_delivery_whose_feed_changed_meanwhile_leaves_no_second_file(feed: Warehouse, tmp_path: Path) -> None:
    put(feed, "per_1", "a@x.com")
    with pytest.raises(Killed):
        deliver(feed, destination(), run(1), tmp_path, after_file=kill)
    put(feed, "per_2", "b@x.com")
    result = deliver(feed, destination(), run(2), tmp_path)
    assert list((tmp_path / "toy").iterdir()) == [result.file]
    assert receipts(feed) == [("per_1", "create"), ("per_2", "create")]


def test_the_same_content_at_another_time_is_another_batch(feed: Warehouse, tmp_path: Path) -> None:
    batches = set()
    for number in range(3):
        put(feed, "per_1", "a@x.com", "Ann" if number % 2 == 0 else "Bob")
        batches.add(deliver(feed, destination(), run(number), tmp_path).batch_id)
    assert len(batches) == 3


def test_consent_is_read_again_so_that_a_stale_feed_delivers_nothing(feed: Warehouse, tmp_path: Path) -> None:
    for number in (1, 2, 3, 4):
        put(feed, f"per_{number}", f"{number}@x.com")
    consent(feed, "per_1", "granted")
    consent(feed, "per_2", "granted", expires_at=START)
    consent(feed, "per_3", "withdrawn")
    assert [r["profile_id"] for r in read(deliver(feed, destination(channel="email"), run(1), tmp_path))] == ["per_1"]
    consent(feed, "per_1", "withdrawn")
    (row,) = read(deliver(feed, destination(channel="email"), run(2), tmp_path))
    assert (row["operation"], row["profile_id"]) == ("delete", "per_1")


def test_formula_like_cells_are_escaped(feed: Warehouse, tmp_path: Path) -> None:
    put(feed, "per_1", "a@x.com", "=HYPERLINK('http://evil')")
    put(feed, "per_2", "b@x.com", "+4930123456")
    names = [row["name"] for row in read(deliver(feed, destination(), run(1), tmp_path))]
    assert names == ["'=HYPERLINK('http://evil')", "+4930123456"]


def test_json_lines_keep_types_and_nested_values(feed: Warehouse, tmp_path: Path) -> None:
    put(feed, "per_1", "a@x.com")
    result = deliver(feed, destination("jsonl"), run(1), tmp_path)
    assert result.file
    (row,) = map(json.loads, result.file.read_text().splitlines())
    assert (row["score"], row["brands"], row["previous_key"]) == (1.5, ["a", "b"], None)


def test_parquet_holds_every_row_in_order(feed: Warehouse, tmp_path: Path) -> None:
    for number in range(30):
        put(feed, f"per_{number:02d}", f"{number}@x.com")
    result = deliver(feed, destination("parquet"), run(1), tmp_path)
    assert result.file
    assert pq.read_table(result.file).column("profile_id").to_pylist() == [f"per_{n:02d}" for n in range(30)]

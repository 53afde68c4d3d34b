"""Files in object storage: whole under their names or not there, none lost and none twice, also after a kill."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest
from simulators.s3 import S3Simulator
from simulators.server import Fault, Request
from toy_world import START, World

from c360_assets.activation import deliver
from c360_assets.activation.connect import open_store
from c360_assets.activation.declaration import DeclarationError
from c360_assets.activation.destinations import object_store
from c360_assets.activation.destinations.object_store import ObjectStore
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

Held = Callable[[], dict[str, bytes]]


@pytest.fixture(params=["s3", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """What the store has, by name; its address is in STORE."""
    if request.param == "file":
        folder = tmp_path / "store"
        monkeypatch.setenv("STORE", folder.as_uri())
        yield lambda: {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}
        return
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with S3Simulator() as server:
        monkeypatch.setenv("STORE", server.uri("c360/toy"))
        yield lambda: {
            # The client puts an empty object where a folder would be.
            key.removeprefix("c360/toy/"): content
            for key, content in server.objects.items()
            if not key.endswith("/")
        }


@pytest.fixture
def world(store: Held, warehouse: Warehouse, tmp_path: Path) -> World:
    world = World(warehouse, "files", None, tmp_path / "outbox")
    world.destination = replace(world.destination, connection={"uri": "STORE"})
    return world


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs but what the operating system does."""


def kill() -> None:
    raise Killed


def told(world: World, number: int, **more: Any) -> Any:
    return deliver(world.warehouse, world.destination, Run(f"run{number}", START), world.outbox, **more)


def test_a_file_arrives_whole_and_nothing_is_left_on_this_machine(world: World, store: Held) -> None:
    world.fill(3_000)
    result = told(world, 1)
    assert result.delivered == 3_000
    ((name, content),) = store().items()
    assert name == result.file.name and len(content.splitlines()) == 3_001
    assert not list((world.outbox / "toy").iterdir())
    world.put("per_00000001", "Bo")
    assert told(world, 2).delivered == 1 and len(store()) == 2


def test_parquet_arrives_as_it_was_written(world: World, store: Held) -> None:
    world.fill(2_500)
    world.destination = replace(world.destination, format="parquet")
    assert told(world, 1).delivered == 2_500
    ((name, content),) = store().items()
    table = pq.read_table(io.BytesIO(content))
    assert name.endswith(".parquet") and table.num_rows == 2_500
    assert table.column("profile_id").to_pylist() == [f"per_{number:08d}" for number in range(2_500)]
    assert set(table.column("operation").to_pylist()) == {"create"}


def test_a_kill_before_the_receipts_neither_loses_nor_doubles(world: World, store: Held) -> None:
    world.put("per_1")
    with pytest.raises(Killed):
        told(world, 1, after_file=kill)
    first = store()
    assert len(first) == 1 and not world.rows("RECEIPT")
    assert told(world, 1).delivered == 1 and store() == first
    world.put("per_2")
    with pytest.raises(Killed):
        told(world, 2, after_file=kill)
    world.put("per_3")
    assert told(world, 3).delivered == 2 and len(store()) == 2


def test_what_breaks_on_the_way_is_not_there(world: World, store: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put("per_1")

    def cut_off(file: Path) -> Iterator[bytes]:
        yield file.read_bytes()[:10]
        raise OSError("cut off")

    with monkeypatch.context() as patched:
        patched.setattr(object_store, "_pieces", cut_off)
        with pytest.raises(OSError, match="cut off"):
            told(world, 1)
    assert all(name.startswith(".") for name in store()) and not world.rows("RECEIPT")
    assert told(world, 1).delivered == 1
    assert [name.startswith("toy_") for name in store()] == [True]


def test_an_address_that_cannot_be_used_is_told_without_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE", "ftp://user:secret@host/x")
    with pytest.raises(DeclarationError, match="STORE is no address of object storage") as told:
        open_store(world.destination)
    assert "secret" not in str(told.value)
    monkeypatch.delenv("STORE")
    with pytest.raises(DeclarationError, match="set STORE"):
        open_store(world.destination)
    assert open_store(replace(world.destination, connection={})) is None


def test_another_destinations_files_stay(tmp_path: Path) -> None:
    for name in ("toy_1.csv", "toy_2.csv", ".toy_3.csv.part", "other_1.csv", "toys.txt"):
        (tmp_path / name).write_text("x")
    assert ObjectStore(tmp_path.as_uri()).remove_unacknowledged("toy", {"toy_1.csv"}, "") == [
        ".toy_3.csv.part", "toy_2.csv",
    ]  # fmt: skip


@pytest.fixture
def large(tmp_path: Path) -> Path:
    file = tmp_path / "toy_1.parquet"
    file.write_bytes(Random(1).randbytes(25 * 1024 * 1024))
    return file


def parts(server: S3Simulator) -> int:
    return sum("partNumber" in request.query for request in server.requests)


def test_a_large_file_goes_in_parts_and_is_seen_when_all_of_it_is_there(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with S3Simulator() as server:
        seen = []
        server.after = lambda request: seen.append("c360/toy_1.parquet" in server.objects)
        ObjectStore(server.uri("c360")).put(large)
        assert parts(server) > 1 and server.objects["c360/toy_1.parquet"] == large.read_bytes()
        # By one request, and not before every part was there.
        first = seen.index(True)
        assert all(seen[first:]) and "x-amz-copy-source" in server.requests[first].headers
        assert all("partNumber" not in request.query for request in server.requests[first:])
        assert set(server.objects) - {"c360/"} == {"c360/toy_1.parquet"} and not server.uploads


def test_an_upload_that_the_store_breaks_off_is_not_there_and_its_rest_goes_with_the_next(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with S3Simulator() as server:

        def refuse_the_second_part(request: Request) -> None:
            if parts(server) == 2:
                server.faults.append(Fault("status", 403))

        server.before = refuse_the_second_part
        store = ObjectStore(server.uri("c360"))
        with pytest.raises(OSError):
            store.put(large)
        assert not any(key.endswith("/toy_1.parquet") for key in server.objects)
        server.before = lambda request: None
        server.faults.clear()
        store.remove_unacknowledged("toy", set(), "")
        assert not [key for key in server.objects if not key.endswith("/")]
        store.put(large)
        assert server.objects["c360/toy_1.parquet"] == large.read_bytes()

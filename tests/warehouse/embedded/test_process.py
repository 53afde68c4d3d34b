"""The engine's process: found again, started once, robust against kill -9 and damaged files; data survive."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from c360_assets.warehouse import Warehouse, WarehouseError
from c360_assets.warehouse.embedded.process import ensure_running, find, stop


def test_it_is_found_again_and_stops_cleanly(own_engine):
    engine = ensure_running(own_engine)
    assert find(own_engine) == engine == ensure_running(own_engine)
    assert stop(own_engine) and find(own_engine) is None
    assert not stop(own_engine)
    assert not list((own_engine.home / "warehouse").glob("*.wal"))


@pytest.mark.slow
def test_a_damaged_or_foreign_state_file_is_no_engine(own_engine):
    engine = ensure_running(own_engine)
    state = own_engine.home / "warehouse" / "engine.json"
    state.write_text("{damaged")
    assert find(own_engine) is None
    assert ensure_running(own_engine).pid != engine.pid
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        state.write_text(json.dumps({"pid": os.getpid(), "port": stranger.getsockname()[1], "token": "x"}))
        assert find(own_engine) is None
        assert ensure_running(own_engine).pid != os.getpid()


def test_several_starters_get_one_engine(own_engine):
    code = (
        "from c360_assets.settings import load_settings\n"
        "from c360_assets.warehouse.embedded.process import ensure_running\n"
        "print(ensure_running(load_settings()).pid)"
    )
    environment = os.environ | {"C360_HOME": str(own_engine.home)}
    environment.pop("SNOWFLAKE_ACCOUNT", None)
    starters = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert len({starter.communicate(timeout=60)[0] for starter in starters}) == 1


@pytest.mark.slow
def test_kill_9_keeps_what_was_committed_and_drops_the_rest(own_engine):
    with Warehouse(own_engine) as w:
        w.execute("create table x as select 1 as id")
        w.execute("begin")
        w.execute("insert into x values (2)")
        killed = find(own_engine)
        os.kill(killed.pid, signal.SIGKILL)
        started = time.monotonic()
        with pytest.raises(WarehouseError, match="connection is lost"):
            w.execute("insert into x values (3)")
        assert time.monotonic() - started < 30
        assert w.rows("select id from x") == [(1,)]
    assert find(own_engine).pid != killed.pid


@pytest.mark.slow
def test_a_damaged_database_file_is_named_and_the_others_work(own_engine):
    with Warehouse(own_engine) as w:
        w.execute("create database other")
    stop(own_engine)
    (own_engine.home / "warehouse" / "C360.db").write_bytes(b"no database at all" * 1000)
    with Warehouse(own_engine) as w, pytest.raises(WarehouseError, match=r"C360\.db cannot be opened"):
        w.execute("select 1")

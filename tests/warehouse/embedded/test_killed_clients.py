"""A client that was killed leaves nothing open."""

from __future__ import annotations

import os
import subprocess
import sys

from c360_assets.settings import PROJECT_ROOT
from c360_assets.warehouse import Warehouse

CLIENT = """
import os, signal
from c360_assets.warehouse import Warehouse
warehouse = Warehouse()
warehouse.execute("begin")
warehouse.execute("delete from TOY.T where a = 1")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_transaction_of_a_killed_client_is_in_nobodys_way(warehouse: Warehouse) -> None:
    warehouse.execute(f"create database if not exists {warehouse.settings.database}")
    warehouse.script(["create schema if not exists TOY", "create or replace table TOY.T as select 1 as a"])
    settings = warehouse.settings
    environ = os.environ | {"C360_HOME": str(settings.home), "SNOWFLAKE_DATABASE": settings.database,
                            "PYTHONPATH": str(PROJECT_ROOT)}  # fmt: skip
    killed = subprocess.run([sys.executable, "-W", "ignore", "-c", CLIENT], env=environ, check=False)
    assert killed.returncode == -9
    with Warehouse(settings) as after:
        assert after.scalar("select count(*) from TOY.T") == 1
        with after.transaction():
            after.execute("update TOY.T set a = 2")
        assert after.scalar("select a from TOY.T") == 2

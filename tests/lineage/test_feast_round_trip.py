"""What a consumer that others have written makes of the events: Feast's lineage server, where it is installed."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from c360_assets.warehouse import Warehouse
from lineage import outbox
from lineage.events import events_for_asset
from lineage.forward import forward
from lineage.transports import configured

HOW_TO_GET = (
    "Feast is not here; install feast (0.67 or newer) in an environment of its own"
    " and set FEAST to its `feast` command."
)
STORE = """
project: customer_360
registry: {{registry_type: sql, path: "sqlite:///{folder}/registry.db"}}
provider: local
online_store: {{type: sqlite, path: online.db}}
openlineage: {{enabled: true, transport_type: console, consumer: {{enabled: true, store_type: sql}}}}
"""


@pytest.fixture(scope="module")
def feast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a lineage server that knows nothing yet."""
    command = os.environ.get("FEAST") or shutil.which("feast")
    if not command:
        pytest.skip(HOW_TO_GET)
    folder = tmp_path_factory.mktemp("feast")
    (folder / "feature_store.yaml").write_text(STORE.format(folder=folder))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [command, "serve_lineage", "--host", "127.0.0.1", "--port", str(port)], cwd=folder, stdout=log, stderr=log
        )
        try:
            _wait(address, server, folder / "log")
            yield address
        finally:
            server.terminate()
            server.wait(30)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(120):
        assert server.poll() is None, log.read_text()[-2000:]
        try:
            httpx.get(f"{address}/openapi.json")
        except httpx.TransportError:
            time.sleep(1)
        else:
            return
    raise AssertionError(f"feast serve_lineage did not answer:\n{log.read_text()[-2000:]}")


def test_a_consumer_sees_the_runs_their_tables_and_their_edges(
    feast: str, warehouse: Warehouse, asset_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT", json.dumps({"type": "http", "url": feast}))
    failed = dataclasses.replace(asset_run, asset_key=("golden_profile", "person"), error="failed")
    outbox.ensure_tables(warehouse)
    outbox.write(warehouse, [*events_for_asset(asset_run), *events_for_asset(failed)])
    transport = configured()
    assert transport is not None
    assert forward(warehouse, transport).sent == 4

    def ask(path: str) -> Any:
        return httpx.get(f"{feast}/api/v1/lineage/openlineage/{path}").raise_for_status().json()

    states = {run["run_id"]: run["state"] for run in ask("runs")["runs"]}
    assert states[asset_run.run_id] == "COMPLETE"
    assert states[failed.run_id] == "FAIL"
    tables = {table["dataset_name"]: table for table in ask("datasets")["datasets"]}
    columns = [
        field["name"] for field in json.loads(tables["C360.GOLDEN_PROFILE.ORGANIZATION"]["schema_json"])["fields"]
    ]
    assert columns == ["PROFILE_ID", "LEGAL_NAME", "MEMBERS"]
    edges = {(e["source_name"], e["target_name"]) for e in ask("graph")["edges"]}
    assert {
        ("salesforce/Account.csv", "golden_profile.organization"),
        ("C360.MATCH_CLUSTER.CLUSTER", "golden_profile.organization"),
        ("golden_profile.organization", "C360.GOLDEN_PROFILE.ORGANIZATION"),
    } <= edges

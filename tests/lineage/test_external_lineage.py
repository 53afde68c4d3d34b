"""What reaches Snowflake's own lineage graph, against a strict stand-in for its endpoint."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from external_lineage_fake import Endpoint, running

from c360_assets.settings import SettingsError, load_settings
from c360_assets.warehouse.rest import authorization, base_url
from lineage.events import complete_event, events_for_asset
from lineage.external_lineage import MAX_EDGES, accepted
from lineage.transports.external_lineage import ExternalLineage
from lineage.transports.openlineage import TransportError

TABLES = {
    "C360.NORMALIZED_RECORD.ORGANIZATION",
    "C360.MATCH_CLUSTER.CLUSTER",
    "C360.GOLDEN_PROFILE.ORGANIZATION",
}
HEADERS = {"Authorization": "Bearer token", "X-Snowflake-Authorization-Token-Type": "KEYPAIR_JWT"}


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running(Endpoint(set(TABLES))) as found:
        yield found


def transport(endpoint: Endpoint, exists: set[str] = TABLES) -> ExternalLineage:
    return ExternalLineage(endpoint.url, lambda: HEADERS, exists.__contains__)


def test_the_whole_of_a_run_arrives_and_nothing_is_refused(endpoint: Endpoint, asset_run: Any) -> None:
    for event in events_for_asset(asset_run):
        transport(endpoint).send(event)
    golden = "C360.GOLDEN_PROFILE.ORGANIZATION"
    assert endpoint.answers == [200]
    assert endpoint.edges == {
        ("C360.NORMALIZED_RECORD.ORGANIZATION", golden),
        ("C360.MATCH_CLUSTER.CLUSTER", golden),
        ("salesforce/Account.csv", golden),
    }
    assert ("C360.NORMALIZED_RECORD.ORGANIZATION.NAME", f"{golden}.LEGAL_NAME") in endpoint.columns


def test_an_event_as_it_is_would_be_refused(endpoint: Endpoint, asset_run: Any) -> None:
    start, complete = events_for_asset(asset_run)
    for event in (start, complete):
        assert endpoint._event(event)[0] == 400


def test_an_object_that_is_gone_costs_its_own_edges_only(endpoint: Endpoint, asset_run: Any) -> None:
    gone = "C360.MATCH_CLUSTER.CLUSTER"
    endpoint.objects.discard(gone)
    transport(endpoint, TABLES - {gone}).send(complete_event(asset_run))
    assert endpoint.answers == [200]
    assert gone not in {source for source, _ in endpoint.edges}
    assert not [source for source, _ in endpoint.columns if source.startswith(gone)]


@pytest.mark.parametrize(
    ("damage", "advice"),
    [
        ({"objects": set()}, "grant it USAGE"),
        ({"may_ingest": False}, "INGEST LINEAGE"),
        ({"token": "another"}, "token must be in force"),
        ({"down_for": 9}, "status 503"),
    ],
)
def test_a_refusal_says_what_to_do(endpoint: Endpoint, asset_run: Any, damage: dict[str, Any], advice: str) -> None:
    for name, value in damage.items():
        setattr(endpoint, name, value)
    with pytest.raises(TransportError, match=advice) as refused:
        transport(endpoint).send(complete_event(asset_run))
    assert "golden_profile.organization" in str(refused.value)
    assert endpoint.edges == set()


def test_an_event_with_too_many_edges_is_sent_in_parts_that_lose_none(endpoint: Endpoint, asset_run: Any) -> None:
    event = complete_event(asset_run)
    files = [{"namespace": "file://landing", "name": f"file_{n}"} for n in range(200)]
    outputs = [{"namespace": "c360://activation", "name": f"destination_{n}"} for n in range(90)]
    event["inputs"], event["outputs"] = files, outputs
    assert len(files) * len(outputs) > MAX_EDGES
    transport(endpoint).send(event)
    assert set(endpoint.answers) == {200} and len(endpoint.answers) > 1
    assert endpoint.edges == {(i["name"], o["name"]) for i in files for o in outputs}


def test_a_name_that_is_too_long_is_left_out(asset_run: Any) -> None:
    event = copy.deepcopy(complete_event(asset_run))
    event["inputs"].append({"namespace": "file://landing", "name": "x" * 1001})
    (sent,) = accepted(event, TABLES.__contains__)
    assert len(sent["inputs"]) == len(event["inputs"]) - 1


def test_what_nothing_was_read_for_or_written_by_is_not_sent(asset_run: Any) -> None:
    assert list(accepted(complete_event(asset_run) | {"outputs": []}, TABLES.__contains__)) == []
    assert list(accepted(complete_event(asset_run) | {"inputs": []}, TABLES.__contains__)) == []


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {
        "C360_ENV": "dev",
        "C360_HOME": str(tmp_path),
        "SNOWFLAKE_ACCOUNT": "MYORG-DEV_ACCOUNT",
        "SNOWFLAKE_USER": "LINEAGE",
        "SNOWFLAKE_ROLE": "C360",
        "SNOWFLAKE_WAREHOUSE": "C360",
        **more,
    }


def test_a_key_pair_makes_a_token_and_the_address_is_one_that_certificates_know(tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "key.p8"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    given = environment(tmp_path, SNOWFLAKE_PRIVATE_KEY_FILE=str(file), SNOWFLAKE_PRIVATE_KEY_PASSPHRASE="secret")
    settings = load_settings(given)
    headers = authorization(settings)
    assert headers["X-Snowflake-Authorization-Token-Type"] == "KEYPAIR_JWT"
    assert headers["Authorization"].removeprefix("Bearer ").count(".") == 2
    assert base_url(settings, {}) == "https://myorg-dev-account.snowflakecomputing.com"
    wrong = load_settings(given | {"SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "wrong"})
    with pytest.raises(SettingsError, match="SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"):
        authorization(wrong)


def test_an_oauth_token_is_handed_on(tmp_path: Path) -> None:
    headers = authorization(load_settings(environment(tmp_path, SNOWFLAKE_OAUTH_TOKEN="abc")))
    assert headers == {"Authorization": "Bearer abc", "X-Snowflake-Authorization-Token-Type": "OAUTH"}


def test_the_embedded_engine_has_no_such_endpoint(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="embedded engine"):
        authorization(load_settings({"C360_HOME": str(tmp_path)}))

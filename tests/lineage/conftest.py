"""OpenLineage's official schemas, and a run to make events of."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import lineage
from lineage.columns import Schema
from lineage.naming import Warehouse, landing_file
from lineage.record import AssetRun, Output, from_select

SPEC = Path(os.environ.get("OPENLINEAGE_SPEC_DIR") or Path(__file__).parents[2].parent / "shared" / "openlineage-spec")
OWN = Path(lineage.__file__).parent / "schemas"
HOW_TO_GET = (
    f"OpenLineage's schemas are not in {SPEC}; clone https://github.com/OpenLineage/OpenLineage and set"
    " OPENLINEAGE_SPEC_DIR to a folder with spec/OpenLineage.json and spec/facets/."
)


@pytest.fixture(scope="session")
def problems() -> Callable[[dict[str, Any]], list[str]]:
    """Validates an event, and each facet by its own _schemaURL, formats checked; returns what is wrong."""
    if not (SPEC / "OpenLineage.json").exists():
        pytest.skip(HOW_TO_GET)
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource
    from referencing.exceptions import Unresolvable

    paths = [SPEC / "OpenLineage.json", *(SPEC / "facets").glob("*.json"), *OWN.glob("*.json")]
    schemas = [json.loads(path.read_text()) for path in paths]
    registry = Registry().with_resources([(s["$id"], Resource.from_contents(s)) for s in schemas])

    def against(url: str, value: Any) -> list[str]:
        validator = Draft202012Validator(
            {"$ref": url}, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        return [f"{url.rsplit('/', 1)[-1]}: {error.message}" for error in validator.iter_errors(value)]

    def check(event: dict[str, Any]) -> list[str]:
        found = against(event["schemaURL"], event)
        holders = [event.get("run", {}), event.get("job", {}), *event.get("inputs", []), *event.get("outputs", [])]
        for holder in holders:
            for kind in ("facets", "inputFacets", "outputFacets"):
                for facet in holder.get(kind, {}).values():
                    try:
                        found += against(facet["_schemaURL"], facet)
                    except (Unresolvable, KeyError) as error:
                        found.append(f"a facet names no schema that is known: {type(error).__name__}")
        return found

    return check


@pytest.fixture
def asset_run() -> AssetRun:
    """A run of golden_profile.organization over two tables, with a file and everything else it can know."""
    tables = {
        "C360.NORMALIZED_RECORD.ORGANIZATION": {
            "RECORD_KEY": "TEXT",
            "NAME": "TEXT",
            "CHANGED_AT": "TIMESTAMP_NTZ",
        },
        "C360.MATCH_CLUSTER.CLUSTER": {"RECORD_KEY": "TEXT", "PROFILE_ID": "TEXT"},
        "C360.GOLDEN_PROFILE.ORGANIZATION": {"PROFILE_ID": "TEXT", "LEGAL_NAME": "TEXT", "MEMBERS": "NUMBER"},
    }
    select = """
        select c.profile_id, max_by(o.name, o.changed_at) as legal_name, count(*) as members
        from normalized_record.organization as o
        join match_cluster.cluster as c on o.record_key = c.record_key
        where o.name <> 'Canary Ltd' group by 1"""
    return AssetRun(
        orchestrator_run="2f1f3b52-8c1c-4a5e-9a0e-0d9f0a3f7f11",
        asset_key=("golden_profile", "organization"),
        warehouse=Warehouse("embedded", "C360"),
        schema=Schema("C360", tables),
        started_at=datetime(2026, 1, 2, 3, 4, 5),
        finished_at=datetime(2026, 1, 2, 3, 4, 7, 250),
        outputs=(Output("GOLDEN_PROFILE.ORGANIZATION", 12, "One row per company.", ("team:data",), {"tier": "gold"}),),
        statements=(from_select("GOLDEN_PROFILE.ORGANIZATION", select),),
        inputs=(landing_file("salesforce/Account.csv"),),
        integration="DBT",
        kind="MODEL",
        engine_version="9.1",
        query_id="01b2",
    )

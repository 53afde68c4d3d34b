"""The extracts have the size, files, columns and types that the sources declare."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from c360_assets.sample import generate
from tests.unit.sample.conftest import declared_objects, read

IDENTITY = {
    ("salesforce", "account"),
    ("salesforce", "contact"),
    ("netsuite", "customer"),
    ("stripe", "customer"),
    ("zendesk", "organization"),
    ("zendesk", "user"),
    ("hubspot", "contact"),
    ("product_analytics", "workspace"),
    ("product_analytics", "user"),
    ("shopify", "customer"),
    ("enrichment", "company"),
}


def _fits(values: pd.Series, kind: str) -> bool:
    values = values.dropna()
    match kind:
        case "timestamp" | "date":
            if pd.api.types.is_datetime64_any_dtype(values):
                return True
            pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ" if kind == "timestamp" else r"\d{4}-\d\d-\d\d"
            return bool(values.astype(str).str.fullmatch(pattern).all())
        case "integer":
            return bool(values.astype(str).str.fullmatch(r"-?\d+(\.0)?").all())
        case "number":
            return bool(pd.to_numeric(values, errors="coerce").notna().all())
        case "boolean":
            return bool(values.astype(str).str.lower().isin(["true", "false"]).all())
        case "json":
            return all(isinstance(v, dict | list) for v in values)
        case _:
            return all(isinstance(v, str | int) for v in values)


@pytest.mark.parametrize(
    ("system", "declared"), declared_objects(), ids=lambda v: v if isinstance(v, str) else v["name"]
)
def test_every_object_has_its_declared_columns_in_their_types(sample: Path, system: str, declared: dict) -> None:
    rows = read(sample, system, declared["name"])
    assert list(rows.columns) == list(declared["columns"])
    assert len(rows) > 0
    for name, spec in declared["columns"].items():
        kind = spec["type"] if isinstance(spec, dict) else spec
        assert _fits(rows[name], kind), (name, kind)
        if isinstance(spec, dict) and spec.get("required"):
            assert rows[name].notna().all(), name


@pytest.mark.parametrize(
    ("system", "declared"), declared_objects(), ids=lambda v: v if isinstance(v, str) else v["name"]
)
def test_only_incremental_extracts_repeat_a_key(sample: Path, system: str, declared: dict) -> None:
    repeated = read(sample, system, declared["name"]).duplicated(declared["key"]).mean()
    assert repeated == 0 if declared["extract"] == "full" else repeated < 0.02


@pytest.mark.parametrize("records", [500, 2_000, 20_000])
def test_the_rows_add_up_to_what_was_asked_for(tmp_path: Path, records: int) -> None:
    assert abs(generate(records, 3, tmp_path).records - records) <= records * 0.01


def test_too_few_records_are_refused_with_the_least_number(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="500"):
        generate(20, 1, tmp_path)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        generate(1_500, seed, tmp_path / name)
    first, second, other = (_digests(tmp_path / name) for name in "abc")
    assert first == second
    assert not set(first.values()) & set(other.values())


def test_truth_names_every_identity_record_and_no_agent(sample: Path, truth: pd.DataFrame) -> None:
    keys = {(s, o["name"]): o["key"][0] for s, o in declared_objects()}
    for system, object_ in IDENTITY:
        rows = read(sample, system, object_)
        if (system, object_) == ("zendesk", "user"):
            assert (rows["role"] == "agent").any()
            rows = rows[rows["role"] == "end-user"]
        known = truth[(truth["source_system"] == system) & (truth["object"] == object_)]["record_id"]
        assert known.is_unique
        assert set(known) == set(rows[keys[system, object_]].astype(str))
    assert set(zip(truth["source_system"], truth["object"], strict=True)) == IDENTITY


def test_about_half_are_identity_records_and_four_in_five_of_them_people(truth: pd.DataFrame) -> None:
    assert 0.42 < len(truth) / 20_000 < 0.48
    assert 0.75 < (truth["entity_kind"] == "person").mean() < 0.85
    people = truth[truth["entity_kind"] == "person"].groupby("entity_id").size()
    assert 2.2 < people.mean() < 2.9
    assert people.max() <= 12

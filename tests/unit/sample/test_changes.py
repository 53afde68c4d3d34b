"""The next day: full extracts whole again, incremental ones with new rows only, truth kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from c360_assets.sample import generate_changes
from tests.unit.sample.conftest import declared_objects, frame, read


@pytest.fixture(scope="module")
def next_day(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("next")
    generate_changes(0.1, 2, sample, folder)
    return folder


@pytest.mark.parametrize(
    ("system", "object_"), [(s, o["name"]) for s, o in declared_objects() if o["extract"] == "full"]
)
def test_a_full_extract_comes_whole_with_rows_changed_new_and_removed(
    sample: Path, next_day: Path, system: str, object_: str
) -> None:
    (declared,) = [o for s, o in declared_objects() if (s, o["name"]) == (system, object_)]
    old = read(sample, system, object_).set_index(declared["key"])
    new = read(next_day, system, object_).set_index(declared["key"])
    assert new.index.is_unique
    assert 0.001 < (~old.index.isin(new.index)).mean() < 0.05
    assert 0.001 < (~new.index.isin(old.index)).mean() < 0.15
    both = old.index.intersection(new.index)
    changed = (old.loc[both].map(str) != new.loc[both].map(str)).any(axis=1).mean()
    assert 0.005 < changed < 0.12


def test_incremental_extracts_hold_new_rows_only(sample: Path, next_day: Path) -> None:
    for system, declared in declared_objects():
        if declared["extract"] == "incremental":
            old, new = read(sample, system, declared["name"]), read(next_day, system, declared["name"])
            assert 0 < len(new) < len(old) * 0.3
            assert not set(new[declared["key"][0]]) & set(old[declared["key"][0]]), declared["name"]


def test_what_happens_on_a_day_ends_after_it_began(next_day: Path) -> None:
    consents = read(next_day, "consent", "consent_event")
    limited = consents[consents["expires_at"].notna()]
    assert 0 < len(limited) < len(consents)
    assert (limited["expires_at"] > limited["occurred_at"]).all()


def test_truth_follows_the_new_and_the_removed(sample: Path, next_day: Path, truth: pd.DataFrame) -> None:
    after = pd.read_parquet(next_day / "truth.parquet")
    name = ["source_system", "object", "record_id"]
    assert not after.duplicated(name).any()
    kept = after.merge(truth, on=name, suffixes=("", "_before"))
    assert (kept["entity_id"] == kept["entity_id_before"]).all()
    contacts = set(read(next_day, "salesforce", "contact")["Id"])
    assert set(after[after["object"].eq("contact") & after["source_system"].eq("salesforce")]["record_id"]) == contacts


def test_days_follow_each_other_in_one_folder(sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "landing"
    shutil.copytree(sample, folder)
    first = generate_changes(0.02, 7, folder, folder)
    second = generate_changes(0.02, 8, folder, folder)
    assert (first.day, second.day) == (1, 2)
    files = sorted(folder.glob("stripe/invoices*.jsonl"))
    assert [f.name for f in files] == [
        "invoices.jsonl",
        "invoices_2026-11-21.jsonl",
        "invoices_2026-11-22.jsonl",
    ]
    ids = [set(frame(f)["id"]) for f in files]
    assert not ids[1] & ids[2]


def test_the_same_changes_twice_give_the_same_files(sample: Path, next_day: Path, tmp_path: Path) -> None:
    generate_changes(0.1, 2, sample, tmp_path)
    for file in (p for p in next_day.rglob("*") if p.is_file()):
        assert file.read_bytes() == (tmp_path / file.relative_to(next_day)).read_bytes(), file.name


def test_a_folder_without_a_sample_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"sample\.json"):
        generate_changes(0.1, 1, tmp_path, tmp_path)

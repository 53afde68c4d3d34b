"""One small sample for the whole folder, read back without the generator's own reader."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from c360_assets.sample import generate

DECLARED = Path(__file__).parents[3] / "c360_assets" / "defs" / "source_snapshot"


def declared_objects() -> list[tuple[str, dict]]:
    found = []
    for file in sorted(DECLARED.glob("*/defs.yaml")):
        attributes = yaml.safe_load(file.read_text(encoding="utf-8"))["attributes"]
        found += [(attributes["system"], item) for item in attributes["objects"]]
    return found


def frame(file: Path) -> pd.DataFrame:
    if file.suffix == ".parquet":
        return pd.read_parquet(file)
    if file.suffix == ".csv":
        return pd.read_csv(file, dtype=str, keep_default_na=False, na_values=[""])
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as lines:
        return pd.DataFrame([json.loads(line) for line in lines], dtype=object)


def read(folder: Path, system: str, object_: str) -> pd.DataFrame:
    glob = next(o["files"] for s, o in declared_objects() if (s, o["name"]) == (system, object_))
    (file,) = folder.glob(glob)
    return frame(file)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    generate(20_000, 1, folder)
    return folder


@pytest.fixture(scope="session")
def truth(sample: Path) -> pd.DataFrame:
    return pd.read_parquet(sample / "truth.parquet")

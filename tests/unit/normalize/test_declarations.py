"""What the project declares about its functions and seeds holds together."""

from __future__ import annotations

import csv
import re

import yaml

from c360_assets.dbt_project import DBT_DIR
from c360_assets.settings import PROJECT_ROOT


def test_udf_packages_are_pinned_to_the_lock():
    locked = set(re.findall(r"^([a-z0-9-]+==[^\s;]+)", (PROJECT_ROOT / "requirements.lock").read_text(), re.M))
    functions = yaml.safe_load((DBT_DIR / "functions/functions.yml").read_text())["functions"]
    pins = {pin for function in functions for pin in function["config"]["meta"]["packages"]}
    assert pins <= locked


def test_no_synonym_leads_to_another_spelling():
    with (DBT_DIR / "seeds/normalized_record/synonym.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    spellings = {(row["kind"], row["value"]) for row in rows}
    assert len(spellings) == len(rows)
    chains = [row for row in rows if row["kind"] != "country" and (row["kind"], row["canonical"]) in spellings]
    assert chains == []


def test_every_listed_source_has_its_model():
    text = (DBT_DIR / "macros/normalize_sources.sql").read_text()
    for kind, systems in re.findall(r"^\s+'(\w+)': \[(.+)\],$", text, re.M):
        for system in re.findall(r"'(\w+)'", systems):
            assert (DBT_DIR / f"models/normalized_record/{system}/{system}__{kind}.sql").is_file(), (system, kind)

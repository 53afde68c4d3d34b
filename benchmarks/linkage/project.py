"""A dbt project of one source: the pipeline's own normalisation, with the labelled file as the only system."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from c360_assets.dbt_project import DBT_DIR
from c360_assets.sources.declaration import SourceColumn, SourceObject, SourceSystem

SYSTEM = "linkage"
RECORD_PREFIX = f"{SYSTEM}:record:"

# What normalises people and companies; facts (tickets, usage, consent) are of no use here.
MODELS = (
    "ascii_value", "company_name_value", "domain_value", "email_value", "household", "identifier", "organization",
    "organization_input", "person", "person_input", "person_name_value", "person_part", "phone_value", "relation",
    "tax_id_value",
)  # fmt: skip
_NOBODY = {
    "consent_event": "null::timestamp_ntz as _changed_at, null::varchar as subject_type, "
    "null::varchar as subject_value",
    "device": "null::timestamp_ntz as _changed_at, null::varchar as record_key, null::varchar as device_id, "
    "true as is_deleted, null::varchar as source_system, null::timestamp_ntz as first_seen_at, "
    "null::timestamp_ntz as last_seen_at",
}


def declared_system(columns: Sequence[str]) -> SourceSystem:
    """The declaration of the file as a source: all columns are text."""
    declared = SourceObject(
        name="record",
        files=f"{SYSTEM}/record*.parquet",
        extract="full",
        key=["record_id"],
        columns={name: SourceColumn() for name in columns},
    )
    return SourceSystem(
        system=SYSTEM,
        kind="other",
        title="Labelled records",
        owner="team:benchmarks",
        cadence="once",
        transformation="Loaded as given.",
        sensitivity="personal",
        consent_relevance="None: nothing is delivered.",
        objects=[declared],
    )


def write_project(folder: Path, kind: str, fields: Sequence[str], attributes: Sequence[str]) -> Path:
    """Copy the dbt project's normalisation to `folder` and add the one source's models; returns the project."""
    models = folder / "models" / "normalized_record"
    models.mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(DBT_DIR / name, folder / name)
    for part in ("functions", "macros", "seeds/normalized_record"):
        shutil.copytree(DBT_DIR / part, folder / part)
    for name in MODELS:
        shutil.copy(DBT_DIR / "models" / "normalized_record" / f"{name}.sql", models / f"{name}.sql")
    own = models / SYSTEM
    own.mkdir()
    (own / f"{SYSTEM}.yml").write_text(
        "sources:\n  - name: source_snapshot\n    schema: SOURCE_SNAPSHOT\n    tables:\n"
        f"      - name: {SYSTEM}__record\n      - name: product_analytics__device\n"
    )
    other = "organization" if kind == "person" else "person"
    (own / f"{SYSTEM}__{kind}.sql").write_text(_model(kind, fields, attributes))
    (own / f"{SYSTEM}__{other}.sql").write_text(f"{{{{ normalize_{other}_from('{SYSTEM}__record', member='false') }}}}")
    for name, columns in _NOBODY.items():
        (own / f"{SYSTEM}__{name}.sql").write_text(
            f"{{{{ config(materialized='ephemeral') }}}}\nselect {columns} where false\n"
        )
    sources = folder / "macros" / "normalize_sources.sql"
    sources.write_text(re.sub(r"('\w+'): \[[^\]]*\]", rf"\1: ['{SYSTEM}']", sources.read_text()))
    return folder


def _model(kind: str, fields: Sequence[str], attributes: Sequence[str]) -> str:
    # A date of birth comes as people write it; what is no date is kept as text.
    names = {"date_of_birth": "date_of_birth_text"}
    mapped = [f"{names.get(field, field)}='{field}'" for field in fields]
    if attributes:
        pairs = ", ".join(f"\\'{name}\\', {name}" for name in attributes)
        mapped.append(f"attributes='object_construct({pairs})'")
    return f"{{{{ normalize_{kind}_from('{SYSTEM}__record',\n  " + ",\n  ".join(mapped) + "\n) }}\n"

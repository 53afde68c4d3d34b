"""A labelled file: its records without the truth, and the truth beside them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.linkage.read import DataError, Table

__all__ = ["FIELDS", "DataError", "Labelled", "read_labelled"]

PERSON_FIELDS = (
    "given_name", "middle_name", "family_name", "full_name", "date_of_birth", "gender", "email", "phone", "street",
    "city", "region", "postcode", "country", "tax_id",
)  # fmt: skip
ORGANIZATION_FIELDS = (
    "name", "previous_names", "domain", "website", "email", "phone", "street", "city", "region", "postcode", "country",
    "tax_id", "registration_id",
)  # fmt: skip
FIELDS = {"person": PERSON_FIELDS, "organization": ORGANIZATION_FIELDS}


@dataclass(frozen=True)
class Labelled:
    """`records` has record_id, one column per mapped field and attribute_1 … attribute_n, all text or null.

    `truth` is record_id to entity, null where the file does not say.
    """

    records: pd.DataFrame
    truth: pd.Series
    attributes: tuple[str, ...]


def read_labelled(
    path: Path, kind: str, id_column: str, truth_column: str, fields: Mapping[str, Sequence[str]], extra: Sequence[str]
) -> Labelled:
    """Read a CSV or Parquet file. `fields` maps fields to columns; several columns of one field are joined by a space.

    Raises:
        DataError: the file cannot be read, a column is not there, or the ids are not one per row.
    """
    for field in fields:
        if field not in FIELDS[kind]:
            near = difflib.get_close_matches(field, FIELDS[kind], 3)
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            raise DataError(f"{field!r} is no field of a {kind}.{hint} Its fields are {', '.join(FIELDS[kind])}.")
    if not fields:
        raise DataError("Map at least one field, such as --map email=COLUMN.")
    table = Table(path)
    truth_name = table.named(truth_column)
    used = [table.named(c) for c in [id_column, *(c for names in fields.values() for c in names), *extra]]
    if truth_name in used:
        raise DataError(f"{truth_column!r} is the truth; it cannot be evidence as well.")
    ids, text = table.text(id_column), table.text
    if ids.isna().any():
        raise DataError(f"{id_column!r} is empty in {int(ids.isna().sum()):,} rows; every record needs an id.")
    if ids.duplicated().any():
        raise DataError(
            f"{id_column!r} repeats in {int(ids.duplicated().sum()):,} rows; ids must be one per record. "
            "Name another column, or number the rows."
        )
    records = pd.DataFrame({"record_id": ids})
    for field, names in fields.items():
        parts = [text(name) for name in names]
        joint = parts[0] if len(parts) == 1 else pd.concat(parts, axis=1).apply(_join, axis=1)
        records[field] = joint
    for number, name in enumerate(extra, 1):
        records[f"attribute_{number}"] = text(name)
    attributes = tuple(f"attribute_{number}" for number in range(1, len(extra) + 1))
    return Labelled(records, pd.Series(table.text(truth_column).to_numpy(), index=ids.to_numpy()), attributes)


def _join(values: pd.Series) -> str | None:
    return " ".join(v for v in values if isinstance(v, str)) or None

"""A labelled file: its records without the truth, and the truth beside them."""

from __future__ import annotations

import csv
import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

PERSON_FIELDS = (
    "given_name", "middle_name", "family_name", "full_name", "date_of_birth", "gender", "email", "phone", "street",
    "city", "region", "postcode", "country", "tax_id",
)  # fmt: skip
ORGANIZATION_FIELDS = (
    "name", "previous_names", "domain", "website", "email", "phone", "street", "city", "region", "postcode", "country",
    "tax_id", "registration_id",
)  # fmt: skip
FIELDS = {"person": PERSON_FIELDS, "organization": ORGANIZATION_FIELDS}

# What exports write where they have no value.
_NOTHING = frozenset(("", "nan", "null", "none", "n/a", "<na>", "\\n"))


class DataError(ValueError):
    """The file or what is said about it is not usable; the message says what would be."""


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
    table = _read(path)
    columns = {name.strip(): name for name in map(str, table.columns)}
    for wanted in [id_column, truth_column, *(c for names in fields.values() for c in names), *extra]:
        if wanted.strip() not in columns:
            near = difflib.get_close_matches(wanted, columns, 3)
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            raise DataError(f"{path.name} has no column {wanted!r}.{hint} It has: {', '.join(columns)}.")
    for field in fields:
        if field not in FIELDS[kind]:
            raise DataError(f"{field!r} is no field of a {kind}; its fields are {', '.join(FIELDS[kind])}.")
    if not fields:
        raise DataError("Map at least one field, such as --map email=COLUMN.")
    used = [c.strip() for names in fields.values() for c in names] + [c.strip() for c in extra]
    if truth_column.strip() in used:
        raise DataError(f"{truth_column!r} is the truth; it cannot be evidence as well.")

    def text(name: str) -> pd.Series:
        return _clean(table[columns[name.strip()]])

    ids = text(id_column)
    if ids.isna().any():
        raise DataError(f"{id_column!r} is empty in {int(ids.isna().sum()):,} rows; every record needs an id.")
    if ids.duplicated().any():
        raise DataError(f"{id_column!r} repeats in {int(ids.duplicated().sum()):,} rows; ids must be one per record.")
    records = pd.DataFrame({"record_id": ids})
    for field, names in fields.items():
        parts = [text(name) for name in names]
        joint = parts[0] if len(parts) == 1 else pd.concat(parts, axis=1).apply(_join, axis=1)
        records[field] = joint
    for number, name in enumerate(extra, 1):
        records[f"attribute_{number}"] = text(name)
    attributes = tuple(f"attribute_{number}" for number in range(1, len(extra) + 1))
    return Labelled(records, pd.Series(text(truth_column).to_numpy(), index=ids.to_numpy()), attributes)


def _join(values: pd.Series) -> str | None:
    return " ".join(v for v in values if isinstance(v, str)) or None


def _clean(column: pd.Series) -> pd.Series:
    """Text without padding, null for what stands for nothing; 1234.0 of a column with gaps is 1234."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.strftime("%Y-%m-%d")
    text = column.astype("string").map(lambda v: unicodedata.normalize("NFC", v).strip(), na_action="ignore")
    return text.mask(text.str.lower().isin(_NOTHING)).astype(object).where(lambda v: v.notna(), None)


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise DataError(f"{path} is no file.")
    try:
        is_parquet = path.suffix.lower() in (".parquet", ".pq")
        table = pd.read_parquet(path) if is_parquet else _read_csv(path)
    except (ValueError, OSError, csv.Error) as error:
        raise DataError(f"{path.name} cannot be read: {type(error).__name__}.") from error
    if table.empty:
        raise DataError(f"{path.name} has no row.")
    return table


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        path.read_bytes().decode("utf-8")
        encoding = "utf-8-sig"
    except UnicodeDecodeError:
        encoding = "cp1252"
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        head = file.readline()
    delimiter = max(",;\t|", key=head.count)
    return pd.read_csv(
        path, sep=delimiter, dtype=str, keep_default_na=False, encoding=encoding, encoding_errors="replace",
        skipinitialspace=True,
    )  # fmt: skip

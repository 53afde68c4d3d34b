"""Labelled files as people have them: CSV in any usual dress, or Parquet with typed columns."""

from __future__ import annotations

import codecs
import csv
import difflib
import gzip
import io
import re
import unicodedata
import zlib
from pathlib import Path
from typing import Any

import pandas as pd

# What exports write where they have no value.
_NOTHING = frozenset(("", "nan", "null", "none", "n/a", "<na>", "nat", "\\n"))
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",;\t|"


class DataError(ValueError):
    """The file or what is said about it is not usable; the message says what would be."""


class Table:
    """A file's columns by the names that its first row gives them."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._frame = _read(path)
        self._columns: dict[str, list[int]] = {}
        for place, column in enumerate(self._frame.columns):
            self._columns.setdefault(str(column).strip(), []).append(place)

    def named(self, wanted: str) -> str:
        """The column's own name; another case will do where only one column is meant.

        Raises:
            DataError: there is no such column, or more than one.
        """
        name = wanted.strip()
        if name not in self._columns:
            alike = [known for known in self._columns if known.casefold() == name.casefold()]
            if len(alike) != 1:
                near = difflib.get_close_matches(wanted, self._columns, 3)
                hint = f" Did you mean {', '.join(near)}?" if near else ""
                raise DataError(f"{self.name} has no column {wanted!r}.{hint} It has: {', '.join(self._columns)}.")
            name = alike[0]
        if len(self._columns[name]) > 1:
            raise DataError(f"{self.name} has {len(self._columns[name])} columns {name!r}; name each once.")
        return name

    def text(self, name: str) -> pd.Series:
        """A column as text without padding, null for what stands for nothing."""
        column = self._frame.iloc[:, self._columns[self.named(name)][0]]
        text = _text(column).map(lambda v: unicodedata.normalize("NFC", v).strip(), na_action="ignore")
        return text.mask(text.str.lower().isin(_NOTHING)).astype(object).where(lambda v: v.notna(), None)


def _text(column: pd.Series) -> pd.Series:
    """As it would be written: 1234.0 of a column with gaps is 1234, a date is one without its midnight."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    if pd.api.types.is_datetime64_any_dtype(column):
        midnight = (column.dropna() == column.dropna().dt.normalize()).all()
        column = column.dt.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M:%S")
    if column.dtype == object:
        column = column.map(_plain, na_action="ignore")
    return column.astype("string")


def _plain(value: Any) -> Any:
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise DataError(f"{path} is no file.")
    try:
        table = _read_parquet(path) if _is_parquet(path) else _read_csv(path)
    except pd.errors.EmptyDataError:
        raise DataError(f"{path.name} is empty.") from None
    except (ValueError, OSError, csv.Error, EOFError, zlib.error) as error:
        # Without the rest of the text, which may quote values.
        at = re.search(r"line \d+|row \d+", str(error))
        where = f" at {at.group()}" if at else ""
        raise DataError(
            f"{path.name} cannot be read{where}: {type(error).__name__}. It should be Parquet, or CSV with as many "
            "fields in each row as in the first."
        ) from None
    if table.empty:
        raise DataError(f"{path.name} has no row.")
    return table


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1" or path.suffix.lower() in (".parquet", ".pq")


def _read_parquet(path: Path) -> pd.DataFrame:
    import pyarrow.parquet as pq

    # Without what pandas noted: a column that it took for its index is a column.
    return pq.read_table(path).to_pandas(ignore_metadata=True)


def _read_csv(path: Path) -> pd.DataFrame:
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    text = _decoded(raw).replace("\0", "")
    rows = pd.read_csv(
        io.StringIO(text), sep=_delimiter(text), dtype=str, keep_default_na=False, skipinitialspace=True, header=None,
        skip_blank_lines=True,
    )  # fmt: skip
    # The header as a row of its own, because pandas would rename the second of two equal names.
    table = rows.iloc[1:].reset_index(drop=True)
    table.columns = rows.iloc[0]
    return table[(table.fillna("").apply(lambda column: column.str.strip()) != "").any(axis=1)].reset_index(drop=True)


def _decoded(raw: bytes) -> str:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """The one that the header has most of, outside quotes."""
    lines = (line for line in text.splitlines() if line.strip())
    head = re.sub(r'"[^"]*"', "", next(lines, ""))
    return max(_DELIMITERS, key=head.count)

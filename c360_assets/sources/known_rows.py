"""What a full extract only repeats: rows that are a current version already need not go to the warehouse again.

Most rows of a daily full extract are yesterday's. A row whose hash is that of a current version says just one thing,
that its record is still there; so it is left out of what is staged, and the versions that no row repeated are named
instead: those are the changed and the absent ones. The outcome is the same as with all rows staged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sources.declaration import SourceObject
from c360_assets.sources.names import column_name
from c360_assets.sources.readers import Batch

# What Snowflake's TO_BOOLEAN reads.
_TRUE = ("true", "t", "yes", "y", "on", "1")
_FALSE = ("false", "f", "no", "n", "off", "0")


@dataclass
class Repeated:
    """Rows of a file that were left out."""

    rows: int = 0
    """Rows that repeat a current version, each version counted once."""
    again: int = 0
    """Rows that repeat one that was left out before them."""
    values: dict[str, int] = field(default_factory=dict)
    """Per column, how many of these rows have a value."""


class KnownRows:
    """The hashes of an object's current versions that are not deleted, and which of them an extract repeated."""

    def __init__(self, hashes: pa.Array, declared: SourceObject) -> None:
        self._hashes, self._declared = hashes, declared
        self._seen = np.zeros(len(hashes), dtype=bool)
        self._known_keys: list[pa.Array] = []
        self._new_keys: list[pa.Array] = []

    def __len__(self) -> int:
        return len(self._hashes)

    def leave_out(self, batch: Batch, mapping: Mapping[str, str], repeated: Repeated) -> Batch:
        """The batch without the rows that are known; `mapping` is from its columns to the warehouse's."""
        if not len(batch):
            return batch
        columns = {mapping[vendor]: array for vendor, array in batch.columns.items() if vendor in mapping}
        places = pc.index_in(row_hashes(columns, len(batch)), value_set=self._hashes)
        # A row that says that its record is deleted repeats no version that is not, whatever was declared before.
        places = pc.if_else(self._deleted(columns, len(batch)), None, places)
        known = places.is_valid()
        keys = _key_text([columns.get(name) for name in self._declared.key_columns], len(batch))
        self._known_keys.append(keys.filter(known))
        self._new_keys.append(keys.filter(pc.invert(known)))
        found = places.drop_null().to_numpy()
        before = int(self._seen.sum())
        self._seen[found] = True
        first = int(self._seen.sum()) - before
        repeated.rows += first
        repeated.again += len(found) - first
        for name, array in columns.items():
            given = pc.sum(pc.not_equal(array.filter(known), "")).as_py() or 0
            repeated.values[name] = repeated.values.get(name, 0) + given
        kept = pc.invert(known)
        new = {vendor: array.filter(kept) for vendor, array in batch.columns.items()}
        return Batch(new, batch.lines.filter(kept), batch.bad, batch.physical)

    def _deleted(self, columns: Mapping[str, pa.Array], rows: int) -> pa.Array:
        flag = self._declared.deleted
        name = column_name(flag.column) if flag else ""
        if not flag or name not in columns:
            return pa.repeat(pa.scalar(False), rows)
        value = flag.value.lower()
        meant: tuple[str, ...] = (value,)
        if self._declared.declared_types[name].type == "boolean":
            meant = next((words for words in (_TRUE, _FALSE) if value in words), ())
        return pc.is_in(pc.utf8_lower(pc.utf8_trim(columns[name], " ")), value_set=pa.array(meant, pa.string()))

    @property
    def ambiguous(self) -> bool:
        """True where a key stands in a known row and in another one too: which of them counts, all rows decide."""
        new, known = pa.chunked_array(self._new_keys, pa.string()), pa.chunked_array(self._known_keys, pa.string())
        return bool(pc.any(pc.is_in(new.drop_null(), value_set=known)).as_py())

    def not_repeated(self) -> pa.Array:
        """The hashes of the versions that no row repeated."""
        return self._hashes.filter(pa.array(~self._seen))


def row_hashes(columns: Mapping[str, pa.Array], rows: int) -> pa.Array:
    """The md5 of each row's text, as SnapshotSql computes it in the warehouse; `columns` by warehouse name."""
    parts = []
    for name, array in sorted(columns.items()):
        mark = pa.scalar(f"{chr(30)}{name}{chr(31)}")
        parts.append(pc.fill_null(pc.binary_join_element_wise(mark, array.cast(pa.string()), ""), ""))
    if not parts:
        return pa.array([hashlib.md5(b"").hexdigest()] * rows, pa.string())
    texts = pc.binary_join_element_wise(*parts, "").cast(pa.binary())
    return pa.array([hashlib.md5(text).hexdigest() for text in texts.to_pylist()], pa.string())


def _key_text(parts: Sequence[pa.Array | None], rows: int) -> pa.Array:
    """The record key without its system and object; null where a part is missing."""
    given = [pa.nulls(rows, pa.string()) if part is None else pc.utf8_trim(part, " ") for part in parts]
    return pc.binary_join_element_wise(*given, "|") if len(given) > 1 else given[0]

"""The source records of a version: which row of which file each was, and what it said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from lineage.outbox import Session
from lineage.tracing.among import among, keys_text
from lineage.tracing.gather import Part, Row, gather
from lineage.tracing.moment import Moment

_FEW = 100


@dataclass(frozen=True)
class SourceRow:
    """A record as its source gave it at a time."""

    record_key: str
    valid_from: datetime
    is_deleted: bool
    row_hash: str
    snapshot_id: str
    line: int | None
    file_name: str | None = None
    file_sha256: str | None = None
    loaded_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Where it is from, without what it says."""
        return {name: value for name, value in asdict(self).items() if name != "raw"}


def table_of(record_key: str) -> str:
    """SOURCE_SNAPSHOT.<SYSTEM>__<OBJECT> of a record's key, system:object:id."""
    system, name, _ = record_key.split(":", 2)
    if not re.fullmatch(r"\w+", system) or not re.fullmatch(r"\w+", name):
        raise ValueError(f"{record_key!r} is no record key; one is system:object:id.")
    return f"SOURCE_SNAPSHOT.{system}__{name}".upper()


def rows_part(keys: Sequence[str], columns: Mapping[str, Iterable[str]], moment: Moment) -> Part:
    """The records as they were at the moment; `columns` says per table what to show of them."""
    by_table: dict[str, list[str]] = {}
    for key in keys:
        by_table.setdefault(table_of(key), []).append(key)
    selects, params = [], list[Any]()
    for table, of_table in sorted(by_table.items()):
        shown = ", ".join(f"'{name}', to_varchar({name})" for name in sorted(set(columns.get(table, ()))))
        # Of few keys as literals: those let partitions be passed over.
        few = len(of_table) <= _FEW
        condition = f"_record_key in ({', '.join(['%s'] * len(of_table))})" if few else among("_record_key")
        selects.append(
            "select _record_key as record_key, _valid_from as valid_from, _deleted as is_deleted,"
            " _row_hash as row_hash, _snapshot_id as snapshot_id, _line as line, _file_sha256 as file_sha256,"
            f" to_json(object_construct({shown})) as said from {table}"
            f" where {condition} and _valid_from <= to_timestamp_ntz(%s)"
            " and (_valid_to is null or _valid_to > to_timestamp_ntz(%s))"
        )
        params += [*(of_table if few else [keys_text(of_table)]), moment.text, moment.text]
    return Part(
        "source",
        f"""
select given.record_key, given.valid_from, given.is_deleted, given.row_hash, given.snapshot_id, given.line,
  manifest.file_name, given.file_sha256, manifest.loaded_at, given.said
from ({" union all ".join(selects)}) as given
left join SOURCE_SNAPSHOT.MANIFEST as manifest
  -- Of a deleted record: the file that had it last.
  on given.file_sha256 = manifest.file_sha256 and (given.snapshot_id = manifest.snapshot_id or given.is_deleted)
  and split_part(given.record_key, ':', 1) = manifest.system and split_part(given.record_key, ':', 2) = manifest.object
qualify row_number() over (
  partition by given.record_key
  order by given.valid_from desc, iff(manifest.status = 'loaded', 0, 1), manifest.loaded_at
) = 1
""",
        params,
        texts=("record_key", "row_hash", "snapshot_id", "file_name", "file_sha256", "said"),
        numbers=("line",),
        flags=("is_deleted",),
        times=("valid_from", "loaded_at"),
    )


def source_rows(rows: Iterable[Row]) -> dict[str, SourceRow]:
    """Record key -> what `rows_part` found of it."""
    found = {}
    for row in rows:
        told = dict(row)
        line, said = told.pop("line"), told.pop("said")
        found[row["record_key"]] = SourceRow(
            **told, line=None if line is None else int(line), raw=json.loads(said or "{}")
        )
    return found


def read_rows(
    session: Session, keys: Sequence[str], columns: Mapping[str, Iterable[str]], moment: Moment
) -> dict[str, SourceRow]:
    """The records of `rows_part`, by a statement of their own."""
    return source_rows(gather(session, [rows_part(keys, columns, moment)])["source"]) if keys else {}

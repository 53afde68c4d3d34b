"""Contracts of stage source_snapshot, made from the declarations of the sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pandera.ibis as pa
import yaml
from pandera.api.checks import Check

from c360_assets.contracts import patterns
from c360_assets.contracts.model import Contract, Variant, violations
from c360_assets.sources.names import column_name

DECLARATIONS = Path(__file__).resolve().parent.parent / "defs" / "source_snapshot"

_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "date": date,
    "timestamp": datetime,
    "json": Variant,
}


class Snapshot(Contract):
    """One row per version of a source record, as the source gave it."""

    sys_record_key: str = pa.Field(alias="_record_key", str_matches=patterns.RECORD_KEY)
    sys_row_hash: str = pa.Field(alias="_row_hash", str_matches=patterns.MD5)
    sys_valid_from: datetime = pa.Field(alias="_valid_from")
    sys_valid_to: datetime = pa.Field(alias="_valid_to", nullable=True)
    sys_snapshot_id: str = pa.Field(alias="_snapshot_id", str_matches=patterns.SNAPSHOT_ID)
    sys_deleted: bool = pa.Field(alias="_deleted")
    sys_source_updated_at: datetime = pa.Field(alias="_source_updated_at", nullable=True)
    sys_file_sha256: str = pa.Field(alias="_file_sha256", nullable=True, str_matches=patterns.SHA256)
    sys_line: int = pa.Field(alias="_line", nullable=True, ge=0)

    @pa.dataframe_check(name="valid_from_before_valid_to")
    def valid_from_before_valid_to(cls, data):
        """A version ends after it begins."""
        return data.table._valid_from <= data.table._valid_to

    @classmethod
    def across(cls) -> list[Check]:
        """A record has one current version, and no two begin at once."""

        def repeated(t: ir.Table) -> ir.Table:
            current = t.filter(t._valid_to.isnull())
            versions = current.group_by("_record_key").aggregate(n=current.count())
            return versions.filter(versions.n > 1)

        return [violations("key_unique_among_current", "A record has one current version.", repeated)]


class Manifest(Contract, table="source_snapshot.manifest"):
    """One row per file that was read, or refused."""

    system: str
    object: str
    file_name: str
    file_sha256: str = pa.Field(nullable=True, str_matches=patterns.SHA256)
    bytes: int = pa.Field(nullable=True, ge=0)
    rows_read: int = pa.Field(nullable=True, ge=0)
    rows_quarantined: int = pa.Field(nullable=True, ge=0)
    rows_new: int = pa.Field(nullable=True, ge=0)
    rows_changed: int = pa.Field(nullable=True, ge=0)
    rows_unchanged: int = pa.Field(nullable=True, ge=0)
    rows_deleted: int = pa.Field(nullable=True, ge=0)
    schema_fingerprint: str = pa.Field(nullable=True)
    drift: Variant = pa.Field(nullable=True)
    status: str = pa.Field(isin=["loaded", "rejected", "duplicate"])
    reason: str = pa.Field(nullable=True)
    snapshot_id: str = pa.Field(nullable=True)
    run_id: str
    loaded_at: datetime

    @pa.dataframe_check(name="rejected_says_why")
    def rejected_says_why(cls, data):
        """A refused file has a reason."""
        return (data.table.status != "rejected") | data.table.reason.notnull()


class Quarantine(Contract, table="source_snapshot.quarantine"):
    """One row per line of a file that could not become a record."""

    system: str
    object: str
    file_name: str
    file_sha256: str = pa.Field(nullable=True, str_matches=patterns.SHA256)
    line: int = pa.Field(nullable=True, ge=0)
    reason: str
    column_name: str = pa.Field(nullable=True)
    raw: str = pa.Field(nullable=True, str_length={"max_value": 4000})
    run_id: str
    quarantined_at: datetime


def snapshot_model(system: str, declared: dict[str, Any]) -> type[Contract]:
    """The contract of one object of a source, from its declaration."""
    name = declared["name"]
    namespace: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    namespace["__doc__"] = f"One row per version of a {system} {name}, keyed by {', '.join(declared['key'])}."
    for field, details in declared["columns"].items():
        column = column_name(field).lower()
        spec = details if isinstance(details, dict) else {"type": details}
        attribute = f"field_{column}"
        namespace["__annotations__"][attribute] = _TYPES[spec.get("type", "string")]
        namespace[attribute] = pa.Field(alias=column, nullable=not spec.get("required", False))
    title = "".join(part.title() for part in f"{system}_{name}".split("_"))
    return type(Contract)(title, (Snapshot,), namespace, table=f"source_snapshot.{system}__{name}")


def models(declarations: Path = DECLARATIONS) -> Iterator[type[Contract]]:
    """Contracts of every declared object, then of the manifest and the quarantine."""
    for path in sorted(declarations.glob("*/defs.yaml")):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            attributes = (document or {}).get("attributes") or {}
            for declared in attributes.get("objects") or []:
                yield snapshot_model(attributes["system"], declared)
    yield Manifest
    yield Quarantine


MODELS: tuple[type[Contract], ...] = tuple(models())

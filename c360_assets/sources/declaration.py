"""A source as it is declared in defs/source_snapshot/<system>/defs.yaml, checked before anything runs."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, PrivateAttr, field_validator, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from c360_assets.sources.names import column_name
from c360_assets.stages import Stage

ColumnType = Literal["string", "integer", "number", "boolean", "date", "timestamp", "json"]
FileFormat = Literal["csv", "jsonl", "parquet"]

SNOWFLAKE_TYPES: dict[str, str] = {
    "string": "varchar",
    "integer": "number(38,0)",
    "number": "float",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp_ntz",
    "json": "variant",
}
_SUFFIXES: dict[str, FileFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_OWNER = re.compile(r"team:[A-Za-z0-9_.-]+|[^@\s]+@[^@\s]+\.[^@\s]+")


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceColumn(_Declared):
    """A column as the vendor sends it. Short form in YAML: `Name: string`."""

    type: ColumnType = "string"
    required: bool = False
    optional: bool = False
    """The column itself may be missing from a file (its values are then null)."""
    format: str | None = None
    """For date and timestamp: a Snowflake format such as DD/MM/YYYY; without it ISO 8601 is expected."""
    description: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"type": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """With the short form, which editors and `dg check yaml` look at too."""
        return {"anyOf": [{"enum": list(SNOWFLAKE_TYPES), "type": "string"}, handler(schema)]}

    @model_validator(mode="after")
    def _consistent(self) -> SourceColumn:
        if self.required and self.optional:
            raise ValueError("a column is either required or optional, not both")
        if self.format and self.type not in ("date", "timestamp"):
            raise ValueError(f"format is for date and timestamp columns, not for {self.type}")
        return self


class DeletedFlag(_Declared):
    """The column and value (compared in lower case) that mark a record as deleted in the source."""

    column: str
    value: str = "true"


class SourceObject(_Declared):
    """One kind of record of a source, with the files that bring it."""

    name: str
    files: str
    """Glob below the landing zone, e.g. `salesforce/Account*.csv*`."""
    extract: Literal["full", "incremental"]
    """full: what a file lacks is deleted in the source; incremental: it only adds and changes."""
    key: list[str] = Field(min_length=1)
    columns: dict[str, SourceColumn] = Field(min_length=1)
    updated_at: str | None = None
    deleted: DeletedFlag | None = None
    personal: list[str] = []
    ignore: list[str] = []
    """Columns of the files that are not loaded. (A line that goes to quarantine is kept as it stands.)"""
    description: str | None = None
    format: FileFormat | None = None
    """Only where a file's name does not tell."""
    delimiter: str = Field(",", min_length=1, max_length=1)
    max_deleted_share: float = Field(0.5, ge=0, le=1)
    """A full extract that lacks more than this share of more than 100 records is rejected as incomplete."""
    _system: str = PrivateAttr("")

    @field_validator("name")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        return _plain(value)

    @field_validator("files")
    @classmethod
    def _relative_glob(cls, value: str) -> str:
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("is a glob relative to the landing zone, without '..', such as shop/orders*.jsonl*")
        return value

    @model_validator(mode="after")
    def _columns_exist(self) -> SourceObject:
        named = [("key", c) for c in self.key] + [("personal", c) for c in self.personal]
        named += [("updated_at", self.updated_at)] if self.updated_at else []
        named += [("deleted.column", self.deleted.column)] if self.deleted else []
        for where, column in named:
            if column not in self.columns:
                raise ValueError(f"{where} names {column!r}, which is not among the columns")
        seen: dict[str, str] = {}
        for vendor in self.columns:
            name = column_name(vendor)
            if not name.strip("_"):
                raise ValueError(f"columns: {vendor!r} has no letter or digit to make a column name of")
            if name in seen:
                raise ValueError(f"columns: {seen[name]!r} and {vendor!r} would both become {name}; rename one")
            seen[name] = vendor
        for column in self.ignore:
            if column in self.columns:
                raise ValueError(f"ignore: {column!r} is declared among the columns too; decide for one")
        if self.updated_at and self.columns[self.updated_at].type not in ("timestamp", "date"):
            raise ValueError(f"updated_at: {self.updated_at!r} must be a timestamp or a date")
        for column in self.key:
            if self.columns[column].optional:
                raise ValueError(f"key: {column!r} cannot be optional")
        if self.format is None and self.format_of(self.files) is None:
            raise ValueError(f"files: {self.files!r} does not tell the format; add format: csv, jsonl or parquet")
        return self

    @property
    def system(self) -> str:
        """The system that this object belongs to."""
        return self._system

    @property
    def label(self) -> str:
        """`system:object`, as people and record keys name it."""
        return f"{self._system}:{self.name}"

    @property
    def table_name(self) -> str:
        """The table without its schema, e.g. SALESFORCE__ACCOUNT."""
        return f"{self._system}__{self.name}".upper()

    @property
    def table(self) -> str:
        """The table as SCHEMA.TABLE."""
        return f"{Stage.SOURCE_SNAPSHOT.schema}.{self.table_name}"

    @property
    def column_names(self) -> dict[str, str]:
        """Vendor's name to warehouse name, in declared order."""
        return {vendor: column_name(vendor) for vendor in self.columns}

    @property
    def declared_types(self) -> dict[str, SourceColumn]:
        """Warehouse name to declared column."""
        return {column_name(vendor): column for vendor, column in self.columns.items()}

    @property
    def snowflake_types(self) -> dict[str, str]:
        """Warehouse name to Snowflake type."""
        return {name: SNOWFLAKE_TYPES[column.type] for name, column in self.declared_types.items()}

    @property
    def key_columns(self) -> list[str]:
        """Warehouse names of the key."""
        return [column_name(vendor) for vendor in self.key]

    @property
    def personal_columns(self) -> list[str]:
        """Warehouse names of the columns that hold personal data."""
        return [column_name(vendor) for vendor in self.personal]

    @property
    def json_columns(self) -> frozenset[str]:
        """Vendor names of the columns whose values are JSON texts."""
        return frozenset(vendor for vendor, column in self.columns.items() if column.type == "json")

    def format_of(self, file_name: str) -> FileFormat | None:
        """The format of a file: as declared, else by its name (`.gz` and wildcards aside)."""
        if self.format:
            return self.format
        suffixes = [s.rstrip("*?") for s in PurePosixPath(file_name.lower()).suffixes]
        return next((_SUFFIXES[s] for s in reversed(suffixes) if s in _SUFFIXES), None)


class SourceSystem(_Declared):
    """A source system: who owns it, what it may be trusted with, and its objects."""

    system: str
    kind: str
    title: str
    owner: str
    field_ownership: list[str] = []
    cadence: Literal["minutely", "hourly", "daily", "weekly", "monthly", "once"]
    transformation: str
    sensitivity: Literal["public", "internal", "confidential", "personal"]
    consent_relevance: str
    known_limitations: list[str] = []
    objects: list[SourceObject] = Field(min_length=1)

    @field_validator("system")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        return _plain(value)

    @field_validator("owner")
    @classmethod
    def _named_owner(cls, value: str) -> str:
        if not _OWNER.fullmatch(value):
            raise ValueError(f"{value!r} is no owner; use team:name or an e-mail address")
        return value

    @model_validator(mode="after")
    def _adopt(self) -> SourceSystem:
        names = [o.name for o in self.objects]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"objects: {', '.join(sorted(twice))} is declared twice")
        for declared in self.objects:
            declared._system = self.system
        return self

    def object(self, name: str) -> SourceObject:
        """The object of that name.

        Raises:
            KeyError: there is none.
        """
        return {o.name: o for o in self.objects}[name]


def _plain(value: str) -> str:
    if not _NAME.fullmatch(value) or "__" in value:
        raise ValueError(f"{value!r} is no plain name; use small letters, digits and single _, such as web_shop")
    return value

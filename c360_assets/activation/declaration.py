"""A destination as it is declared in defs/activation_feed/<destination>/defs.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from c360_assets.governance.validation import load_validation

DECLARATIONS = Path(__file__).resolve().parent.parent / "defs" / "activation_feed"
FORMATS = ("csv", "jsonl", "parquet")
ENTITIES = ("organization", "person")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TABLE = re.compile(r"[A-Z][A-Z0-9_]*\.[A-Z][A-Z0-9_]*")
_REQUIRED = ("destination", "title", "owner", "feed", "key", "purpose", "fields", "format")


class DeclarationError(ValueError):
    """A declaration cannot be used; the message names the file, the attribute and what would be right."""


@dataclass(frozen=True)
class DestinationDeclaration:
    """What a destination may hold and how it is served.

    `key` names what the destination knows the customer by, in order of preference: a source system, `email` or
    `profile_id`. With a `channel`, only profiles with a granted consent for purpose and channel are delivered.
    `fields` are columns of the feed. An empty `regions` means all.
    """

    destination: str
    title: str
    owner: str
    feed: str
    key: tuple[str, ...]
    purpose: str
    fields: tuple[str, ...]
    format: str
    kind: str = "files"
    entities: tuple[str, ...] = ENTITIES
    channel: str | None = None
    legal_basis: str = "consent"
    regions: tuple[str, ...] = ()
    cadence: str = "daily"
    sensitivity: str = "personal"

    def __post_init__(self) -> None:
        for attribute, value in (("destination", self.destination), ("purpose", self.purpose)):
            _check(bool(_NAME.fullmatch(value)), f"{attribute} {value!r} is not lower-case letters, digits and _")
        _check(bool(_TABLE.fullmatch(self.feed)), f"feed {self.feed!r} is not SCHEMA.TABLE in upper case")
        _check(self.format in FORMATS, f"format {self.format!r} is unknown; use one of {', '.join(FORMATS)}")
        _check(bool(self.fields), "fields is empty; name at least one column of the feed")
        for name in (*self.fields, *self.key, *([self.channel] if self.channel else [])):
            _check(bool(_NAME.fullmatch(name)), f"{name!r} is not a plain column, source or channel name")
        _check(bool(self.key), "key is empty; name a source system, email or profile_id")
        unknown = [entity for entity in self.entities if entity not in ENTITIES]
        _check(not unknown, f"entities has {unknown}; use {' or '.join(ENTITIES)}")
        _check(all(re.fullmatch(r"[A-Za-z0-9 _-]+", r) for r in self.regions), "regions must be plain names")
        _check(
            self.channel is not None or self.legal_basis != "consent",
            "legal_basis consent needs a channel; name it, or the legal basis that needs no consent",
        )
        _check(
            bool(re.fullmatch(r"[a-z_ ]+", self.legal_basis)), f"legal_basis {self.legal_basis!r} is not plain words"
        )

    def as_dbt(self) -> dict[str, Any]:
        """What macros/feed_destinations.sql needs to know."""
        return {
            "destination": self.destination,
            "entities": list(self.entities),
            "key": list(self.key),
            "purpose": self.purpose,
            "channel": self.channel,
            "legal_basis": self.legal_basis,
            "regions": list(self.regions),
        }


def _check(right: bool, message: str) -> None:
    if not right:
        raise DeclarationError(message)


def load_destination(path: Path) -> DestinationDeclaration:
    """Read one defs.yaml.

    Raises:
        DeclarationError: it is missing, is not YAML, or does not declare a destination.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise DeclarationError(f"{path}: cannot be read as YAML.") from error
    attributes = content.get("attributes") if isinstance(content, dict) else None
    if not isinstance(attributes, dict):
        raise DeclarationError(f"{path}: has no mapping `attributes`.")
    return from_attributes(attributes, str(path))


def from_attributes(attributes: dict[str, Any], where: str = "destination") -> DestinationDeclaration:
    """The declaration that the attributes of a defs.yaml make; `where` begins error messages."""
    known = DestinationDeclaration.__dataclass_fields__
    if missing := [name for name in _REQUIRED if not attributes.get(name)]:
        raise DeclarationError(f"{where}: {', '.join(missing)} missing.")
    if unknown := sorted(set(attributes) - set(known)):
        raise DeclarationError(f"{where}: unknown attribute {unknown[0]!r}; known are {', '.join(known)}.")
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in attributes.items()
        if value is not None
    }
    try:
        return DestinationDeclaration(**values)
    except (DeclarationError, TypeError) as error:
        raise DeclarationError(f"{where}: {error}.") from error


def load_destinations(root: Path = DECLARATIONS) -> list[DestinationDeclaration]:
    """Every declared destination, by name."""
    return [load_destination(path) for path in sorted(root.glob("*/defs.yaml"))]


def dbt_vars(root: Path = DECLARATIONS) -> dict[str, Any]:
    """What dbt must be told about publication: `--vars` of stages golden_profile and activation_feed."""
    return {"destinations": [d.as_dbt() for d in load_destinations(root)], **load_validation().dbt_vars()}

"""A destination as it is declared in defs/activation_feed/<destination>/defs.yaml."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from c360_assets.activation import suppression
from c360_assets.activation.limits import Guard, Limits
from c360_assets.activation.ownership import owned_by
from c360_assets.activation.suppression import Suppression
from c360_assets.governance.validation import load_validation

DECLARATIONS = Path(__file__).resolve().parent.parent / "defs" / "activation_feed"
FORMATS = ("csv", "jsonl", "parquet")
ENTITIES = ("organization", "person")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TABLE = re.compile(r"[A-Z][A-Z0-9_]*\.[A-Z][A-Z0-9_]*")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
CONNECTORS = ("files", "webhook", "hubspot", "salesforce", "zendesk", "braze", "kafka")
CADENCES = {"minutely": 1, "hourly": 60, "daily": 24 * 60, "weekly": 7 * 24 * 60}
"""How often a destination is served: minutes between two syncs."""
_REQUIRED = ("destination", "title", "owner", "feed", "key", "purpose", "fields")


class DeclarationError(ValueError):
    """A declaration cannot be used; the message names the file, the attribute and what would be right."""


@dataclass(frozen=True)
class DestinationDeclaration:
    """What a destination may hold and how it is served.

    `key` names what the destination knows the customer by, in order of preference: a source system, `email` or
    `profile_id`. With a `channel`, only profiles with a granted consent for purpose and channel are delivered.
    `fields` are columns of the feed. An empty `regions` means all. `suppress` leaves out whom the rules name.

    `connector` says how it is reached. `connection` names the environment variables that hold its address and
    credentials, which are read when a delivery needs them. `objects` says what the destination calls an entity,
    `mapping` what it calls a field; what is not mapped keeps its name.
    """

    destination: str
    title: str
    owner: str
    feed: str
    key: tuple[str, ...]
    purpose: str
    fields: tuple[str, ...]
    format: str = ""
    kind: str = "files"
    connector: str = "files"
    connection: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    guard: Guard = field(default_factory=Guard)
    limits: Limits = field(default_factory=Limits)
    entities: tuple[str, ...] = ENTITIES
    channel: str | None = None
    legal_basis: str = "consent"
    regions: tuple[str, ...] = ()
    suppress: tuple[Suppression, ...] = ()
    writes_to: str | None = None
    """The source system that this is, if it is one: what that system owns is not written back to it."""
    cadence: str = "daily"
    sensitivity: str = "personal"

    def __post_init__(self) -> None:
        for attribute, value in (("destination", self.destination), ("purpose", self.purpose)):
            _check(bool(_NAME.fullmatch(value)), f"{attribute} {value!r} is not lower-case letters, digits and _")
        _check(bool(_TABLE.fullmatch(self.feed)), f"feed {self.feed!r} is not SCHEMA.TABLE in upper case")
        _check(self.connector in CONNECTORS, f"connector {self.connector!r} is unknown; use one of {CONNECTORS}")
        if self.connector == "files":
            _check(set(self.connection) <= {"uri"}, "connection of files has a uri and nothing else")
            _check(self.format in FORMATS, f"format {self.format!r} is unknown; use one of {', '.join(FORMATS)}")
        else:
            # Addresses and ids of other systems change, and merge, at the destination; the profile id is for ever.
            _check(self.key == ("profile_id",), f"connector {self.connector} needs key [profile_id]")
        # A producer has one transaction at a time.
        _check(self.connector != "kafka" or self.limits.concurrency <= 1, "connector kafka needs concurrency 1")
        _check(self.cadence in CADENCES, f"cadence {self.cadence!r} is unknown; use one of {', '.join(CADENCES)}")
        for name, variable in self.connection.items():
            _check(bool(_VARIABLE.fullmatch(variable)), f"connection {name} must name an environment variable")
        unmapped = sorted(set(self.mapping) - set(self.fields))
        _check(not unmapped, f"mapping has {unmapped}, which fields has not")
        if self.writes_to is not None:
            _check(bool(_NAME.fullmatch(self.writes_to)), f"writes_to {self.writes_to!r} is not a source system's name")
            _check(bool(self.written), f"{self.writes_to} owns every one of the fields: nothing could be written back")
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

    @cached_property
    def written(self) -> tuple[str, ...]:
        """The fields that the destination is told: all, but those that it owns as a source."""
        owned = owned_by(self.writes_to) if self.writes_to else frozenset()
        return tuple(name for name in self.fields if name not in owned)

    @cached_property
    def mapping_version(self) -> str:
        """Changes when the same profile would be told in other words."""
        told = (self.connector, self.written, sorted(self.mapping.items()), sorted(self.objects.items()))
        return hashlib.md5(repr(told).encode(), usedforsecurity=False).hexdigest()[:12]

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
            "suppress": [rule.as_dbt() for rule in self.suppress],
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
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}: {getattr(error, 'problem', '')})" if mark else ""
        raise DeclarationError(f"{path}: cannot be read as YAML{where}.") from error
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
        for name, kind in (("guard", Guard), ("limits", Limits)):
            if name in values:
                values[name] = kind.declared(values[name])
        values["suppress"] = suppression.declared(values.get("suppress", ()))
        return DestinationDeclaration(**values)
    except (ValueError, TypeError, AttributeError) as error:
        raise DeclarationError(f"{where}: {error}.") from error


def load_destinations(root: Path = DECLARATIONS) -> list[DestinationDeclaration]:
    """Every declared destination, by name."""
    return [load_destination(path) for path in sorted(root.glob("*/defs.yaml"))]


def dbt_vars(root: Path = DECLARATIONS) -> dict[str, Any]:
    """What dbt must be told about publication: `--vars` of stages golden_profile and activation_feed."""
    return {"destinations": [d.as_dbt() for d in load_destinations(root)], **load_validation().dbt_vars()}

"""Names of datasets, jobs and runs: small validated values, the same in every run.

Datasets follow OpenLineage's naming for Snowflake: namespace `snowflake://<account>`, name
DATABASE.SCHEMA.TABLE in the case in which the warehouse stores it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NAMESPACE = uuid.UUID("5f0c1a6e-3f1b-5d0e-9b43-0f6c360c360c")
"""The root of every deterministic id; never change it, or events of one run get two ids."""

JOB_NAMESPACE = "c360"
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_PART = re.compile(r"[^.\s]+")


class NamingError(ValueError):
    """A name is not usable; the message says which and what would be right."""


@dataclass(frozen=True, order=True)
class DatasetName:
    """A dataset as OpenLineage names it."""

    namespace: str
    name: str

    def __post_init__(self) -> None:
        if not self.namespace or not self.name or self.name != self.name.strip():
            raise NamingError(f"Dataset {self.namespace!r} {self.name!r} needs a namespace and a name without blanks.")


@dataclass(frozen=True)
class Warehouse:
    """The account and database that unqualified names belong to."""

    account: str
    database: str

    def __post_init__(self) -> None:
        if not _ACCOUNT.fullmatch(self.account):
            raise NamingError(f"{self.account!r} is not a Snowflake account identifier (ORGANIZATION-ACCOUNT).")
        if not _PART.fullmatch(self.database):
            raise NamingError(f"{self.database!r} is not a database name.")

    @property
    def namespace(self) -> str:
        """`snowflake://<account>`."""
        return f"snowflake://{self.account}"

    def full(self, table: str) -> str:
        """DATABASE.SCHEMA.TABLE of SCHEMA.TABLE or of a name that is full already."""
        parts = table.split(".")
        if len(parts) == 2:
            parts = [self.database, *parts]
        if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
            raise NamingError(f"{table!r} is not SCHEMA.TABLE.")
        return ".".join(parts)

    def dataset(self, table: str) -> DatasetName:
        """The dataset of a table or view."""
        return DatasetName(self.namespace, self.full(table))


def landing_file(path: str) -> DatasetName:
    """A file in the landing zone, by its path from there, so that names are the same on every machine."""
    if path.startswith("/") or ".." in path.split("/"):
        raise NamingError(f"{path!r} is not a path within the landing zone.")
    return DatasetName("file://landing", path)


def project_file(path: str) -> DatasetName:
    """A file of the project, such as a seed, by its path from the project's root."""
    if path.startswith("/") or ".." in path.split("/"):
        raise NamingError(f"{path!r} is not a path within the project.")
    return DatasetName("file://project", path)


def destination(name: str) -> DatasetName:
    """What an activation destination holds."""
    return DatasetName("c360://activation", name)


@dataclass(frozen=True)
class JobName:
    """A job: what makes one asset, or checks it, in every run."""

    name: str
    namespace: str = JOB_NAMESPACE

    @classmethod
    def of_asset(cls, asset_key: tuple[str, ...], suffix: str = "") -> JobName:
        """`golden_profile.organization`, with a suffix for the jobs beside it, such as `.contract`."""
        if not asset_key or not all(_PART.fullmatch(part) for part in asset_key):
            raise NamingError(f"Asset key {asset_key!r} has an empty part, a blank or a dot.")
        return cls(".".join(asset_key) + suffix)


def run_id(orchestrator_run: str, job: JobName) -> str:
    """The id of one job's run within an orchestrator's run: the same whenever it is worked out."""
    return str(uuid.uuid5(NAMESPACE, f"{orchestrator_run}|{job.namespace}|{job.name}"))


def parent_run_id(orchestrator_run: str) -> str:
    """The orchestrator's run as a UUID: its own where it is one."""
    try:
        return str(uuid.UUID(orchestrator_run))
    except ValueError:
        return str(uuid.uuid5(NAMESPACE, orchestrator_run))


def event_id(event: Mapping[str, Any]) -> str:
    """The id of an event, however often it is written or sent: a run has one of each type.

    But it may tell at several times that part of its data are there.
    """
    kind = event["eventType"]
    told = f"{kind} {event['eventTime']}" if kind == "RUNNING" else kind
    return str(uuid.uuid5(NAMESPACE, f"{event['run']['runId']}|{told}"))

"""Which state of a stage's tables has passed its contracts, so that unchanged tables are not read again."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from c360_assets.stages import LINEAGE_SCHEMA, Stage
from c360_assets.warehouse import Warehouse

TABLE = f"{LINEAGE_SCHEMA}.CONTRACT_PASS"


def contracts_version() -> str:
    """A hash over the contracts' code and thresholds: changed rules look at unchanged tables again."""
    here = Path(__file__).parent
    files = sorted([*here.glob("*.py"), *(here.parent / "governance").glob("*.yaml")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def has_passed(warehouse: Warehouse, stage: Stage, changed_at: datetime) -> bool:
    """The tables as they are since `changed_at` passed the contracts as they are."""
    warehouse.execute(
        f"create table if not exists {TABLE} (stage varchar not null, changed_at timestamp_ntz not null,"
        " contracts_version varchar not null)"
    )
    return bool(
        warehouse.scalar(
            f"select count(*) from {TABLE} where stage = %s and changed_at = to_timestamp_ntz(%s)"
            " and contracts_version = %s",
            [stage.value, _text(changed_at), contracts_version()],
        )
    )


def note_pass(warehouse: Warehouse, stage: Stage, changed_at: datetime) -> None:
    """All of the stage's contracts hold for the tables as they are since `changed_at`."""
    warehouse.execute(f"delete from {TABLE} where stage = %s", [stage.value])
    warehouse.execute(
        f"insert into {TABLE} select %s, to_timestamp_ntz(%s), %s",
        [stage.value, _text(changed_at), contracts_version()],
    )


def _text(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="microseconds")

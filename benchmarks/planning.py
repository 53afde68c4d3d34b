"""Planning for a million profiles of which one in a hundred changed: seconds of statements in the warehouse.

The feed is as wide as the widest that is shipped, and every row of it was delivered before. Of those that changed
some are edited in a field, some are new, some gone, some merged into others; where consent decides, a few withdrew it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from benchmarks.harness import fresh_home, processor_seconds
from benchmarks.report import Result
from c360_assets.activation import DestinationDeclaration, deliver
from c360_assets.activation.connect import batch_rows
from c360_assets.activation.limits import Guard
from c360_assets.activation.plan import Plan, make_plan
from c360_assets.activation.tables import ensure_tables
from c360_assets.run import Run
from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse

PROFILES, LIMIT_SECONDS = 1_000_000, 5.0
_FIRST, _NEXT = datetime(2026, 3, 10, 9), datetime(2026, 3, 11, 9)
_FIELDS = tuple(f"field_{number:02d}" for number in range(22))
_FEED = "ACTIVATION_FEED.WIDE_FEED"
# Of 400 profiles two are edited, one goes, one is merged into the next, and by consent one refuses; two more are new.
_OF, _EDITED, _GONE, _MERGED, _REFUSED = 400, (0, 1), 2, 3, 5


def measure(profiles: int = PROFILES) -> Iterator[Result]:
    """Seconds of the plan's statements, by contract and by consent."""
    for channel in (None, "email"):
        with fresh_home() as home, Warehouse(load_settings({**os.environ, "C360_HOME": str(home)})) as warehouse:
            plan, seconds, processor = _planned(warehouse, profiles, channel)
        counts = ", ".join(f"{rows:,} {operation}" for operation, rows in plan.counts.items() if rows)
        yield Result(
            f"plan of {profiles:,} profiles with 1 % changed, by {'consent' if channel else 'contract'}: seconds",
            seconds, LIMIT_SECONDS, f"{counts}; {len(_FIELDS)} fields; {processor:.1f} s of processor",
        )  # fmt: skip


def _planned(warehouse: Warehouse, profiles: int, channel: str | None) -> tuple[Plan, float, float]:
    destination = DestinationDeclaration(
        destination="wide", title="Wide", owner="team:bench", feed=_FEED, key=("profile_id",), purpose="marketing",
        channel=channel, legal_basis="consent" if channel else "contract", fields=_FIELDS, format="parquet",
        guard=Guard(1.0, 1.0),
    )  # fmt: skip
    _fill(warehouse, profiles)
    with tempfile.TemporaryDirectory() as outbox:
        assert deliver(warehouse, destination, Run("first", _FIRST), Path(outbox)).delivered == profiles
    _change(warehouse)
    served = replace(destination, connector="webhook", format="")
    before, spent = len(warehouse.statements), processor_seconds(warehouse)
    plan = make_plan(warehouse, served, "next", _NEXT, batch_rows(served))
    spent = processor_seconds(warehouse) - spent
    each = profiles // _OF
    assert plan.counts == {
        "create": 2 * each, "update": 2 * each, "merge": each, "delete": each, "suppress": each if channel else 0,
    }, plan.counts  # fmt: skip
    return plan, sum(statement.seconds for statement in warehouse.statements[before:]), spent


def _fill(warehouse: Warehouse, profiles: int) -> None:
    texts = ", ".join(f"'{name} ' || mod(n * {place + 7}, 100003) as {name}" for place, name in enumerate(_FIELDS))
    warehouse.script(
        [
            "create schema if not exists GOLDEN_PROFILE",
            "create schema if not exists ACTIVATION_FEED",
            "create table ACTIVATION_FEED.SUPPRESSED (destination varchar, profile_id varchar, reason varchar)",
            f"create table {_FEED} as select *, md5(concat_ws('|', {', '.join(_FIELDS)})) as payload_hash,"
            " 'contract' as consent_basis, 'h' as profile_row_hash, n as number from ("
            f"select seq4() as n, 'per_' || left(md5(seq4()::varchar), 20) as profile_id,"
            f" 'per_' || left(md5(seq4()::varchar), 20) as destination_key, {texts}"
            f" from table(generator(rowcount => {profiles})))",
            "create table GOLDEN_PROFILE.CONSENT as select profile_id, 'marketing' as purpose, 'email' as channel,"
            f" 'ALL' as region, 'granted' as state, null::timestamp_ntz as expires_at from {_FEED}",
        ]
    )
    ensure_tables(warehouse)


def _change(warehouse: Warehouse) -> None:
    place = f"mod(number, {_OF})"
    granted = "'marketing', 'email', 'ALL', 'granted', null"
    warehouse.script(
        [
            f"update {_FEED} set field_03 = 'new', payload_hash = md5(payload_hash) where {place} in {_EDITED}",
            "insert into MATCH_CLUSTER.PROFILE_REGISTRY (profile_id, entity_kind, founder_record_key, status,"
            " merged_into) select gone.profile_id, 'person', 'r', 'merged', heir.profile_id"
            f" from {_FEED} as gone inner join {_FEED} as heir on heir.number = gone.number + 1"
            f" where mod(gone.number, {_OF}) = {_MERGED}",
            f"delete from {_FEED} where {place} in ({_GONE}, {_MERGED})",
            "update GOLDEN_PROFILE.CONSENT set state = 'withdrawn'"
            f" where profile_id in (select profile_id from {_FEED} where {place} = {_REFUSED})",
            f"insert into {_FEED} select * replace ('new_' || profile_id as profile_id, 'new_' || profile_id as"
            f" destination_key) from {_FEED} where {place} in {_EDITED}",
            f"insert into GOLDEN_PROFILE.CONSENT select profile_id, {granted} from {_FEED}"
            " where profile_id like 'new_%'",
        ]
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--profiles", type=int, default=PROFILES)
    for result in measure(arguments.parse_args().profiles):
        print(result, flush=True)

"""How far each stage has come, so that a run costs what changed and a killed one resumes.

A stage reads its inputs' rows whose `changed_at` lies after its mark. The mark moves only when the
whole stage has succeeded; until then the same rows are read again, and every write is idempotent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from c360_assets.run import Run
from c360_assets.settings import PROJECT_ROOT
from c360_assets.stages import LINEAGE_SCHEMA, Stage
from c360_assets.warehouse import Warehouse

TABLE = f"{LINEAGE_SCHEMA}.STAGE_PROGRESS"
BEGINNING = datetime(1900, 1, 1)

_INPUTS = {
    Stage.SOURCE_SNAPSHOT: (),
    Stage.NORMALIZED_RECORD: (Stage.SOURCE_SNAPSHOT,),
    Stage.MATCH_CLUSTER: (Stage.NORMALIZED_RECORD,),
    Stage.GOLDEN_PROFILE: (Stage.NORMALIZED_RECORD, Stage.MATCH_CLUSTER),
    Stage.ACTIVATION_FEED: (Stage.GOLDEN_PROFILE,),
}
# Windows such as "active users in 30 days" move with the calendar, without any input changing.
_MOVES_WITH_THE_DATE = {Stage.GOLDEN_PROFILE, Stage.ACTIVATION_FEED}
_CODE = {
    Stage.SOURCE_SNAPSHOT: (),
    Stage.NORMALIZED_RECORD: (
        "dbt/models/normalized_record/**/*",
        "dbt/seeds/normalized_record/*",
        "dbt/functions/*",
        "dbt/macros/normalize_*",
    ),
    Stage.MATCH_CLUSTER: ("c360_assets/identity/**/*",),
    Stage.GOLDEN_PROFILE: (
        "dbt/models/golden_profile/**/*",
        "dbt/seeds/golden_profile/*",
        "dbt/macros/golden_*",
        "c360_assets/governance/*",
    ),
    Stage.ACTIVATION_FEED: (
        "dbt/models/activation_feed/**/*",
        "dbt/macros/feed_*",
        "c360_assets/governance/*",
        "c360_assets/defs/activation_feed/*/*.yaml",
    ),
}


@dataclass(frozen=True)
class Mark:
    """What a stage has processed, and when its own tables last changed."""

    processed_to: datetime = BEGINNING
    changed_at: datetime = BEGINNING
    code_version: str = ""
    as_of: date | None = None


@dataclass(frozen=True)
class Work:
    """What a stage has to do in this run."""

    stage: Stage
    processed_to: datetime
    inputs_to: datetime
    code_version: str
    full: bool
    needed: bool

    @property
    def processed_to_text(self) -> str:
        """The mark as a Snowflake timestamp literal's text."""
        return self.processed_to.isoformat(sep=" ", timespec="microseconds")


def code_version(stage: Stage, root: Path = PROJECT_ROOT) -> str:
    """A hash over the stage's code: when it changes, the stage is built anew."""
    digest = hashlib.sha256()
    for pattern in _CODE[stage]:
        for file in sorted(root.glob(pattern)):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(file.relative_to(root).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def ensure_progress_table(warehouse: Warehouse) -> None:
    """Create the register of marks where it is missing."""
    warehouse.execute(f"create schema if not exists {LINEAGE_SCHEMA}")
    warehouse.execute(
        f"create table if not exists {TABLE} (stage varchar not null, processed_to timestamp_ntz not null,"
        " changed_at timestamp_ntz not null, code_version varchar not null, as_of date, run_id varchar not null,"
        " finished_at timestamp_ntz not null)"
    )


def read_marks(warehouse: Warehouse) -> dict[Stage, Mark]:
    """Every stage's mark; a stage that never succeeded has the beginning of time."""
    rows = warehouse.rows(
        f"select stage, processed_to, changed_at, code_version, as_of from {TABLE} union all"
        " select table_name, null, null, null, null from information_schema.tables"
        f" where table_schema = '{Stage.SOURCE_SNAPSHOT.schema}' and table_name = 'MANIFEST'"
    )
    known = {row[0]: Mark(*row[1:]) for row in rows}
    changed_at = _snapshots_changed_at(warehouse) if known.pop("MANIFEST", None) else BEGINNING
    marks = {stage: known.get(stage.value, Mark()) for stage in Stage}
    return marks | {Stage.SOURCE_SNAPSHOT: Mark(changed_at=changed_at)}


def _snapshots_changed_at(warehouse: Warehouse) -> datetime:
    """When a snapshot last changed, from the manifest: it commits with the data, also in a run that is killed."""
    return (
        warehouse.scalar(
            f"select max(loaded_at) from {Stage.SOURCE_SNAPSHOT.schema}.MANIFEST where status = 'loaded'"
            " and rows_new + rows_changed + rows_deleted > 0"
        )
        or BEGINNING
    )


def work_for(stage: Stage, run: Run, marks: dict[Stage, Mark], full_rebuild: bool = False) -> Work:
    """Compare the stage's mark with its inputs' and say what this run has to do."""
    mark, version = marks[stage], code_version(stage)
    inputs_to = max((marks[upstream].changed_at for upstream in _INPUTS[stage]), default=BEGINNING)
    full = full_rebuild or mark.code_version != version
    stale = stage in _MOVES_WITH_THE_DATE and mark.as_of != run.started_at.date()
    return Work(
        stage=stage,
        processed_to=BEGINNING if full else mark.processed_to,
        inputs_to=inputs_to,
        code_version=version,
        full=full,
        needed=full or stale or inputs_to > mark.processed_to,
    )


def finish(warehouse: Warehouse, run: Run, work: Work, changed: bool) -> None:
    """Move the stage's mark: all that its inputs held when the run read them is processed."""
    warehouse.execute(
        f"""
        merge into {TABLE} as progress
        using (select %s as stage, to_timestamp_ntz(%s) as processed_to, to_timestamp_ntz(%s) as started_at,
                      %s as code_version, %s as run_id) as done
        on progress.stage = done.stage
        when matched then update set
            processed_to = done.processed_to,
            changed_at = iff({"true" if changed else "false"}, done.started_at, progress.changed_at),
            code_version = done.code_version,
            as_of = done.started_at::date,
            run_id = done.run_id,
            finished_at = current_timestamp()::timestamp_ntz
        when not matched then insert (stage, processed_to, changed_at, code_version, as_of, run_id, finished_at)
        values (done.stage, done.processed_to, done.started_at, done.code_version, done.started_at::date,
                done.run_id, current_timestamp()::timestamp_ntz)
        """,
        [
            work.stage.value,
            work.inputs_to.isoformat(sep=" ", timespec="microseconds"),
            run.started_at_text,
            work.code_version,
            run.run_id,
        ],
    )


def stages_in_order(stages: Iterable[Stage]) -> list[Stage]:
    """The given stages in flow order."""
    wanted = set(stages)
    return [stage for stage in Stage if stage in wanted]

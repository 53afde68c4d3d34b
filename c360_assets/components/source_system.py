"""A declared source system in Dagster: its snapshots as assets, their checks, its own job."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self

import dagster as dg
from pydantic import BaseModel

from c360_assets.components.resources import WarehouseResource
from c360_assets.components.stage_lineage import Made
from c360_assets.components.stage_run import LANDING_TAG, WRITER_POOL, WRITER_TAGS, StageRun, stage_run
from c360_assets.components.translator import asset_key
from c360_assets.sources.declaration import SourceObject
from c360_assets.sources.declaration import SourceSystem as Declaration
from c360_assets.sources.load import SnapshotLoader
from c360_assets.sources.result import LoadResult
from c360_assets.stages import Stage
from lineage.naming import landing_file

logger = logging.getLogger("c360.sources")

STAGE = Stage.SOURCE_SNAPSHOT
FILES_CHECK, QUARANTINE_CHECK = "files_accepted", "nothing_quarantined"

# A source is stale after two cadences, so that one late extract alarms nobody.
_STALE_AFTER = {
    "minutely": timedelta(minutes=10),
    "hourly": timedelta(hours=2),
    "daily": timedelta(days=2),
    "weekly": timedelta(days=14),
    "monthly": timedelta(days=62),
}
_CRON = {"minutely": "* * * * *", "hourly": "15 * * * *", "daily": "0 1 * * *", "weekly": "0 1 * * 1"}
_CRON |= {"monthly": "0 1 1 * *"}


class SourceSystem(dg.Component):
    """Snapshots of one source system, one asset per object."""

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        """The declaration itself is what defs.yaml holds."""
        return Declaration

    @classmethod
    def load(cls, attributes: Any, context: dg.ComponentLoadContext) -> Self:
        """The component of a validated declaration."""
        return cls(attributes)

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The source's assets, its job and its schedule."""
        system = self.declaration.system
        job = dg.define_asset_job(
            f"refresh_{system}",
            selection=dg.AssetSelection.assets(*(_key(o) for o in self.declaration.objects)).downstream(),
            description=f"{self.declaration.title} alone, and what comes of it.",
            tags={"c360/writer": "true"},
        )
        schedules = []
        if cron := _CRON.get(self.declaration.cadence):
            schedules.append(
                dg.ScheduleDefinition(
                    name=f"{system}_by_cadence", job=job, cron_schedule=cron, execution_timezone="UTC"
                )
            )
        return dg.Definitions(assets=[self._assets()], jobs=[job], schedules=schedules)

    def _assets(self) -> dg.AssetsDefinition:
        objects = {_key(o): o for o in self.declaration.objects}

        @dg.multi_asset(
            name=f"source_snapshot_{self.declaration.system}",
            specs=[self._spec(o) for o in self.declaration.objects],
            check_specs=[
                dg.AssetCheckSpec(name, asset=key, description=text)
                for key in objects
                for name, text in (
                    (FILES_CHECK, "Every new file fits the declaration; a rejected one leaves the last good snapshot."),
                    (QUARANTINE_CHECK, "Every row of the new files could be read."),
                )
            ],
            can_subset=True,
            pool=WRITER_POOL,
            op_tags=WRITER_TAGS,
        )
        def load(
            context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[WarehouseResource]
        ) -> Iterator[dg.MaterializeResult]:
            with stage_run(context, warehouse, STAGE) as this:
                landing = Path(context.run.tags.get(LANDING_TAG) or this.settings.landing)
                loader = SnapshotLoader(this.warehouse, landing, this.run)
                keys = sorted(context.selected_asset_keys)
                this.lineage.started(keys)
                results = {}
                for key in keys:
                    results[key] = loader.load(objects[key], partial(_publish, this, loader, key, objects[key]))
                    _tell(objects[key], results[key])
                lineage = this.lineage.finished(
                    (_made(key, result) for key, result in results.items()), loader.known_columns()
                )
                # An object that never had a file has no table yet.
                counts = this.row_counts(key.path[-1] for key in keys if loader.has_table(objects[key]))
                for key, result in results.items():
                    yield _materialized(key, objects[key], result, lineage[key], counts.get(key.path[-1], 0))

        return load

    def _spec(self, declared_object: SourceObject) -> dg.AssetSpec:
        d = self.declaration
        return dg.AssetSpec(
            _key(declared_object),
            group_name=STAGE.value,
            owners=[d.owner],
            kinds={"snowflake", "python", "table"},
            tags={"system": d.system, "system_kind": d.kind, "sensitivity": d.sensitivity},
            description=declared_object.description or f"One row per version of a {d.title} {declared_object.name}.",
            freshness_policy=_freshness(d.cadence),
            metadata={
                "system": d.title,
                "owner": d.owner,
                "owns fields": ", ".join(d.field_ownership),
                "refresh cadence": d.cadence,
                "extract": declared_object.extract,
                "files": declared_object.files,
                "transformation": d.transformation,
                "sensitivity": d.sensitivity,
                "personal columns": ", ".join(declared_object.personal) or "none",
                "consent relevance": d.consent_relevance,
                "known limitations": dg.MetadataValue.md("\n".join(f"- {text}" for text in d.known_limitations)),
                "dagster/column_schema": dg.TableSchema(
                    columns=[
                        dg.TableColumn(
                            name,
                            kind,
                            tags={"personal": ""} if name in declared_object.personal_columns else {},
                        )
                        for name, kind in declared_object.snowflake_types.items()
                    ]
                ),
            },
        )


def _key(declared_object: SourceObject) -> dg.AssetKey:
    return asset_key(STAGE.schema, declared_object.table_name)


def _freshness(cadence: str) -> dg.FreshnessPolicy | None:
    window = _STALE_AFTER.get(cadence)
    return dg.FreshnessPolicy.time_window(fail_window=window) if window else None


def _tell(declared_object: SourceObject, result: LoadResult) -> None:
    if result.files:
        counts = ", ".join(
            f"{result.total(f'rows_{what}'):,} {what}" for what in ("read", "new", "changed", "deleted", "quarantined")
        )
        logger.info("%s: %d file(s), rows: %s", declared_object.label, len(result.files), counts)
    for file in result.rejected:
        logger.warning("%s: rejected %s: %s", declared_object.label, file.name, file.reason)


def _publish(
    this: StageRun, loader: SnapshotLoader, key: dg.AssetKey, declared_object: SourceObject, result: LoadResult,
    more: bool,
) -> None:  # fmt: skip
    """The event of an extract is committed with its rows: who is killed in between leaves both or neither."""
    this.lineage.published(_made(key, result), loader.published_columns(declared_object), more)


def _made(key: dg.AssetKey, result: LoadResult) -> Made:
    return Made(
        key,
        statements=[statement.sql for statement in result.statements],
        rows=result.total("rows_new") + result.total("rows_changed"),
        query_id=result.statements[-1].query_id if result.statements else None,
        inputs=tuple(landing_file(file.name) for file in result.files if file.status == "loaded"),
    )


def _materialized(
    key: dg.AssetKey, declared_object: SourceObject, result: LoadResult, lineage: dg.TableColumnLineage, rows: int
) -> dg.MaterializeResult:
    query = (
        "select file_name, line, column_name, reason from source_snapshot.quarantine "
        f"where system = '{declared_object.system}' and object = '{declared_object.name}'"
    )
    quarantined = result.total("rows_quarantined")
    files = dg.AssetCheckResult(
        passed=not result.rejected,
        asset_key=key,
        check_name=FILES_CHECK,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "rejected": [{"file": file.name, "reason": file.reason} for file in result.rejected],
            "drift": result.drift.as_dict(),
        },
    )
    readable = dg.AssetCheckResult(
        passed=quarantined == 0,
        asset_key=key,
        check_name=QUARANTINE_CHECK,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rows": quarantined, "query": dg.MetadataValue.md(f"```sql\n{query}\n```")},
    )
    return dg.MaterializeResult(
        asset_key=key,
        metadata=result.as_metadata() | {"dagster/row_count": rows, "dagster/column_lineage": lineage},
        check_results=[files, readable],
    )

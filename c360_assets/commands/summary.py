"""What a run did, in figures: read from the warehouse and from the run's own events."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.table import Table

from c360_assets import step_time
from c360_assets.activation import load_destinations
from c360_assets.settings import Settings
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse


def collect(settings: Settings, result: Any, seconds: float) -> dict[str, Any]:
    """The summary as plain data. `result` is Dagster's ExecuteInProcessResult."""
    run_id = result.run_id
    with Warehouse(settings, f"c360 summary {run_id}") as warehouse:
        tables = _tables(warehouse)
        times = step_time.of_run(warehouse, run_id) if ("LINEAGE", "STEP_TIME") in tables else []
        return {
            "run_id": run_id,
            "success": result.success,
            "failed_steps": _failures(result, stopped=False),
            "stopped_steps": _failures(result, stopped=True),
            "records": _records(warehouse, tables),
            "files": _files(warehouse, tables, run_id),
            "profiles": _profiles(warehouse, tables),
            "waiting_for_review": _count(warehouse, tables, "MATCH_CLUSTER", "REVIEW_QUEUE"),
            "held_back": _count(warehouse, tables, "MATCH_CLUSTER", "SUSPICIOUS_CLUSTER"),
            "feeds": _feeds(warehouse, tables, run_id),
            "checks": _checks(result),
            "lineage_events": _lineage(warehouse, tables, run_id),
            "seconds": round(seconds, 1),
            "warehouse_seconds": round(sum(t.warehouse_seconds for t in times), 2),
            "stages": {
                t.stage.value: {"seconds": round(t.seconds, 2), "warehouse_seconds": round(t.warehouse_seconds, 2)}
                for t in times
            },
        }


def _tables(warehouse: Warehouse) -> set[tuple[str, str]]:
    return set(warehouse.rows("select table_schema, table_name from information_schema.tables"))


def _count(warehouse: Warehouse, tables: set[tuple[str, str]], schema: str, table: str) -> int:
    return int(warehouse.scalar(f"select count(*) from {schema}.{table}")) if (schema, table) in tables else 0


def _records(warehouse: Warehouse, tables: set[tuple[str, str]]) -> dict[str, int]:
    snapshots = sorted(table for schema, table in tables if schema == Stage.SOURCE_SNAPSHOT.schema and "__" in table)
    snapshots = [table for table in snapshots if not table.endswith("__LOAD")]
    if not snapshots:
        return {}
    counts: dict[str, int] = {}
    for table, count in warehouse.rows(
        " union all ".join(
            f"select '{t}', count(*) from SOURCE_SNAPSHOT.{t} where _valid_to is null and not _deleted"
            for t in snapshots
        )
    ):
        system = table.split("__")[0].lower()
        counts[system] = counts.get(system, 0) + int(count)
    return dict(sorted(counts.items()))


def _files(warehouse: Warehouse, tables: set[tuple[str, str]], run_id: str) -> dict[str, int]:
    if ("SOURCE_SNAPSHOT", "MANIFEST") not in tables:
        return {"loaded": 0, "rejected": 0, "rows_quarantined": 0}
    row = warehouse.rows(
        "select count_if(status = 'loaded'), count_if(status = 'rejected'), coalesce(sum(rows_quarantined), 0)"
        " from SOURCE_SNAPSHOT.MANIFEST where run_id = %s",
        [run_id],
    )[0]
    return {"loaded": int(row[0]), "rejected": int(row[1]), "rows_quarantined": int(row[2])}


def _profiles(warehouse: Warehouse, tables: set[tuple[str, str]]) -> dict[str, dict[str, int]]:
    if ("MATCH_CLUSTER", "CLUSTER") not in tables:
        return {}
    rows = warehouse.rows(
        "select entity_kind, count(*), count(distinct profile_id) from MATCH_CLUSTER.CLUSTER"
        " group by entity_kind order by entity_kind"
    )
    return {
        kind: {"records": int(records), "profiles": int(profiles), "duplicates_removed": int(records - profiles)}
        for kind, records, profiles in rows
    }


def _feeds(warehouse: Warehouse, tables: set[tuple[str, str]], run_id: str) -> dict[str, dict[str, int]]:
    feeds = {
        d.destination: {"rows": _count(warehouse, tables, *d.feed.split(".")), "delivered": 0}
        for d in load_destinations()
    }
    if ("ACTIVATION_FEED", "RECEIPT") in tables:
        for destination, count in warehouse.rows(
            "select destination, count(*) from ACTIVATION_FEED.RECEIPT"
            " where run_id = %s and status = 'delivered' group by destination",
            [run_id],
        ):
            feeds.setdefault(destination, {"rows": 0})["delivered"] = int(count)
    return feeds


def _checks(result: Any) -> dict[str, Any]:
    evaluations = result.get_asset_check_evaluations()
    broken = [e for e in evaluations if not e.passed]
    failed = [e for e in broken if e.severity.value == "ERROR"]
    return {
        "passed": len(evaluations) - len(broken),
        "warned": len(broken) - len(failed),
        "failed": len(failed),
        "failed_names": sorted(f"{'/'.join(e.asset_key.path)}: {e.check_name}" for e in failed),
    }


def _failures(result: Any, stopped: bool) -> dict[str, str]:
    """Step -> why it ended: those that a blocking check stopped, or those that failed by themselves."""
    steps = {}
    for event in result.all_events:
        if event.is_step_failure and _stopped_by_check(event.step_failure_data) is stopped:
            error = event.step_failure_data.error
            cause = error.cause or error if error else None
            steps[event.step_key] = " ".join(cause.message.split())[:500] if cause else "unknown"
    return steps


def _stopped_by_check(failure: Any) -> bool:
    from c360_assets.components.stage_run import STOPPED_BY_CHECK

    told = failure.user_failure_data.metadata if failure.user_failure_data else {}
    return STOPPED_BY_CHECK in told or bool(failure.error and failure.error.cls_name == "DagsterAssetCheckFailedError")


def _lineage(warehouse: Warehouse, tables: set[tuple[str, str]], run_id: str) -> int:
    if ("LINEAGE", "OPENLINEAGE_OUTBOX") not in tables:
        return 0
    return int(
        warehouse.scalar(
            "select count(*) from LINEAGE.OPENLINEAGE_OUTBOX where event:run:facets:parent:run:runId::varchar = %s",
            [run_id],
        )
    )


def _without_files(summary: dict[str, Any]) -> list[str]:
    """The declared objects that have no file, or their system where it has no record either."""
    objects = [name.split(" (")[0] for name in summary.get("without_files", ())]
    return sorted({name if summary["records"].get(name.split(":")[0]) else name.split(":")[0] for name in objects})


def render(summary: dict[str, Any]) -> Group:
    """The summary for a terminal."""
    parts: list[Any] = []
    sources = Table("source", "records", title="Records per source", title_justify="left")
    without = _without_files(summary)
    for system, count in summary["records"].items():
        if system not in without:
            sources.add_row(system, f"{count:,}")
    parts.append(sources)
    profiles = Table("kind", "records", "profiles", "duplicates removed", title="Profiles", title_justify="left")
    for kind, row in summary["profiles"].items():
        profiles.add_row(kind, *(f"{row[name]:,}" for name in ("records", "profiles", "duplicates_removed")))
    parts.append(profiles)
    feeds = Table("destination", "rows in feed", "delivered now", title="Feeds", title_justify="left")
    for name, row in summary["feeds"].items():
        feeds.add_row(name, f"{row['rows']:,}", f"{row['delivered']:,}")
    parts.append(feeds)
    stages = Table("stage", "seconds", "of it warehouse", title="Seconds per stage", title_justify="left")
    for stage, row in summary["stages"].items():
        stages.add_row(stage, f"{row['seconds']:.1f}", f"{row['warehouse_seconds']:.1f}")
    parts.append(stages)
    files, checks = summary["files"], summary["checks"]
    parts.append(
        f"files: {files['loaded']} loaded, {files['rejected']} rejected; {files['rows_quarantined']} rows quarantined"
    )
    if without:
        parts.append(f"no files in the landing zone for: {', '.join(without)}")
    parts.append(f"checks: {checks['passed']} passed, {checks['warned']} warned, {checks['failed']} failed")
    parts.extend(f"  failed: {name}" for name in checks["failed_names"])
    if checks["failed"]:
        parts.append("  what may fail, and how often, is said in c360_assets/governance/validation.yaml")
    parts.append(
        f"matches waiting for review: {summary['waiting_for_review']:,}; clusters held back: {summary['held_back']:,}"
    )
    parts.append(f"lineage events: {summary['lineage_events']:,}")
    for step, message in summary["stopped_steps"].items():
        parts.append(f"HELD BACK at {step}, and all that comes after it: {message}")
    for step, message in summary["failed_steps"].items():
        parts.append(f"FAILED {step}: {message}")
    ended = "done" if summary["success"] else "FAILED" if summary["failed_steps"] else "HELD BACK by checks"
    parts.append(
        f"{ended} in {summary['seconds']:.1f} s"
        f" (warehouse {summary['warehouse_seconds']:.1f} s), run {summary['run_id']}"
    )
    return Group(*parts)

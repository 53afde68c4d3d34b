"""A stage that dbt builds: one dbt invocation in this process for the whole stage."""

import copy
import functools
import json
import logging
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslatorSettings, dbt_assets

from c360_assets.activation import dbt_vars
from c360_assets.components.resources import WarehouseResource
from c360_assets.components.stage_facets import CHOSEN, survivorship
from c360_assets.components.stage_lineage import Made
from c360_assets.components.stage_run import STOPPED_BY_CHECK, WRITER_POOL, WRITER_TAGS, StageRun, stage_run
from c360_assets.components.translator import StageTranslator, asset_key
from c360_assets.contracts.results import Outcome, Severity
from c360_assets.dbt_project import invoke, manifest_path
from c360_assets.settings import Settings, load_settings
from c360_assets.stages import Stage
from lineage.naming import project_file
from lineage.record import from_select

logger = logging.getLogger("c360.dbt")

_CODE_ALONE = ["resource_type:seed", "resource_type:function", "config.materialized:view"]


def dbt_stage(stage: Stage) -> dg.AssetsDefinition:
    """The stage's dbt nodes as assets, its dbt tests as asset checks."""
    translator = StageTranslator(DagsterDbtTranslatorSettings(enable_asset_checks=True))

    @dbt_assets(
        manifest=manifest_path(load_settings()),
        select=f"tag:{stage}",
        name=f"{stage}_build",
        dagster_dbt_translator=translator,
        pool=WRITER_POOL,
        op_tags=WRITER_TAGS,
    )
    def build(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[WarehouseResource]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with stage_run(context, warehouse, stage) as this:
            keys = context.selected_asset_keys
            if not this.work.needed:
                yield from this.unchanged(_upstream_first(context), context.selected_asset_check_keys)
                return
            whole = keys == context.assets_def.keys
            yield from _build(this, context, whole)

    return build


def _upstream_first(context: dg.AssetExecutionContext) -> list[dg.AssetKey]:
    selected = context.selected_asset_keys
    graph = {
        spec.key: {dep.asset_key for dep in spec.deps} & selected
        for spec in context.assets_def.specs
        if spec.key in selected
    }
    return list(TopologicalSorter(graph).static_order())


def _build(this: StageRun, context: dg.AssetExecutionContext, whole: bool) -> Iterator[Any]:
    manifest = _manifest(this.settings)
    this.lineage.started(sorted(context.selected_asset_keys))
    selection = _selection(context, manifest, whole, this.stage)
    # Seeds, views and functions are code: they stand as they are until the stage's code changes.
    results = _run(this, manifest, selection, [] if this.work.full or not whole else _CODE_ALONE)
    failed = [r for r in results if r.status in ("error", "skipped") and r.node.resource_type != "test"]
    if failed and all(r.status == "skipped" for r in failed) and any(r.status == "fail" for r in results):
        yield from _check_results(results, context)
        raise dg.Failure(
            f"dbt: {len(failed)} node(s) of {this.stage} wait, because a test before them failed.",
            metadata={STOPPED_BY_CHECK: True},
        )
    if failed:
        names = ", ".join(r.node.name for r in failed[:5])
        first = next((r for r in failed if r.status == "error"), failed[0])
        raise dg.Failure(
            f"dbt: {len(failed)} node(s) of {this.stage} failed: {names}. First error: {_scrubbed(first.message)}",
            metadata={"failed": len(failed)},
        )
    metadata = this.table_metadata({(r.node.alias or r.node.name).lower() for r in results})
    built = {
        asset_key(r.node.schema, r.node.alias or r.node.name): r
        for r in results
        if r.node.resource_type in ("model", "seed")
    }
    built = {key: result for key, result in built.items() if key in context.selected_asset_keys}
    lineage = this.lineage.finished(_made(key, result, metadata) for key, result in built.items())
    told = {
        key: dg.MaterializeResult(
            asset_key=key,
            metadata={
                **metadata.get(key.path[-1], {}),
                "dagster/column_lineage": lineage[key],
                "seconds": round(result.execution_time, 3),
                "unique_id": result.node.unique_id,
            },
        )
        for key, result in built.items()
    }
    order, ran = _upstream_first(context), {r.node.name for r in results}
    left = this.unchanged(
        (key for key in order if whole and key not in told),
        (key for key in context.selected_asset_check_keys if whole and key.name not in ran),
    )
    checks = list(_check_results(results, context))
    this.lineage.checked(_outcomes(checks), "DBT", ".test")
    for result in left:
        if isinstance(result, dg.MaterializeResult):
            told[result.asset_key] = result
        else:
            checks.append(result)
    yield from (told[key] for key in order if key in told)
    yield from checks
    # A test of severity error keeps the mark where it is, so that the next run builds and tests again.
    if whole and not any(r.status in ("fail", "error") for r in results if r.node.resource_type == "test"):
        this.finish(changed=True)


def _made(key: dg.AssetKey, result: Any, metadata: dict[str, dict[str, Any]]) -> Made:
    select = getattr(result.node, "compiled_code", None)
    table = ".".join(part.upper() for part in key.path)
    chosen = key.path[0] == Stage.GOLDEN_PROFILE and key.path[-1] in CHOSEN
    return Made(
        key,
        facets=survivorship() if chosen else {},
        statements=[from_select(table, select)] if select else [],
        rows=metadata.get(key.path[-1], {}).get("dagster/row_count"),
        description=result.node.description,
        integration="DBT",
        inputs=(project_file(f"dbt/{result.node.original_file_path}"),) if result.node.resource_type == "seed" else (),
        query_id=result.adapter_response.get("query_id"),
    )


def _run(this: StageRun, manifest: Any, selection: str, without: list[str]) -> list[Any]:
    variables = {
        "run_id": this.run.run_id,
        "run_started_at": this.run.started_at_text,
        "processed_to": this.work.processed_to_text,
        **dbt_vars(),
    }
    arguments = ["build", "--select", selection, "--vars", json.dumps(variables)]
    arguments += ["--quiet", "--no-use-colors", "--no-write-json"]
    if without:
        arguments += ["--exclude", *without]
    if this.work.full:
        arguments.append("--full-refresh")
    done = 0

    def progress(event: Any) -> None:
        nonlocal done
        if event.info.name == "SQLQueryStatus":
            this.other_warehouse_seconds += event.data.elapsed
        elif event.info.name in ("LogModelResult", "LogSeedResult"):
            done += 1
            logger.info("%s: %s (%d)", this.stage, event.data.node_info.node_name, done)

    # dbt writes compiled code into the manifest, so each invocation gets a copy of the parsed one.
    outcome = invoke(this.settings, arguments, copy.deepcopy(manifest), [progress])
    return list(outcome.result.results)


@functools.cache
def _manifest(settings: Settings) -> Any:
    from dbt.constants import PARTIAL_PARSE_FILE_NAME
    from dbt.contracts.graph.manifest import Manifest

    # manifest.json lacks what only dbt needs, such as the tests' arguments.
    path = manifest_path(settings).with_name(PARTIAL_PARSE_FILE_NAME)
    return Manifest.from_msgpack(path.read_bytes())


def _selection(context: dg.AssetExecutionContext, manifest: Any, whole: bool, stage: Stage) -> str:
    if whole:
        return f"tag:{stage}"
    names = [
        node.name
        for node in manifest.nodes.values()
        if node.resource_type in ("model", "seed")
        and asset_key(node.schema, node.alias or node.name) in context.selected_asset_keys
    ]
    return " ".join(names)


def _check_results(results: list[Any], context: dg.AssetExecutionContext) -> Iterator[dg.AssetCheckResult]:
    wanted = {key.name: key for key in context.selected_asset_check_keys}
    for result in results:
        key = wanted.get(result.node.name)
        if result.node.resource_type == "test" and result.status != "skipped" and key:
            yield dg.AssetCheckResult(
                passed=result.status == "pass",
                asset_key=key.asset_key,
                check_name=key.name,
                severity=dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR,
                metadata={"failures": result.failures or 0, "seconds": round(result.execution_time, 3)},
            )


def _outcomes(checks: list[dg.AssetCheckResult]) -> dict[dg.AssetKey, list[Outcome]]:
    """The tests' results by the table that they are about, as lineage events tell them."""
    outcomes: dict[dg.AssetKey, list[Outcome]] = {}
    for check in checks:
        severity = Severity.WARN if check.severity == dg.AssetCheckSeverity.WARN else Severity.ERROR
        failures = int(check.metadata["failures"].value)
        found = Outcome("", str(check.check_name), failures, severity, check.passed)
        outcomes.setdefault(check.asset_key, []).append(found)
    return outcomes


def _scrubbed(message: str | None) -> str:
    # The first lines name the node and the error; later ones may show SQL or values.
    return " ".join((message or "no message").split("\n")[:3])[:400]

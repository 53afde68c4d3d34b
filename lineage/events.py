"""OpenLineage events of asset runs, as plain data ready for the outbox."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import set_producer

from lineage import facets
from lineage.naming import JobName, run_id
from lineage.record import AssetRun, Check, Output, timestamp
from lineage.serialise import to_dict

PRODUCER = "https://github.com/customer-360/customer-360"
# Facets are ours too, though the client's classes write them.
set_producer(PRODUCER)


def start_event(run: AssetRun) -> dict[str, Any]:
    """The run began; written ahead of its data, so it names what is about to be written."""
    return _event(run, RunState.START, timestamp(run.started_at), [], [_bare(run, output) for output in run.outputs])


def complete_event(run: AssetRun) -> dict[str, Any]:
    """The run's data are there: what was read, what was written, and how each column came about."""
    return _event(run, RunState.COMPLETE, _finished(run), _inputs(run), [_output(run, o) for o in run.outputs])


def running_event(run: AssetRun) -> dict[str, Any]:
    """Part of the run's data are there, and more follows: what COMPLETE would say if the run ended here."""
    return _event(run, RunState.RUNNING, _finished(run), _inputs(run), [_output(run, o) for o in run.outputs])


def fail_event(run: AssetRun) -> dict[str, Any]:
    """The run failed; its outputs are named without content, for they may be as they were before."""
    outputs = [_bare(run, output) for output in run.outputs]
    return _event(run, RunState.FAIL, _finished(run), _inputs(run), outputs)


def abort_event(start: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The end of a run of which only the START is known, because its process was killed."""
    return copy.deepcopy(start) | {"eventType": RunState.ABORT.value, "eventTime": timestamp(at)}


def completed_event(running: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The end of a run that was killed after part of its data: they are there, and nothing else is."""
    return copy.deepcopy(running) | {"eventType": RunState.COMPLETE.value, "eventTime": timestamp(at)}


def events_for_asset(run: AssetRun) -> list[dict[str, Any]]:
    """START, then COMPLETE, or FAIL where there is an error, of an asset's run that is over."""
    return [start_event(run), fail_event(run) if run.error is not None else complete_event(run)]


def events_for_checks(
    run: AssetRun, table: str, checks: Iterable[Check], integration: str = "PANDERA", suffix: str = ".contract"
) -> list[dict[str, Any]]:
    """START and COMPLETE of a run of checks over one table (SCHEMA.TABLE), with their results."""
    outcomes = list(checks)
    job = JobName.of_asset(run.asset_key, suffix)
    name = run.warehouse.dataset(table)
    dataset = InputDataset(
        namespace=name.namespace,
        name=name.name,
        facets={"schema": facets.schema(run.schema.types(name.name))},
        inputFacets={"dataQualityAssertions": facets.assertions(outcomes)},
    )
    shared: dict[str, Any] = {"job": job, "job_facets": {"jobType": facets.job_type(integration, "TEST")}}
    tested = {"test": facets.tests(outcomes)}
    return [
        _event(run, RunState.START, timestamp(run.started_at), [], [], **shared),
        _event(run, RunState.COMPLETE, _finished(run), [dataset], [], run_facets=tested, **shared),
    ]


def _finished(run: AssetRun) -> str:
    return timestamp(run.finished_at or run.started_at)


def _event(
    run: AssetRun,
    state: RunState,
    time: str,
    inputs: list[InputDataset],
    outputs: list[OutputDataset],
    job: JobName | None = None,
    job_facets: dict[str, Any] | None = None,
    run_facets: dict[str, Any] | None = None,
) -> dict[str, Any]:
    about_run = {
        "parent": facets.parent(run.orchestrator_run, run.parent_job),
        "processing_engine": facets.processing_engine(run.engine_version),
        **(run_facets or {}),
    }
    if run.query_id and state is not RunState.START:
        about_run["externalQuery"] = facets.external_query(run.query_id, run.warehouse.namespace)
    if run.error is not None and state is RunState.FAIL:
        about_run["errorMessage"] = facets.error(run.error)
    if run.checks and state is not RunState.START and not run_facets:
        about_run["test"] = facets.tests(run.checks)
    if state is not RunState.START and job is None:
        about_run |= run.facets
    this = job or run.job
    event = RunEvent(
        eventTime=time,
        producer=PRODUCER,
        eventType=state,
        run=Run(runId=run_id(run.orchestrator_run, this), facets=about_run),
        job=Job(namespace=this.namespace, name=this.name, facets=job_facets or _about_job(run)),
        inputs=inputs,
        outputs=outputs,
    )
    return to_dict(event)


def _about_job(run: AssetRun) -> dict[str, Any]:
    about: dict[str, Any] = {"jobType": facets.job_type(run.integration, run.kind)}
    query = facets.query(run.statements)
    if query is not None:
        about["sql"] = query
    return about


def _inputs(run: AssetRun) -> list[InputDataset]:
    tables = [
        InputDataset(
            namespace=run.warehouse.namespace,
            name=table,
            facets={"schema": facets.schema(run.schema.types(table))},
        )
        for table in run.input_tables
    ]
    return [*tables, *(InputDataset(namespace=name.namespace, name=name.name) for name in run.inputs)]


def _output(run: AssetRun, output: Output) -> OutputDataset:
    name = run.warehouse.dataset(output.table)
    about: dict[str, Any] = {
        "schema": facets.schema(run.schema.types(name.name)),
        "version": facets.dataset_version(run.orchestrator_run),
        **output.facets,
    }
    lineage = run.lineage.get(name.name)
    if lineage is not None and lineage.fields:
        about["columnLineage"] = facets.column_lineage(lineage, run.warehouse, run.inputs)
    if output.description:
        about["documentation"] = facets.documentation(output.description)
    if output.owners:
        about["ownership"] = facets.ownership(output.owners)
    if output.tags:
        about["tags"] = facets.tags(output.tags)
    statistics: dict[str, Any] = {} if output.rows is None else {"outputStatistics": facets.statistics(output.rows)}
    return OutputDataset(namespace=name.namespace, name=name.name, facets=about, outputFacets=statistics)


def _bare(run: AssetRun, output: Output) -> OutputDataset:
    name = run.warehouse.dataset(output.table)
    return OutputDataset(namespace=name.namespace, name=name.name)

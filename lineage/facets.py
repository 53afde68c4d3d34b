"""Facets from what a run knows, made with the OpenLineage client's own classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from openlineage.client.facet_v2 import (
    column_lineage_dataset,
    data_quality_assertions_dataset,
    dataset_version_dataset,
    documentation_dataset,
    error_message_run,
    external_query_run,
    job_type_job,
    output_statistics_output_dataset,
    ownership_dataset,
    parent_run,
    processing_engine_run,
    schema_dataset,
    sql_job,
    tags_dataset,
    test_run,
)

from lineage.columns import TableLineage, Transformation
from lineage.columns.edges import Edges
from lineage.naming import DatasetName, JobName, Warehouse, parent_run_id
from lineage.scrub import error_text, sql_shape

SQL_LIMIT = 20_000
"""Characters; longer SQL is left out rather than cut."""


def schema(columns: Mapping[str, str]) -> schema_dataset.SchemaDatasetFacet:
    """Columns in order with the warehouse's types."""
    fields = [
        schema_dataset.SchemaDatasetFacetFields(name=name, type=data_type, ordinal_position=i)
        for i, (name, data_type) in enumerate(columns.items(), 1)
    ]
    return schema_dataset.SchemaDatasetFacet(fields=fields)


def column_lineage(
    lineage: TableLineage, warehouse: Warehouse, files: Sequence[DatasetName] = ()
) -> column_lineage_dataset.ColumnLineageDatasetFacet:
    """Every column's sources, and the columns that decide which rows there are.

    A stage is a way, not a place: what came through one came from `files`.
    """
    fields = {
        column: column_lineage_dataset.Fields(inputFields=_inputs(edges, warehouse, files))
        for column, edges in lineage.fields.items()
    }
    dataset = _inputs(lineage.dataset, warehouse, files)
    return column_lineage_dataset.ColumnLineageDatasetFacet(fields=fields, dataset=dataset)


def _inputs(
    edges: Edges, warehouse: Warehouse, files: Sequence[DatasetName]
) -> list[column_lineage_dataset.InputField]:
    return [
        column_lineage_dataset.InputField(
            namespace=dataset.namespace,
            name=dataset.name,
            field=source.column,
            transformations=[_transformation(kind) for kind in sorted(kinds)],
        )
        for source, kinds in sorted(edges.items(), key=lambda item: item[0])
        for dataset in (files if source.table.startswith("@") else (warehouse.dataset(source.table),))
    ]


def _transformation(kind: Transformation) -> column_lineage_dataset.Transformation:
    return column_lineage_dataset.Transformation(type=kind.type, subtype=kind.subtype, masking=kind.masking)


def job_type(integration: str, kind: str) -> job_type_job.JobTypeJobFacet:
    """Batch work of an integration: DBT/MODEL, SNOWFLAKE/QUERY, PANDERA/TEST …"""
    return job_type_job.JobTypeJobFacet(processingType="BATCH", integration=integration, jobType=kind)


@cache
def _client_version() -> str:
    return version("openlineage-python")


def processing_engine(engine_version: str) -> processing_engine_run.ProcessingEngineRunFacet:
    """Snowflake, or the engine that stands for it."""
    return processing_engine_run.ProcessingEngineRunFacet(
        version=engine_version, name="Snowflake", openlineageAdapterVersion=_client_version()
    )


def parent(orchestrator_run: str, job: JobName) -> parent_run.ParentRunFacet:
    """The orchestrator's run that this run is a part of, which is also the root."""
    run = parent_run_id(orchestrator_run)
    return parent_run.ParentRunFacet(
        run=parent_run.Run(runId=run),
        job=parent_run.Job(namespace=job.namespace, name=job.name),
        root=parent_run.Root(
            run=parent_run.RootRun(runId=run), job=parent_run.RootJob(namespace=job.namespace, name=job.name)
        ),
    )


def error(problem: BaseException | str) -> error_message_run.ErrorMessageRunFacet:
    """What went wrong, without values and without a stack trace, which may hold them."""
    return error_message_run.ErrorMessageRunFacet(message=error_text(problem), programmingLanguage="PYTHON")


def query(statements: Sequence[str]) -> sql_job.SQLJobFacet | None:
    """The statements without their literals; None where there is nothing, or too much, to say."""
    text = ";\n".join(sql_shape(sql) for sql in statements)
    return sql_job.SQLJobFacet(query=text, dialect="snowflake") if 0 < len(text) <= SQL_LIMIT else None


def dataset_version(orchestrator_run: str) -> dataset_version_dataset.DatasetVersionDatasetFacet:
    """A dataset's version is the orchestrator's run that wrote it."""
    return dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=parent_run_id(orchestrator_run))


def statistics(rows: int | None) -> output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet:
    """How many rows the output has."""
    return output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=rows)


def documentation(text: str) -> documentation_dataset.DocumentationDatasetFacet:
    """What the dataset is."""
    return documentation_dataset.DocumentationDatasetFacet(description=text, contentType="text/markdown")


def ownership(owners: Iterable[str]) -> ownership_dataset.OwnershipDatasetFacet:
    """Who answers for the dataset: team:… or user:…"""
    return ownership_dataset.OwnershipDatasetFacet(
        owners=[ownership_dataset.Owner(name=owner, type="OWNER") for owner in owners]
    )


def tags(values: Mapping[str, str]) -> tags_dataset.TagsDatasetFacet:
    """Tags of the dataset."""
    return tags_dataset.TagsDatasetFacet(
        tags=[tags_dataset.TagsDatasetFacetFields(key=k, value=v, source="C360") for k, v in sorted(values.items())]
    )


def external_query(query_id: str, source: str) -> external_query_run.ExternalQueryRunFacet:
    """The warehouse's own id of the statement that wrote the output."""
    return external_query_run.ExternalQueryRunFacet(externalQueryId=query_id, source=source)


def assertions(checks: Iterable[Any]) -> data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet:
    """Check results about a dataset: rule, column, severity and count; no values."""
    return data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
        assertions=[
            data_quality_assertions_dataset.Assertion(
                assertion=check.rule,
                success=check.passed,
                column=check.column or None,
                severity=check.severity,
                name=f"{check.column}.{check.rule}" if check.column else check.rule,
                actual=str(check.count),
            )
            for check in checks
        ]
    )


def tests(checks: Iterable[Any]) -> test_run.TestRunFacet:
    """The same results as tests of the run."""
    return test_run.TestRunFacet(
        tests=[
            test_run.TestExecution(
                name=f"{check.column}.{check.rule}" if check.column else check.rule,
                status="pass" if check.passed else "fail",
                severity=check.severity,
                type=check.rule,
                actual=str(check.count),
            )
            for check in checks
        ]
    )

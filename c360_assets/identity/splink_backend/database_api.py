"""Splink's database API over the project's warehouse connection."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc
from splink.internals.database_api import DatabaseAPI
from splink.internals.misc import to_pyarrow_if_list_tuple_or_dict
from splink.internals.pipeline import CTEPipeline

from c360_assets.identity.splink_backend.dataframe import SnowflakeDataFrame, SummaryDataFrame, arrow_table
from c360_assets.identity.splink_backend.dialect import SnowflakeDialect
from c360_assets.identity.splink_backend.functions import StepFunctions
from c360_assets.identity.splink_backend.identifiers import spellings, to_snowflake
from c360_assets.identity.splink_backend.rewriting import rewrite
from c360_assets.identity.splink_backend.values import rows_sql
from c360_assets.warehouse import Warehouse

MAX_REGISTERED_ROWS = 10_000

# Results that are counts and parameters, never customers: a few rows that Splink reads at once. They are fetched
# by the statement that computes them instead of becoming tables, and what EM does with them is done here. Where a
# statement costs a tenth of a second, that is a minute less per training.
SUMMARIES = frozenset(
    {
        "__splink__agreement_pattern_counts",
        "__splink__m_u_counts",
        "__splink__df_concat_count",
        "__splink__df_count",
        "__splink__em_probe_count",
        "__splink__em_blocked_pair_count",
    }
)
LEAST_COUNT = 1e-12
_PARAMETERS = "__splink__aggregated_m_u_counts"


class SnowflakeAPI(DatabaseAPI[Any]):
    """Runs Splink in Snowflake.

    Every table that Splink makes is a transient table of the schema, its name starts with the prefix, and
    `drop_tables` removes what is left. All statements go through the Warehouse, which keeps them for lineage.
    """

    sql_dialect = SnowflakeDialect()

    def __init__(self, warehouse: Warehouse, schema: str, prefix: str = "SPLINK__") -> None:
        super().__init__()
        self.warehouse = warehouse
        self.schema = schema
        self.prefix = prefix
        self._summaries = 0
        self._functions = StepFunctions(warehouse, schema)
        # How Splink spells the names that Snowflake folds.
        self.spelled: dict[str, str] = {}

    def qualified(self, name: str) -> str:
        """SCHEMA.PREFIX_NAME of a table that Splink names; a name that has a schema is left alone."""
        if "." in name:
            return name
        return f"{self.schema}.{self.prefix}{name.removeprefix('__splink__')}".upper()

    def sql_pipeline_to_splink_dataframe(self, pipeline: CTEPipeline) -> Any:
        """Run a pipeline: in the warehouse, unless all it reads are summaries that are here already."""
        output = pipeline.output_table_name
        if pipeline.input_dataframes and all(isinstance(df, SummaryDataFrame) for df in pipeline.input_dataframes):
            return self._keep(output, self.duckdb_con.sql(pipeline.generate_cte_pipeline_sql()).to_arrow_table())
        if output in SUMMARIES and not self.debug_mode:
            cursor = self._log_and_run_sql_execution(pipeline.generate_cte_pipeline_sql(), output, output)
            return self._keep(output, arrow_table(cursor))
        return super().sql_pipeline_to_splink_dataframe(pipeline)

    def _keep(self, templated_name: str, rows: Any) -> SummaryDataFrame:
        """Hold a summary; a level that no true pair reached has a tiny count, since Splink refuses an m of zero."""
        if "m_count" in rows.column_names:
            at = rows.column_names.index("m_count")
            rows = rows.set_column(at, "m_count", pc.max_element_wise(rows["m_count"], LEAST_COUNT, skip_nulls=False))
        self._summaries += 1
        name = f"summary_{self._summaries}"
        self.duckdb_con.register(name, rows)
        frame = SummaryDataFrame(templated_name, name, self)
        frame.created_by_splink = True
        return frame

    def register(self, table: Any, *, dataset_display_name: str | None = None, table_name: str | None = None) -> Any:
        """Register a table by its name, or small data by value; Splink's own parameters stay here."""
        if table_name and table_name.startswith(_PARAMETERS):
            return self._keep(table_name, to_pyarrow_if_list_tuple_or_dict(table))
        return super().register(table, dataset_display_name=dataset_display_name, table_name=table_name)

    def _execute_sql_against_backend(self, final_sql: str) -> Any:
        self.spelled.update(spellings(final_sql))
        return self.warehouse.execute(to_snowflake(rewrite(final_sql, self._functions)))

    def _setup_for_execute_sql(self, sql: str, physical_name: str) -> str:
        return f"create or replace transient table {self.qualified(physical_name)} as\n{sql}"

    def delete_table_from_database(self, name: str) -> None:
        """Drop one of Splink's tables."""
        self._execute_sql_against_backend(f"drop table if exists {self.qualified(name)}")

    def drop_tables(self) -> None:
        """Drop every table that Splink made through this API."""
        self.delete_tables_created_by_splink_from_db()

    def _table_registration(self, input: Any, table_name: str) -> None:
        """Register a small table by value: parameters, counts, labels; customers are in the warehouse already.

        Raises:
            ValueError: more rows than fit one statement.
        """
        table = to_pyarrow_if_list_tuple_or_dict(input)
        rows = table.to_pylist() if hasattr(table, "to_pylist") else table.to_dict("records")
        names = list(table.column_names if hasattr(table, "column_names") else table.columns)
        if not rows or len(rows) > MAX_REGISTERED_ROWS:
            raise ValueError(
                f"Table {table_name!r} has {len(rows)} rows; by value between 1 and {MAX_REGISTERED_ROWS} can be "
                "registered. Load it into the warehouse and register it by name."
            )
        self._execute_sql_against_backend(
            f"create or replace transient table {self.qualified(table_name)} as\n"
            + rows_sql(names, [[row[name] for name in names] for row in rows])
        )
        self._created_tables.add(table_name)

    def table_to_splink_dataframe(self, templated_name: str, physical_name: str) -> SnowflakeDataFrame:
        """A handle on a table."""
        return SnowflakeDataFrame(templated_name, self.qualified(physical_name), self)

    def table_exists_in_database(self, table_name: str) -> bool:
        """Whether the table exists."""
        schema, name = self.qualified(table_name).split(".")
        found = self.warehouse.scalar(
            "select count(*) from information_schema.tables where table_schema = %s and table_name = %s",
            [schema, name],
        )
        return bool(found)

"""Exact column lineage, taken with sqlglot from the SQL that ran and the warehouse's own schema."""

from lineage.columns.edges import Source, TableLineage, Transformation
from lineage.columns.run import RunLineage, lineage_of
from lineage.columns.schema import Schema

__all__ = ["RunLineage", "Schema", "Source", "TableLineage", "Transformation", "lineage_of"]

"""Where events go: a JSON-lines file, Snowflake's lineage graph, or whatever OpenLineage's configuration names."""

from lineage.transports.base import Transport
from lineage.transports.external_lineage import ExternalLineage
from lineage.transports.json_lines import JsonLines
from lineage.transports.openlineage import configured

__all__ = ["ExternalLineage", "JsonLines", "Transport", "configured"]

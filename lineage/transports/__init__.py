"""Where events go: a JSON-lines file, or whatever OpenLineage's own configuration names."""

from lineage.transports.base import Transport
from lineage.transports.json_lines import JsonLines
from lineage.transports.openlineage import configured

__all__ = ["JsonLines", "Transport", "configured"]

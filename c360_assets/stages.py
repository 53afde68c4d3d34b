"""The five stages in flow order.

One word each: it is the asset key prefix, the asset group, the warehouse schema and the folder.
"""

from enum import StrEnum


class Stage(StrEnum):
    """A stage of the flow. An arrow never points left."""

    SOURCE_SNAPSHOT = "source_snapshot"
    NORMALIZED_RECORD = "normalized_record"
    MATCH_CLUSTER = "match_cluster"
    GOLDEN_PROFILE = "golden_profile"
    ACTIVATION_FEED = "activation_feed"

    @property
    def schema(self) -> str:
        """The warehouse schema that holds this stage's tables."""
        return self.value.upper()


LINEAGE_SCHEMA = "LINEAGE"
"""Holds the OpenLineage outbox and what else speaks about all stages."""

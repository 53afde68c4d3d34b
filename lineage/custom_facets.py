"""Facets that OpenLineage has no words for; their schemas are in lineage/schemas/."""

from __future__ import annotations

import attr
from openlineage.client.facet_v2 import DatasetFacet, RunFacet

SCHEMAS = "https://raw.githubusercontent.com/customer-360/customer-360/main/lineage/schemas"


def _schema_url(name: str) -> str:
    return f"{SCHEMAS}/{name}.json#/$defs/{name}"


@attr.define
class MatchRulesRunFacet(RunFacet):
    """By which models, thresholds and rules records were called one customer."""

    models: list[dict[str, str]]
    thresholds: list[dict[str, str | float]]
    rules: list[dict[str, str]]
    maxClusterSize: int | None = None

    @staticmethod
    def _get_schema() -> str:
        return _schema_url("MatchRulesRunFacet")


@attr.define
class SurvivorshipDatasetFacet(DatasetFacet):
    """By which rule, and from which sources in order of rank, each field's value is chosen."""

    ruleSet: str
    fields: list[dict[str, str | list[str]]]

    @staticmethod
    def _get_schema() -> str:
        return _schema_url("SurvivorshipDatasetFacet")


@attr.define
class ProvenanceLedgerRunFacet(RunFacet):
    """Where the provenance stands that the run recorded value by value; the event itself names no record."""

    table: str
    batch: str
    versions: int

    @staticmethod
    def _get_schema() -> str:
        return _schema_url("ProvenanceLedgerRunFacet")


@attr.define
class ConsentGateRunFacet(RunFacet):
    """What a delivery was allowed by, and how many profiles it held back and why."""

    destination: str
    purpose: str
    legalBasis: str
    heldBack: list[dict[str, str | int]]
    channel: str | None = None
    regions: list[str] = attr.field(factory=list)

    @staticmethod
    def _get_schema() -> str:
        return _schema_url("ConsentGateRunFacet")


KEYS = {
    MatchRulesRunFacet: "c360_matchRules",
    SurvivorshipDatasetFacet: "c360_survivorship",
    ProvenanceLedgerRunFacet: "c360_provenanceLedger",
    ConsentGateRunFacet: "c360_consentGate",
}


def keyed(*facets: RunFacet | DatasetFacet) -> dict[str, RunFacet | DatasetFacet]:
    """Facets under the keys by which events name them."""
    return {KEYS[type(facet)]: facet for facet in facets}

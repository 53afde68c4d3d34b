"""What the stages say of themselves in lineage events: match rules, survivorship."""

from __future__ import annotations

import csv
import functools
import hashlib
from typing import TYPE_CHECKING, Any

from c360_assets.dbt_project import DBT_DIR
from lineage.custom_facets import MatchRulesRunFacet, SurvivorshipDatasetFacet, keyed

if TYPE_CHECKING:
    from c360_assets.identity.result import MatchResult
    from c360_assets.identity.settings import MatchSettings

_OWNERSHIP = DBT_DIR / "seeds" / "golden_profile" / "field_ownership.csv"
# The tables whose values are chosen by it.
CHOSEN = ("person", "organization", "profile_field")


def match_rules(result: MatchResult, settings: MatchSettings) -> dict[str, Any]:
    """By what this run called records one customer."""
    found = {kind: numbers for kind, numbers in sorted(result.kinds.items()) if numbers.model_version}
    return keyed(
        MatchRulesRunFacet(
            models=[{"entityKind": kind, "version": numbers.model_version} for kind, numbers in found.items()],
            thresholds=[
                {"entityKind": kind, "match": numbers.threshold, "basis": numbers.threshold_basis}
                for kind, numbers in found.items()
            ],
            rules=[{"name": name, "decision": decision} for name, decision in sorted(settings.rules.items())],
            maxClusterSize=settings.max_cluster_size,
        )
    )


@functools.cache
def survivorship() -> dict[str, Any]:
    """By what the golden values are chosen: the seed as it is in this code."""
    content = _OWNERSHIP.read_bytes()
    fields: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(csv.DictReader(content.decode().splitlines()), key=lambda row: int(row["rank"])):
        key = (row["entity_kind"], row["field"])
        known = fields.setdefault(key, {"entityKind": key[0], "field": key[1], "rule": row["rule"], "sources": []})
        known["sources"].append(row["source_system"])
    rule_set = hashlib.sha256(content).hexdigest()
    return keyed(SurvivorshipDatasetFacet(ruleSet=rule_set, fields=[fields[key] for key in sorted(fields)]))

"""Train a kind's model in the warehouse, or find the one that was trained before."""

from __future__ import annotations

import copy
import hashlib
import json
import logging
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from splink import Linker

from c360_assets.identity.block_rules import pair_budget, propose_rules
from c360_assets.identity.blocking import find_pairs
from c360_assets.identity.contradictions import DOUBTS, FROM_NAMES, REASONS
from c360_assets.identity.expectation import Learned, learn, posterior
from c360_assets.identity.findings import column_findings
from c360_assets.identity.model_checks import Finding, check_alone, check_model
from c360_assets.identity.models import EntityModel
from c360_assets.identity.patterns import Patterns, count_patterns, sample_random_pairs
from c360_assets.identity.reachable import without_unreachable
from c360_assets.identity.settings import FIXED, MatchSettings, Thresholds
from c360_assets.identity.term_frequency import store_term_frequencies
from c360_assets.identity.threshold import Choice, choose, fixed
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

# Splink tells every step and warns about every level it has not seen; the declared weights stand in for those.
_SPLINK_LOG_LEVEL = logging.ERROR

# A few pairs must not make a level certain: no weight rests on less than one in five hundred true pairs.
LEAST_M, LEAST_U = 0.002, 1e-8


# How many times the records that a model was trained on are too many for it.
OUTGROWN = 2

# Contradictions that speak against one match in five are no exceptions.
MOST_EXCEPTIONS, LEAST_EXCEPTIONS = 0.2, 20


@dataclass(frozen=True)
class TrainedModel:
    """A model: Splink's settings with their weights, blocking rules, and the contradictions that do not count."""

    kind: str
    version: str
    settings: dict[str, Any]
    blocking: dict[str, tuple[str, ...]]
    suspended: tuple[str, ...] = ()
    chosen: Choice = field(default_factory=lambda: fixed("nothing was trained"))
    findings: tuple[Finding, ...] = ()
    records: int = 0

    def is_outgrown(self, records: int) -> bool:
        """Whether there are so many more records that a chance agreement is another thing than it was in training.

        With twice the records every record meets twice the strangers, which is one bit of evidence.
        """
        return records > OUTGROWN * max(self.records, 1)

    def thresholds(self, settings: MatchSettings) -> Thresholds:
        """Those that a person set; else those that the data suggest."""
        return settings.given_thresholds(self.kind) or self.chosen.thresholds

    def choice(self, settings: MatchSettings) -> Choice:
        """The thresholds in force, and why."""
        given = settings.given_thresholds(self.kind)
        return Choice(given.match, given.review, "settings", "a person set it") if given else self.chosen


@dataclass(frozen=True)
class Estimate:
    """What the records teach: Splink's settings, blocking rules, suspended contradictions, threshold, findings."""

    weights: dict[str, Any]
    rules: dict[str, tuple[str, ...]]
    suspended: tuple[str, ...]
    chosen: Choice
    findings: tuple[Finding, ...] = ()


def declared_settings(model: EntityModel, records: int, dialect: str = "snowflake") -> dict[str, Any]:
    """Splink's settings with the declared weights."""
    return model.settings(records).create_settings_dict(dialect)


def with_fallback(trained: dict[str, Any], declared: dict[str, Any]) -> dict[str, Any]:
    """Where a level was not seen, take its declared weights; keep all within bounds.

    A comparison that is not among the trained ones, such as one whose column is null in every record, is declared,
    and so kept.
    """
    known = {comparison["output_column_name"]: comparison for comparison in trained["comparisons"]}
    trained["comparisons"] = [
        known.get(comparison["output_column_name"], copy.deepcopy(comparison)) for comparison in declared["comparisons"]
    ]
    for comparison, before in zip(trained["comparisons"], declared["comparisons"], strict=True):
        for level, given in zip(comparison["comparison_levels"], before["comparison_levels"], strict=True):
            if level.get("is_null_level"):
                continue
            level["m_probability"] = _rounded(max(level.get("m_probability", given["m_probability"]), LEAST_M))
            level["u_probability"] = _rounded(max(level.get("u_probability", given["u_probability"]), LEAST_U))
    trained.pop("linker_uid", None)
    return trained


def _rounded(weight: float) -> float:
    """Nine digits: sums over threads differ in the last bit, and the same records must give the same model."""
    return float(f"{weight:.9g}")


def estimate(warehouse: Warehouse, model: EntityModel, settings: MatchSettings, records: int) -> Estimate:
    """Train on the records of the kind's comparison table, or declare where they are too few."""
    empty, columns = column_findings(warehouse, model, records)
    declared = without_unreachable(declared_settings(model, records), empty)
    declared["probability_two_random_records_match"] = min(1 / max(records, 2), 0.3)
    if records < settings.train_records:
        few = f"{records} records are fewer than the {settings.train_records} that training needs"
        told = Finding("model", few, "the declared weights are used")
        weights = with_fallback(copy.deepcopy(declared), declared)
        return Estimate(weights, dict(model.blocking), (), fixed(few), (*columns, told))
    rules = propose_rules(warehouse, model, settings, records)
    blocked, share = _training_pairs(warehouse, model.with_blocking(rules), settings, records)
    random = sample_random_pairs(warehouse, model, records, settings.sample_pairs)
    reasons = {**REASONS[model.kind], **DOUBTS[model.kind]}
    found = count_patterns(warehouse, model, declared, blocked, list(reasons.values()))
    learned = learn(declared, found, share, count_patterns(warehouse, model, declared, random), records)
    learned, findings = check_alone(declared, learned, records) or check_model(
        declared, learned, records, settings.max_cluster_size, model.attributes
    )
    trained = copy.deepcopy(declared)
    trained["probability_two_random_records_match"] = _rounded(learned.prior)
    for comparison, m, u in zip(trained["comparisons"], learned.m, learned.u, strict=True):
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        for level, one_m, one_u in zip(levels, m, u, strict=True):
            level["m_probability"], level["u_probability"] = float(one_m), float(one_u)
    chosen = choose(found, learned)
    against = _suspended(list(reasons), found, learned, (settings.given_thresholds(model.kind) or FIXED).match)
    return Estimate(with_fallback(trained, declared), rules, against, chosen, (*columns, *findings))


def _suspended(reasons: list[str], found: Patterns, learned: Learned, threshold: float) -> tuple[str, ...]:
    """The contradictions that are read from names, where they speak against more matches than exceptions do.

    They know how names are given in general. Where all other evidence calls pairs matches and they speak against many
    of them, they describe how this file writes names (sites of one agency, aliases) and not its errors.
    """
    matches = np.where(posterior(found, learned) >= threshold, found.counts, 0.0)
    read = np.array([name in FROM_NAMES for name in reasons])
    against = float((matches * found.flags[:, read].any(axis=1)).sum())
    if against < LEAST_EXCEPTIONS or against <= MOST_EXCEPTIONS * matches.sum():
        return ()
    return tuple(name for name in reasons if name in FROM_NAMES)


def _training_pairs(
    warehouse: Warehouse, model: EntityModel, settings: MatchSettings, records: int
) -> tuple[str, float]:
    """The blocked pairs of so many records as give enough of them, and the share of all blocked pairs they are."""
    share = min(1.0, settings.train_pairs / pair_budget(settings, records))
    drawn = max(1, round(records * share))
    warehouse.execute(f"""
create or replace transient table {model.record_table}__CHANGED as
select record_no, record_key from {model.record_table}
qualify row_number() over (order by md5('training' || record_key), record_no) <= {drawn}
""")
    found = find_pairs(warehouse, model, settings, drawn == records)
    return found, 1 - (1 - drawn / records) ** 2


def make_linker(api: Any, records: str, settings: Any) -> Linker:
    """A linker over a kind's comparison table, or a part of it."""
    return Linker(api.register(records), settings, log_level=_SPLINK_LOG_LEVEL)


def train(
    warehouse: Warehouse,
    model: EntityModel,
    settings: MatchSettings,
    run: Run,
    records: int,
) -> TrainedModel:
    """Train and store the model with the frequency of each term."""
    found = estimate(warehouse, model, settings, records)
    weights = found.weights
    stored = {
        "splink": weights, "blocking": found.rules, "suspended": found.suspended,
        "threshold": found.chosen.as_dict(), "findings": [asdict(finding) for finding in found.findings],
    }  # fmt: skip
    text = json.dumps(stored, sort_keys=True)
    version = f"{model.kind}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    store_term_frequencies(warehouse, model, version, weights, records)
    warehouse.execute(
        "delete from MATCH_CLUSTER.MATCH_MODEL where entity_kind = %s and model_version = %s",
        [model.kind, version],
    )
    warehouse.execute(
        "insert into MATCH_CLUSTER.MATCH_MODEL (entity_kind, model_version, settings, trained_on, records, created_at) "
        "select %s, %s, parse_json(%s), %s, %s, %s::timestamp_ntz",
        [model.kind, version, text, f"NORMALIZED_RECORD.{model.kind.upper()}", records, run.started_at_text],
    )
    return TrainedModel(
        model.kind, version, weights, found.rules, found.suspended, found.chosen, found.findings, records
    )


def load_model(warehouse: Warehouse, kind: str) -> TrainedModel | None:
    """The model in force, None where none was trained yet."""
    rows = warehouse.rows(
        "select model_version, to_json(settings), records from MATCH_CLUSTER.MATCH_MODEL where entity_kind = %s "
        "order by created_at desc, model_version limit 1",
        [kind],
    )
    stored = json.loads(rows[0][1]) if rows else {}
    # A model of an earlier release has no threshold of its own; it is trained anew.
    if "threshold" not in stored:
        return None
    rules = {name: tuple(keys) for name, keys in stored["blocking"].items()}
    findings = tuple(Finding(**finding) for finding in stored["findings"])
    chosen, against = Choice(**stored["threshold"]), tuple(stored["suspended"])
    return TrainedModel(kind, rows[0][0], stored["splink"], rules, against, chosen, findings, int(rows[0][2]))

"""The stage as one call, and its steps as functions of their own."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from c360_assets.identity.blocking import block_pairs, remember_oversized
from c360_assets.identity.clusters import cluster_edges
from c360_assets.identity.contradictions import DOUBTS, REASONS
from c360_assets.identity.findings import write_findings
from c360_assets.identity.model_checks import Finding
from c360_assets.identity.models import MODELS, EntityModel
from c360_assets.identity.profile_ids import assign_profiles
from c360_assets.identity.records import mark_changed, prepare_records, remember_compared
from c360_assets.identity.relations import lift_relations
from c360_assets.identity.result import KindResult, MatchResult
from c360_assets.identity.review import queue_reviews
from c360_assets.identity.rules import RULES, write_rule_edges
from c360_assets.identity.scoring import delete_edges, score_pairs, write_edges
from c360_assets.identity.settings import MatchSettings, load_match_settings
from c360_assets.identity.splink_backend import SnowflakeAPI
from c360_assets.identity.stewardship.heed import weigh_decisions, write_steward_edges
from c360_assets.identity.tables import STEP_SCHEMA, create_tables, step_schema
from c360_assets.identity.touched import create_touched, is_settled, reach, touch
from c360_assets.identity.training import TrainedModel, load_model, train
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

logger = logging.getLogger("c360.identity")


@contextmanager
def _timed(result: MatchResult, phase: str) -> Iterator[None]:
    logger.info("match_cluster: %s", phase.replace("_", " "))
    started = time.perf_counter()
    yield
    result.seconds[phase] = result.seconds.get(phase, 0.0) + time.perf_counter() - started


@dataclass(frozen=True)
class Compared:
    """A kind whose records were compared: with which model and settings, and whether all of them."""

    model: EntityModel
    version: str
    everything: bool


def write_kind_edges(
    warehouse: Warehouse,
    kind: str,
    run: Run,
    result: MatchResult,
    settings: MatchSettings,
    full_rebuild: bool = False,
    retrain: bool = False,
) -> Compared | None:
    """Compare a kind's new and changed records with all of the kind: MATCH_MODEL and MATCH_EDGE.

    Needs the steps' schema and the table of touched records. Returns None where no record changed.
    """
    model, numbers = MODELS[kind].with_attributes(tuple(settings.attributes.get(kind, ()))), KindResult()
    result.kinds[kind] = numbers
    api = SnowflakeAPI(warehouse, STEP_SCHEMA, prefix=f"{kind}_SPLINK__".upper())
    with _timed(result, f"{kind}_records"):
        numbers.records = prepare_records(warehouse, model, settings)
    trained = None if retrain else load_model(warehouse, kind)
    if trained is None or trained.is_outgrown(numbers.records):
        with _timed(result, f"{kind}_training"):
            trained = train(warehouse, model, settings, run, numbers.records)
    model = model.with_blocking(trained.blocking)
    _tell_model(numbers, trained, settings)
    version = f"{trained.version}:{_settings_version(settings)}"
    with _timed(result, f"{kind}_blocking"):
        numbers.changed, numbers.gone = mark_changed(warehouse, model, version, full_rebuild)
        if not numbers.changed and not numbers.gone:
            return None
        everything = full_rebuild or numbers.changed > numbers.records / 2
        if everything:
            mark_changed(warehouse, model, version, everything)
        blocked = block_pairs(warehouse, model, settings, everything)
        numbers.pairs_compared, numbers.oversized_blocks = blocked.pairs, blocked.oversized
    with _timed(result, f"{kind}_scoring"):
        touch(warehouse, model, everything)
        delete_edges(warehouse, model, everything)
        if blocked.pairs:
            scored = score_pairs(warehouse, api, model, trained, settings, everything)
            write_edges(warehouse, model, trained, scored, settings, run)
        findings = [*trained.findings, *_blocking_findings(warehouse, model, settings, numbers)]
        numbers.findings = [finding.sentence() for finding in findings]
        write_findings(warehouse, run, kind, findings)
    return Compared(model, version, everything)


def _tell_model(numbers: KindResult, trained: TrainedModel, settings: MatchSettings) -> None:
    """Which model and threshold are in force, and why."""
    choice = trained.choice(settings)
    numbers.model_version, numbers.threshold = trained.version, choice.match
    numbers.threshold_basis, numbers.threshold_reason = choice.basis, choice.reason
    numbers.expected_precision, numbers.expected_recall = choice.expected_precision, choice.expected_recall


def _blocking_findings(
    warehouse: Warehouse, model: EntityModel, settings: MatchSettings, numbers: KindResult
) -> list[Finding]:
    """Values that too many records share, by rule."""
    if not numbers.oversized_blocks:
        return []
    rows = warehouse.rows(
        f"select rule, count(*), max(records) from {model.record_table}__OVERSIZED group by rule order by rule"
    )
    return [
        Finding(
            f"blocking {rule}", f"{values:,} values are shared by up to {records:,} records each",
            f"pairs are not made of values that more than {settings.max_block_records:,} records share; "
            "see OVERSIZED_BLOCK",
        )
        for rule, values, records in rows
    ]  # fmt: skip


def _settings_version(settings: MatchSettings) -> str:
    """Changes where thresholds, limits, blocking or contradictions change: then all pairs are compared again."""
    rules = [(kind, model.records_sql, model.columns) for kind, model in MODELS.items()]
    text = repr((settings, rules, RULES, REASONS, DOUBTS))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _count(warehouse: Warehouse, result: MatchResult) -> None:
    """What the stage's tables hold now, in one statement."""
    rows = warehouse.rows("""
with edge as (
    select entity_kind, rule, count(*) as edges, count_if(decision = 'match') as matches
    from MATCH_CLUSTER.MATCH_EDGE group by entity_kind, rule
)
select 'edges' as measure, entity_kind, rule, edges from edge
union all select 'matches', entity_kind, rule, matches from edge
union all select 'records', entity_kind, null, count(*) from MATCH_CLUSTER.CLUSTER group by entity_kind
union all
select 'clusters', entity_kind, null, count(distinct profile_id) from MATCH_CLUSTER.CLUSTER group by entity_kind
union all select 'suspicious', entity_kind, null, count(*) from MATCH_CLUSTER.SUSPICIOUS_CLUSTER group by entity_kind
union all
select 'review', entity_kind, null, count(*) from MATCH_CLUSTER.REVIEW_QUEUE where status = 'open' group by entity_kind
union all select 'relations', null, null, count(*) from MATCH_CLUSTER.RELATION
order by 1, 2, 3
""")
    for measure, kind, rule, count in rows:
        if measure == "relations":
            result.relations = int(count)
            continue
        numbers = result.kinds.setdefault(kind, KindResult())
        if measure == "edges":
            numbers.edges_by_rule[rule] = int(count)
        elif measure == "matches":
            numbers.matches += int(count)
        elif measure == "clusters":
            numbers.clusters = int(count)
        elif measure == "records":
            numbers.duplicates_removed = int(count)
        elif measure == "suspicious":
            numbers.suspicious = int(count)
        elif measure == "review":
            numbers.review = int(count)
    for numbers in result.kinds.values():
        numbers.duplicates_removed -= numbers.clusters


def _settle(warehouse: Warehouse, settings: MatchSettings, run: Run, result: MatchResult, everything: bool) -> None:
    """Clusters, ids and review queue of what the new edges touch."""
    models = {kind: load_model(warehouse, kind) for kind in MODELS}
    suspended = {kind: model.suspended for kind, model in models.items() if model}
    with _timed(result, "rules"):
        write_rule_edges(warehouse, settings, run, everything, suspended)
        write_steward_edges(warehouse, run)
    with _timed(result, "clustering"):
        everything = everything or not reach(warehouse)
        result.contradicting_pairs = cluster_edges(warehouse, settings, run, everything, suspended).cut
    with _timed(result, "profile_ids"):
        assign_profiles(warehouse, run, everything)
    with _timed(result, "review"):
        thresholds = {kind: model.thresholds(settings).match for kind, model in models.items() if model}
        queue_reviews(warehouse, run, everything, thresholds)


def run_matching(
    warehouse: Warehouse,
    run: Run,
    processed_to: datetime | str | None = None,
    full_rebuild: bool = False,
    retrain: bool = False,
    settings: MatchSettings | None = None,
) -> MatchResult:
    """Run the stage: edges per kind, clusters with their ids, relations, review queue.

    `processed_to` is the stage's high-water mark. What has to be compared follows from the records' compared
    values and not from the mark, so that a run that was killed, or a mark that was lost, costs time and never an edge.
    Idempotent: run again it changes nothing.
    """
    settings = settings or load_match_settings()
    result = MatchResult()
    create_tables(warehouse)
    with step_schema(warehouse):
        create_touched(warehouse)
        weigh_decisions(warehouse, run)
        settled = is_settled(warehouse)
        found = [write_kind_edges(warehouse, kind, run, result, settings, full_rebuild, retrain) for kind in MODELS]
        compared = [kind for kind in found if kind]
        if compared or full_rebuild or not settled:
            everything = full_rebuild or not settled or any(kind.everything for kind in compared)
            _settle(warehouse, settings, run, result, everything)
        with _timed(result, "relations"):
            lift_relations(warehouse, run, None if full_rebuild else processed_to)
        with _timed(result, "remember"), warehouse.transaction() if compared else nullcontext():
            for kind in compared:
                remember_oversized(warehouse, kind.model, run, result.kinds[kind.model.kind].oversized_blocks)
                remember_compared(warehouse, kind.model, kind.version)
        _count(warehouse, result)
    return result

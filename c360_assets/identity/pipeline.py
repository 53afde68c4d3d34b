"""The stage as one call, and its steps as functions of their own."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from c360_assets.identity.blocking import block_pairs, remember_oversized
from c360_assets.identity.clusters import Clustered, cluster_edges
from c360_assets.identity.contradictions import PAIR_CONTRADICTION, PAIR_DOUBT
from c360_assets.identity.models import MODELS
from c360_assets.identity.profile_ids import assign_profiles
from c360_assets.identity.records import mark_changed, prepare_records, remember_compared
from c360_assets.identity.relations import lift_relations
from c360_assets.identity.result import KindResult, MatchResult
from c360_assets.identity.review import queue_reviews
from c360_assets.identity.rules import write_rule_edges
from c360_assets.identity.scoring import delete_edges, score_pairs, write_edges
from c360_assets.identity.settings import MatchSettings, load_match_settings
from c360_assets.identity.splink_backend import SnowflakeAPI
from c360_assets.identity.tables import STEP_SCHEMA, create_tables, step_schema
from c360_assets.identity.training import load_model, train
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


@contextmanager
def _timed(result: MatchResult, phase: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    result.seconds[phase] = result.seconds.get(phase, 0.0) + time.perf_counter() - started


def write_kind_edges(
    warehouse: Warehouse,
    kind: str,
    run: Run,
    result: MatchResult,
    settings: MatchSettings,
    full_rebuild: bool = False,
    retrain: bool = False,
) -> KindResult:
    """Compare a kind's new and changed records with all of the kind: MATCH_MODEL and MATCH_EDGE.

    Needs the steps' schema.
    """
    model, numbers = MODELS[kind], KindResult()
    result.kinds[kind] = numbers
    api = SnowflakeAPI(warehouse, STEP_SCHEMA, prefix=f"{kind}_SPLINK__".upper())
    with _timed(result, f"{kind}_records"):
        numbers.records = prepare_records(warehouse, model)
    trained = None if retrain else load_model(warehouse, kind)
    if trained is None:
        with _timed(result, f"{kind}_training"):
            trained = train(warehouse, api, model, settings, run, numbers.records)
    numbers.model_version = trained.version
    version = f"{trained.version}:{_settings_version(settings)}"
    with _timed(result, f"{kind}_blocking"):
        numbers.changed, numbers.gone = mark_changed(warehouse, model, version, full_rebuild)
        if not numbers.changed and not numbers.gone:
            return numbers
        everything = full_rebuild or numbers.changed > numbers.records / 2
        if everything:
            mark_changed(warehouse, model, version, everything)
        blocked = block_pairs(warehouse, model, settings, everything)
        numbers.pairs_compared, numbers.oversized_blocks = blocked.pairs, blocked.oversized
    with _timed(result, f"{kind}_scoring"):
        delete_edges(warehouse, model, everything)
        if blocked.pairs:
            scored = score_pairs(warehouse, api, model, trained, settings)
            write_edges(warehouse, model, trained, scored, settings, run)
        remember_oversized(warehouse, model, run)
        remember_compared(warehouse, model, version)
    return numbers


def _settings_version(settings: MatchSettings) -> str:
    """Changes where thresholds, limits, blocking or contradictions change: then all pairs are compared again."""
    rules = [
        (kind, model.records_sql, dict(model.blocking), dict(model.block_limits)) for kind, model in MODELS.items()
    ]
    text = repr((settings, rules, PAIR_CONTRADICTION, PAIR_DOUBT))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _count_edges(warehouse: Warehouse, result: MatchResult, clustered: Clustered) -> None:
    edges = warehouse.rows(
        "select entity_kind, rule, decision, count(*) from MATCH_CLUSTER.MATCH_EDGE group by 1, 2, 3 order by 1, 2, 3"
    )
    for kind, rule, decision, count in edges:
        numbers = result.kinds.setdefault(kind, KindResult())
        numbers.edges_by_rule[rule] = numbers.edges_by_rule.get(rule, 0) + int(count)
        if decision == "match":
            numbers.matches += int(count)
    profiles = warehouse.rows(
        "select entity_kind, count(*), count(distinct profile_id) from MATCH_CLUSTER.CLUSTER group by entity_kind"
    )
    for kind, records, clusters in profiles:
        numbers = result.kinds.setdefault(kind, KindResult())
        numbers.clusters, numbers.duplicates_removed = int(clusters), int(records) - int(clusters)
    for kind, count in warehouse.rows(
        "select entity_kind, count(*) from MATCH_CLUSTER.SUSPICIOUS_CLUSTER group by entity_kind"
    ):
        result.kinds.setdefault(kind, KindResult()).suspicious = int(count)
    result.contradicting_pairs = clustered.cut


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
        for kind in MODELS:
            write_kind_edges(warehouse, kind, run, result, settings, full_rebuild, retrain)
        with _timed(result, "rules"):
            write_rule_edges(warehouse, settings, run)
        with _timed(result, "clustering"):
            clustered = cluster_edges(warehouse, settings, run)
        with _timed(result, "profile_ids"):
            assign_profiles(warehouse, run)
        with _timed(result, "relations"):
            result.relations = lift_relations(warehouse, run)
        with _timed(result, "review"):
            for kind, count in queue_reviews(warehouse, run).items():
                result.kinds[kind].review = count
        _count_edges(warehouse, result, clustered)
    return result

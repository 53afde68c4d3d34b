"""Weigh the pairs with Splink and keep those that are matches or worth a look."""

from __future__ import annotations

import math
from typing import Any

from splink import Linker

from c360_assets.identity.contradictions import GIVEN_NAMES, pair_doubt
from c360_assets.identity.models import EntityModel
from c360_assets.identity.promising import promising_pairs
from c360_assets.identity.settings import MatchSettings
from c360_assets.identity.splink_backend import SnowflakeAPI
from c360_assets.identity.term_frequency import term_columns
from c360_assets.identity.training import TrainedModel, make_linker
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


def probability_to_weight(probability: float) -> float:
    """Splink's match weight: the base-2 logarithm of the odds."""
    return math.log2(probability / (1 - probability))


def paired_records(warehouse: Warehouse, model: EntityModel) -> str:
    """Build the table of the records that are in a pair, and return its name."""
    pairs, table = f"{model.record_table}__PAIR", f"{model.record_table}__PAIRED"
    warehouse.execute(f"""
create or replace transient table {table} as
with paired as (select join_key_l as record_no from {pairs} union select join_key_r from {pairs})
select record.* from {model.record_table} as record inner join paired on record.record_no = paired.record_no
""")
    return table


def register_term_frequencies(
    warehouse: Warehouse,
    api: SnowflakeAPI,
    model: EntityModel,
    trained: TrainedModel,
    linker: Linker,
    records: str | None = None,
) -> dict[str, str]:
    """Give Splink the model's term frequencies; a term that the model has not seen is as rare as its rarest.

    Of the values in the table `records` alone, where it is given. Returns the table of each column.
    """
    records, tables = records or model.record_table, {}
    for column in term_columns(trained.settings):
        table = f"{model.record_table}__TF_{column.upper()}"
        warehouse.execute(f"""
create or replace transient table {table} as
with term as (
    select value, frequency from MATCH_CLUSTER.TERM_FREQUENCY
    where entity_kind = '{model.kind}' and model_version = '{trained.version}' and column_name = '{column}'
),
seen as (select distinct {column} from {records} where {column} is not null),
rarest as (select coalesce(min(frequency), 1.0) as frequency from term)
select seen.{column}, coalesce(term.frequency, rarest.frequency)::float as tf_{column}
from seen cross join rarest left join term on seen.{column} = term.value
""")
        linker.table_management.register_term_frequency_lookup(api.register(table), column)
        tables[column] = table
    return tables


def evidence_sql(settings: dict[str, Any], alias: str) -> str:
    """An object per comparison: the level that the pair reached and its weight, term frequency included."""
    parts = []
    for comparison in settings["comparisons"]:
        name = comparison["output_column_name"]
        weight = f"{alias}.mw_{name}"
        if any(level.get("tf_adjustment_column") for level in comparison["comparison_levels"]):
            weight += f" + {alias}.mw_tf_adj_{name}"
        parts.append(f"'{name}', object_construct('level', {alias}.gamma_{name}, 'weight', round({weight}, 4))")
    return f"object_construct({', '.join(parts)})"


def score_pairs(
    warehouse: Warehouse,
    api: SnowflakeAPI,
    model: EntityModel,
    trained: TrainedModel,
    settings: MatchSettings,
    everything: bool,
) -> str:
    """Weigh the blocked pairs; returns the table of pairs at or above the review threshold."""
    # Splink reads its input whole, several times: a few changed records should not cost all of them.
    records = model.record_table if everything else paired_records(warehouse, model)
    linker = make_linker(api, records, trained.settings)
    rarity = register_term_frequencies(warehouse, api, model, trained, linker, records)
    threshold = probability_to_weight(trained.thresholds(settings).review)
    pairs = f"{model.record_table}__PAIR"
    if everything:
        pairs = promising_pairs(warehouse, model, trained.settings, threshold, pairs, rarity)
    linker.table_management.register_blocked_pairs_for_predict(api.register(pairs))
    return linker.inference.predict(threshold_match_weight=threshold, warning_mode="never").physical_name


def delete_edges(warehouse: Warehouse, model: EntityModel, everything: bool) -> None:
    """Remove the edges of the records that are compared again, and of those that are gone."""
    touched = f"select record_key from {model.record_table}__CHANGED"
    scope = "" if everything else f" and (record_key_l in ({touched}) or record_key_r in ({touched}))"
    warehouse.execute(
        f"delete from MATCH_CLUSTER.MATCH_EDGE where entity_kind = '{model.kind}' and rule = 'splink'{scope}"
    )


def write_edges(
    warehouse: Warehouse, model: EntityModel, trained: TrainedModel, scored: str, settings: MatchSettings, run: Run
) -> None:
    """Add the scored pairs to MATCH_EDGE."""
    source = f"NORMALIZED_RECORD.{model.kind.upper()}"
    doubt = pair_doubt(model.kind, {*trained.suspended, *GIVEN_NAMES})
    if model.personal:
        # Two given names: what only one person has (birth, mailbox) may still say that they are one's.
        own = " + ".join(f"scored.mw_{name}" for name in model.personal)
        doubt += f" or {pair_doubt(model.kind, trained.suspended)} and {own} <= 0"
    warehouse.execute(f"""
insert into MATCH_CLUSTER.MATCH_EDGE (
    entity_kind, record_key_l, record_key_r, rule, match_weight, match_probability, decision, evidence,
    model_version, run_id, compared_at
)
select
    '{model.kind}', scored_l.record_key, scored_r.record_key, 'splink', scored.match_weight, scored.match_probability,
    case
        when {doubt} then 'review'
        when scored.match_probability >= {trained.thresholds(settings).match} then 'match'
        else 'review'
    end,
    {evidence_sql(trained.settings, "scored")},
    '{trained.version}', '{run.run_id}', '{run.started_at_text}'::timestamp_ntz
from {scored} as scored
inner join {model.record_table} as scored_l on scored.record_no_l = scored_l.record_no
inner join {model.record_table} as scored_r on scored.record_no_r = scored_r.record_no
inner join {source} as l on scored_l.record_key = l.record_key
inner join {source} as r on scored_r.record_key = r.record_key
""")

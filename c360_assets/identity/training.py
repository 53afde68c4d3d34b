"""Train a kind's model in the warehouse, or find the one that was trained before."""

from __future__ import annotations

import copy
import hashlib
import json
import logging
from dataclasses import dataclass
from typing import Any

from splink import Linker, block_on
from splink.internals.exceptions import EMTrainingException

from c360_assets.identity.models import EntityModel
from c360_assets.identity.settings import MatchSettings
from c360_assets.identity.splink_backend import SnowflakeAPI
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

# Splink tells every step and warns about every level it has not seen; the declared weights stand in for those.
_SPLINK_LOG_LEVEL = logging.ERROR

# A few pairs must not make a level certain: no weight rests on less than one in five hundred true pairs.
LEAST_M, LEAST_U = 0.002, 1e-8


@dataclass(frozen=True)
class TrainedModel:
    """A model's version, and Splink's settings with their weights."""

    kind: str
    version: str
    settings: dict[str, Any]


def declared_settings(model: EntityModel, records: int, dialect: str = "snowflake") -> dict[str, Any]:
    """Splink's settings with the declared weights."""
    return model.settings(records).create_settings_dict(dialect)


def _with_fallback(trained: dict[str, Any], declared: dict[str, Any]) -> dict[str, Any]:
    """Where a level was not seen, take its declared weights; keep all within bounds.

    Splink leaves out a comparison whose column is null in every record: it is declared, and so kept.
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


def estimate_prior(warehouse: Warehouse, model: EntityModel, settings: MatchSettings, records: int) -> float:
    """The probability that two random records are one customer, from the pairs that are certain.

    Counted over groups that are not too large, so that one value in every row is no certainty.
    """
    parts = []
    for columns in model.certain:
        same = " and ".join(f"l.{column} = r.{column}" for column in columns)
        grouped = ", ".join(columns)
        present = " and ".join(f"{column} is not null" for column in columns)
        held = f"""(
    select record_no, {grouped} from {model.record_table} where {present}
    qualify count(*) over (partition by {grouped}) <= {settings.max_block_records}
)"""
        parts.append(
            f"select l.record_no as a, r.record_no as b from {held} as l\n"
            f"inner join {held} as r on {same} and l.record_no < r.record_no"
        )
    certain = int(warehouse.scalar("select count(*) from (\n" + "\nunion\n".join(parts) + "\n)"))
    possible = max(records * (records - 1) / 2, 1)
    # Fewer than one partner for every second record says more about the certain rules than about the data.
    return min(max(certain / model.certain_recall / possible, 0.5 / max(records, 1)), 0.3)


def estimate(linker: Linker, model: EntityModel, settings: MatchSettings, records: int, prior: float) -> dict[str, Any]:
    """u from a sample of pairs, m by EM; the same steps on every Splink backend."""
    training = linker.training
    dialect = linker._db_api.sql_dialect.sql_dialect_str
    declared = declared_settings(model, records, dialect)
    declared["probability_two_random_records_match"] = prior
    if records < settings.train_records:
        return _with_fallback(declared, declared)
    linker._settings_obj._probability_two_random_records_match = prior
    training.estimate_u_using_random_sampling(max_pairs=settings.sample_pairs, seed=settings.seed, num_chunks=1)
    for columns in model.training:
        try:
            training.estimate_parameters_using_expectation_maximisation(
                block_on(*columns), estimate_without_term_frequencies=True, max_pairs=settings.train_pairs
            )
        except EMTrainingException:
            # No pair shares these columns; the other rules train what they can.
            continue
        except ValueError as error:
            # Splink's DuckDB backend stops where a level's m reaches zero.
            if "below the minimum allowed" not in str(error):
                raise
    return _with_fallback(linker.misc.save_model_to_json(), declared)


def make_linker(api: Any, model: EntityModel, settings: Any) -> Linker:
    """A linker over the kind's comparison table."""
    return Linker(api.register(model.record_table), settings, log_level=_SPLINK_LOG_LEVEL)


def train(
    warehouse: Warehouse,
    api: SnowflakeAPI,
    model: EntityModel,
    settings: MatchSettings,
    run: Run,
    records: int,
) -> TrainedModel:
    """Train and store the model with the frequency of each term."""
    linker = make_linker(api, model, model.settings(records))
    prior = estimate_prior(warehouse, model, settings, records)
    weights = estimate(linker, model, settings, records, prior)
    text = json.dumps(weights, sort_keys=True)
    version = f"{model.kind}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    _store_term_frequencies(warehouse, model, version, weights, records)
    warehouse.execute(
        "delete from MATCH_CLUSTER.MATCH_MODEL where entity_kind = %s and model_version = %s",
        [model.kind, version],
    )
    warehouse.execute(
        "insert into MATCH_CLUSTER.MATCH_MODEL (entity_kind, model_version, settings, trained_on, records, created_at) "
        "select %s, %s, parse_json(%s), %s, %s, %s::timestamp_ntz",
        [model.kind, version, text, f"NORMALIZED_RECORD.{model.kind.upper()}", records, run.started_at_text],
    )
    return TrainedModel(model.kind, version, weights)


def load_model(warehouse: Warehouse, kind: str) -> TrainedModel | None:
    """The model in force, None where none was trained yet."""
    rows = warehouse.rows(
        "select model_version, to_json(settings) from MATCH_CLUSTER.MATCH_MODEL where entity_kind = %s "
        "order by created_at desc, model_version limit 1",
        [kind],
    )
    return TrainedModel(kind, rows[0][0], json.loads(rows[0][1])) if rows else None


def term_columns(weights: dict[str, Any]) -> list[str]:
    """The columns whose frequent values weigh less."""
    levels = [level for comparison in weights["comparisons"] for level in comparison["comparison_levels"]]
    return sorted({level["tf_adjustment_column"] for level in levels if level.get("tf_adjustment_column")})


def _store_term_frequencies(
    warehouse: Warehouse, model: EntityModel, version: str, weights: dict[str, Any], records: int
) -> None:
    """Keep the frequencies with the model: weights must not drift with every new record.

    A frequency says how many strangers hold the value, so the records that one customer has on average are taken
    off its count: a name that only one customer bears is rare, however many records of that customer there are.
    """
    own = weights["probability_two_random_records_match"] * max(records - 1, 0)
    warehouse.execute(f"delete from MATCH_CLUSTER.TERM_FREQUENCY where entity_kind = '{model.kind}'")
    parts = [
        f"select '{column}' as column_name, {column} as value, "
        f"greatest(count(*) - {own:.6f}, 1)::float / sum(count(*)) over () as frequency\n"
        f"from {model.record_table} where {column} is not null group by {column}"
        for column in term_columns(weights)
    ]
    warehouse.execute(
        "insert into MATCH_CLUSTER.TERM_FREQUENCY (entity_kind, model_version, column_name, value, frequency)\n"
        f"select '{model.kind}', '{version}', column_name, value, frequency from (\n"
        + "\nunion all\n".join(parts)
        + "\n)"
    )

"""Which levels of agreement pairs reach, counted in the warehouse: one row per pattern, never per pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from c360_assets.identity.models import EntityModel
from c360_assets.identity.splink_backend.functions import StepFunctions
from c360_assets.identity.splink_backend.identifiers import to_snowflake
from c360_assets.identity.splink_backend.rewriting import rewrite
from c360_assets.identity.tables import STEP_SCHEMA
from c360_assets.warehouse import Warehouse

NULL = -1


@dataclass(frozen=True)
class Patterns:
    """`levels` has a row per pattern and a column per comparison: the level's place in its comparison, -1 for null.

    `flags` has a column per predicate that was asked for beside the comparisons.
    """

    levels: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float64]
    flags: npt.NDArray[np.bool_]

    @property
    def pairs(self) -> float:
        """Pairs that were counted."""
        return float(self.counts.sum())


def level_sql(comparison: dict[str, Any], qualify: Callable[[str], str]) -> str:
    """The place of the level that a pair reaches: the first whose condition holds, -1 where nothing can be compared.

    `qualify` gives the name of a function that Snowflake lacks.
    """
    cases, place, otherwise = [], 0, "null"
    for level in comparison["comparison_levels"]:
        condition = level["sql_condition"]
        if level.get("is_null_level"):
            cases.append(f"when {condition} then {NULL}")
            continue
        if condition.strip().upper() == "ELSE":
            otherwise = str(place)
        else:
            cases.append(f"when {condition} then {place}")
        place += 1
    return to_snowflake(rewrite(f"case {' '.join(cases)} else {otherwise} end", qualify))


def count_patterns(
    warehouse: Warehouse,
    model: EntityModel,
    settings: dict[str, Any],
    pairs: str,
    flags: Sequence[str] = (),
) -> Patterns:
    """Count the patterns of the pairs in the table `pairs` (join_key_l, join_key_r).

    `flags` are predicates over two rows l and r of the kind's normalized records.
    """
    columns = [f"l.{c} as {c}_l, r.{c} as {c}_r" for c in model.compared]
    flagged = [f"iff(coalesce({predicate}, false), 1, 0) as f{n}" for n, predicate in enumerate(flags)]
    functions = StepFunctions(warehouse, STEP_SCHEMA)
    vectors = [f"{level_sql(c, functions)} as v{n}" for n, c in enumerate(settings["comparisons"])]
    width, names = len(vectors), [*(f"v{n}" for n in range(len(vectors))), *(f"f{n}" for n in range(len(flags)))]
    source = f"NORMALIZED_RECORD.{model.kind.upper()}"
    judged = f"""
judged as (
    select pair.join_key_l, pair.join_key_r, {", ".join(flagged)} from pair
    inner join {model.record_table} as record_l on pair.join_key_l = record_l.record_no
    inner join {model.record_table} as record_r on pair.join_key_r = record_r.record_no
    inner join {source} as l on record_l.record_key = l.record_key
    inner join {source} as r on record_r.record_key = r.record_key
),"""
    given = "judged" if flags else "pair"
    rows = warehouse.rows(f"""
with pair as (select join_key_l, join_key_r from {pairs}),{judged if flags else ""}
side as (
    select {", ".join([*columns, *(f"pair.f{n}" for n in range(len(flags)))])} from {given} as pair
    inner join {model.record_table} as l on pair.join_key_l = l.record_no
    inner join {model.record_table} as r on pair.join_key_r = r.record_no
),
vector as (select {", ".join([*vectors, *(f"f{n}" for n in range(len(flags)))])} from side)
select {", ".join(names)}, count(*) from vector group by {", ".join(names)} order by {", ".join(names)}
""")
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(names) + 1)
    return Patterns(table[:, :width].astype(np.int64), table[:, -1], table[:, width:-1] > 0)


def sample_random_pairs(warehouse: Warehouse, model: EntityModel, records: int, wanted: int) -> str:
    """Make a table of pairs of any two records, about `wanted` of them or all there are; returns its name.

    Records stand in a ring in the order of their keys' hashes, and each meets the next ones: every record is in as
    many pairs as every other, and the same records give the same pairs.
    """
    table = f"{model.record_table}__RANDOM"
    steps = max(1, min(records // 2, -(-wanted // max(records, 1))))
    ring = f"{model.record_table}__RING"
    warehouse.execute(
        f"create or replace transient table {ring} as "
        "select record_no, row_number() over (order by md5(record_key), record_no) - 1 as place "
        f"from {model.record_table}"
    )
    warehouse.execute(f"""
create or replace transient table {table} as
with step as (select row_number() over (order by seq4()) as step from table(generator(rowcount => {steps}))),
met as (
    select ring.record_no, mod(ring.place + step.step, {records}) as place from {ring} as ring cross join step
)
select distinct least(met.record_no, ring.record_no) as join_key_l,
    greatest(met.record_no, ring.record_no) as join_key_r
from met inner join {ring} as ring on met.place = ring.place
where met.record_no <> ring.record_no
""")
    return table

"""Which levels of agreement pairs reach, counted in the warehouse: one row per pattern, never per pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from c360_assets.identity.models import EntityModel
from c360_assets.identity.splink_backend.identifiers import to_snowflake
from c360_assets.warehouse import Warehouse

NULL = -1


@dataclass(frozen=True)
class Patterns:
    """`levels` has a row per pattern and a column per comparison: the level's place in its comparison, -1 for null."""

    levels: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float64]

    @property
    def pairs(self) -> float:
        """Pairs that were counted."""
        return float(self.counts.sum())


def level_sql(comparison: dict[str, Any]) -> str:
    """The place of the level that a pair reaches: the first whose condition holds, -1 where nothing can be compared."""
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
    return to_snowflake(f"case {' '.join(cases)} else {otherwise} end")


def count_patterns(
    warehouse: Warehouse, model: EntityModel, settings: dict[str, Any], pairs: str, limit: int | None = None
) -> Patterns:
    """Count the patterns of the pairs that the select or table `pairs` (join_key_l, join_key_r) names."""
    columns = ", ".join(f"l.{c} as {c}_l, r.{c} as {c}_r" for c in model.compared)
    vectors = ", ".join(f"{level_sql(c)} as v{n}" for n, c in enumerate(settings["comparisons"]))
    names = ", ".join(f"v{n}" for n in range(len(settings["comparisons"])))
    rows = warehouse.rows(f"""
with pair as (select join_key_l, join_key_r from {pairs}),
side as (
    select {columns} from pair
    inner join {model.record_table} as l on pair.join_key_l = l.record_no
    inner join {model.record_table} as r on pair.join_key_r = r.record_no
),
vector as (select {vectors} from side)
select {names}, count(*) from vector group by {names} order by {names}
""")
    width = len(settings["comparisons"])
    if not rows:
        return Patterns(np.zeros((0, width), dtype=np.int64), np.zeros(0))
    table = np.array(rows, dtype=np.float64)
    return Patterns(table[:, :-1].astype(np.int64), table[:, -1])


def sample_random_pairs(warehouse: Warehouse, model: EntityModel, records: int, wanted: int) -> str:
    """Make a table of pairs of any two records, about `wanted` of them or all there are; returns its name.

    Records stand in a ring in the order of their keys' hashes, and each meets the next ones: every record is in as
    many pairs as every other, and the same records give the same pairs.
    """
    table = f"{model.record_table}__RANDOM"
    steps = max(1, min((records - 1 + 1) // 2, -(-wanted // max(records, 1))))
    warehouse.execute(f"""
create or replace transient table {table} as
with ring as (
    select record_no, row_number() over (order by md5(record_key), record_no) - 1 as place from {model.record_table}
),
step as (select row_number() over (order by seq4()) as step from table(generator(rowcount => {steps})))
select distinct least(l.record_no, r.record_no) as join_key_l, greatest(l.record_no, r.record_no) as join_key_r
from ring as l
cross join step
inner join ring as r on r.place = mod(l.place + step.step, {records})
where l.record_no <> r.record_no
""")
    return table

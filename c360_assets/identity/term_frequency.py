"""How many strangers have a value: the rarer it is, the more it says.

A value's count holds the records of one customer besides those of strangers, and in a file of a thousand records
nearly all that share a name may be one customer's. So the count is taken apart: of the other c - 1 records with the
value, M are the customer's own and S are strangers'. M is Poisson: customers differ less in how many records they
have than names do in how common they are, and a count that is large for one customer is to be put down to strangers.
S is negative binomial, as word counts are (Mosteller and Wallace, 1964), with the mean that the model's u says and
what variance of the counts is left. The frequency is the mean of S given c (an empirical Bayes estimate: Robbins,
1956). A common value's count is nearly all strangers; a rare one is as rare as such values are on average, down to
what a file of that size can show (least_strangers).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from c360_assets.identity.models import EntityModel
from c360_assets.warehouse import Warehouse

# Above this count the customer's own records are but a small part.
LARGE = 400
# However rare a value is in a file, one in so many strangers is thought to have it, or one stranger of a larger file:
# two customers of one rare name are met sooner than what a small file shows of it says.
ONE_IN = 4_000
_SHAPES = (0.02, 20.0)


def term_columns(weights: dict[str, Any]) -> list[str]:
    """The columns whose frequent values weigh less."""
    levels = [level for comparison in weights["comparisons"] for level in comparison["comparison_levels"]]
    return sorted({level["tf_adjustment_column"] for level in levels if level.get("tf_adjustment_column")})


@dataclass(frozen=True)
class Sharing:
    """Of the records that share a record's value: the mean number of its customer's own and of strangers'."""

    own: float
    strangers: float


def sharing(weights: dict[str, Any], column: str, records: int) -> Sharing:
    """What the model says of a column: all levels down to the column's own have equal values, or nearly so."""
    mates = weights["probability_two_random_records_match"] * max(records - 1, 0)
    for comparison in weights["comparisons"]:
        m = u = 0.0
        for level in comparison["comparison_levels"]:
            if level.get("is_null_level"):
                continue
            m, u = m + level["m_probability"], u + level["u_probability"]
            if level.get("tf_adjustment_column") == column:
                return Sharing(mates * min(m, 1.0), records * min(u, 1.0))
    raise ValueError(f"no level of the model adjusts for {column}")


def expected_strangers(counts: Sequence[tuple[int, int]], means: Sharing) -> dict[int, float]:
    """Count of a value to the mean number of strangers among the others that have it.

    `counts` is (records with the value, values with so many records).
    """
    bearers = float(sum(c * n for c, n in counts))
    if not bearers:
        return {}
    mean = sum(c * n * (c - 1) for c, n in counts) / bearers
    variance = sum(c * n * (c - 1 - mean) ** 2 for c, n in counts) / bearers
    own, strangers = max(means.own, 1e-6), max(means.strangers, 1e-3)
    spread = variance - own - strangers
    shape = min(max(strangers**2 / spread, _SHAPES[0]), _SHAPES[1]) if spread > 0 else _SHAPES[1]
    others = np.arange(min(max(c for c, _ in counts), LARGE))
    mates = others * math.log(own) - np.array([math.lgamma(k + 1) for k in others])
    chance = np.array([math.lgamma(k + shape) - math.lgamma(shape) - math.lgamma(k + 1) for k in others])
    chance += shape * math.log(shape / (shape + strangers)) + others * math.log(strangers / (shape + strangers))
    found = {}
    for count, _ in counts:
        if count > LARGE:
            found[count] = count - 1 - own
            continue
        joint = chance[:count] + mates[:count][::-1]
        share = np.exp(joint - joint.max())
        found[count] = float((share * others[:count]).sum() / share.sum())
    return found


def least_strangers(bearers: int) -> float:
    """How many strangers a value has at least, in a file in which so many records have any value."""
    return min(1.0, bearers / ONE_IN)


def store_term_frequencies(
    warehouse: Warehouse, model: EntityModel, version: str, weights: dict[str, Any], records: int
) -> None:
    """Keep the frequencies with the model: weights must not drift with every new record."""
    warehouse.execute(f"delete from MATCH_CLUSTER.TERM_FREQUENCY where entity_kind = '{model.kind}'")
    columns = term_columns(weights)
    needed = sorted({*columns, *(one for column in columns for one in model.conditional.get(column, ()))})
    _count_strangers(warehouse, model, weights, needed, records)
    parts = [_conditional_sql(model, column) if column in model.conditional else _plain_sql(model, column)
             for column in columns]  # fmt: skip
    warehouse.execute(
        "insert into MATCH_CLUSTER.TERM_FREQUENCY (entity_kind, model_version, column_name, value, frequency)\n"
        f"select '{model.kind}', '{version}', column_name, value, least(frequency, 1.0) from (\n"
        + "\nunion all\n".join(parts)
        + "\n)"
    )


def _count_strangers(
    warehouse: Warehouse, model: EntityModel, weights: dict[str, Any], columns: list[str], records: int
) -> None:
    """The table of expected strangers by column and count."""
    counted = "\nunion all\n".join(
        f"select '{column}' as name, bearers, count(*) as n from ("
        f"select count(*) as bearers from {model.record_table} where {column} is not null group by {column}"
        ") group by bearers"
        for column in columns
    )
    rows = warehouse.rows(f"select name, bearers, n from ({counted}) order by name, bearers")
    values = []
    for column in columns:
        counts = [(int(bearers), int(n)) for name, bearers, n in rows if name == column]
        least = least_strangers(sum(count * n for count, n in counts))
        for count, strangers in expected_strangers(counts, sharing(weights, column, records)).items():
            values.append(f"('{column}', {count}, {max(strangers, least):.9g}::float)")
    table = f"{model.record_table}__STRANGERS"
    warehouse.execute(
        f"create or replace transient table {table} (name varchar, bearers number(38, 0), strangers float)"
    )
    for start in range(0, len(values), 1000):
        warehouse.execute(f"insert into {table} values {', '.join(values[start : start + 1000])}")


def _plain_sql(model: EntityModel, column: str) -> str:
    return f"""
select '{column}' as column_name, counted.value, expected.strangers / counted.total as frequency
from (
    select {column} as value, count(*) as bearers, sum(count(*)) over () as total
    from {model.record_table} where {column} is not null group by {column}
) as counted
inner join {model.record_table}__STRANGERS as expected
    on expected.name = '{column}' and expected.bearers = counted.bearers"""


# A value's own records say so much about how common it is beside the other value: as many as this many strangers.
_SHRINKAGE = 5.0


def _conditional_sql(model: EntityModel, column: str) -> str:
    """How often strangers who have the first value have the second too, drawn towards how often anybody has it."""
    first, second = model.conditional[column]
    expected = f"{model.record_table}__STRANGERS"
    return f"""
select '{column}' as column_name, value,
    (both.strangers + {_SHRINKAGE} * anyway.strangers / total) / (beside.strangers + {_SHRINKAGE}) as frequency
from (
    select {column} as value, count(*) as together, max(bearers) as bearers, max(holders) as holders,
        max(total) as total
    from (
        select {column},
            count(*) over (partition by {first}) as bearers,
            count(*) over (partition by {second}) as holders,
            count({column}) over () as total
        from {model.record_table}
    ) as counted
    where {column} is not null
    group by {column}
) as named
inner join {expected} as both on both.name = '{column}' and both.bearers = named.together
inner join {expected} as beside on beside.name = '{first}' and beside.bearers = named.bearers
inner join {expected} as anyway on anyway.name = '{second}' and anyway.bearers = named.holders"""

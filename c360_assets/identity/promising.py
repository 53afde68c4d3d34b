"""Leave out the pairs that no likeness of spellings can lift to the review threshold, before spellings are compared.

Most pairs that blocking finds are strangers who share a street or a rare name. What two values' equality says is known
for next to nothing; how alike two spellings are costs nearly all of the time. So each pair is first given the most that
it can weigh: equal values weigh what they weigh, and any likeness that has still to be worked out is taken to hold.
Only pairs that reach the threshold so are weighed. The others would not have been kept, so the edges are the same
(as candidates are filtered before they are verified: Xiao et al., 2011, "Efficient similarity joins for near-duplicate
detection").
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from c360_assets.identity.models import EntityModel
from c360_assets.identity.splink_backend.functions import PREFIX
from c360_assets.identity.splink_backend.identifiers import to_snowflake
from c360_assets.warehouse import Warehouse

# Sums of weights differ in their last digits with the order of adding.
MARGIN = 1e-6
# The weight of a level that is not reached; no sum with it is a match. Null would make a null of the greatest.
NEVER = -1000.0
_DIALECT = "snowflake"
_LEVENSHTEIN = PREFIX + "levenshtein"
_EQUAL = re.compile(r'"(\w+)_l" = "(\w+)_r"')


@dataclass(frozen=True)
class _Weight:
    """What a level weighs, and a number that it never exceeds."""

    sql: str
    most: float


def promising_pairs(
    warehouse: Warehouse,
    model: EntityModel,
    settings: dict[str, Any],
    threshold: float,
    pairs: str,
    rarity: dict[str, str],
) -> str:
    """Build the table of those of `pairs` that can weigh so much; returns its name, or `pairs` where all can.

    `rarity` names the table with the term frequencies of each column that has them.
    """
    most = most_weight(settings)
    if most is None:
        return pairs
    table = f"{pairs}__PROMISING"
    columns = ", ".join(f"l.{c} as {c}_l, r.{c} as {c}_r" for c in model.compared)
    frequencies = ", ".join(f"l.tf_{c} as tf_{c}_l" for c in rarity)
    joins = "\n".join(f"left join {name} as f_{c} on record.{c} = f_{c}.{c}" for c, name in rarity.items())
    warehouse.execute(f"""
create or replace transient table {table} as
with record as (select * from {model.record_table}),
rated as (select {", ".join(["record.*", *(f"f_{c}.tf_{c}" for c in rarity)])} from record {joins}),
side as (
    select {", ".join(["pair.*", columns, *([frequencies] if rarity else [])])}
    from {pairs} as pair
    inner join rated as l on pair.join_key_l = l.record_no
    inner join record as r on pair.join_key_r = r.record_no
)
select join_key_l, join_key_r, match_key from side
where {to_snowflake(most)} >= {threshold - MARGIN!r}
""")
    return table


def most_weight(settings: dict[str, Any]) -> str | None:
    """The most that a pair can weigh, without a function that Snowflake lacks; None where nothing bounds it."""
    prior = settings["probability_two_random_records_match"]
    parts = [f"({math.log2(prior / (1 - prior))!r})"]
    for comparison in settings["comparisons"]:
        part = _most(comparison["comparison_levels"])
        if part is None:
            return None
        parts.append(part)
    return " + ".join(parts)


def _most(levels: list[dict[str, Any]]) -> str | None:
    """The most that a comparison can weigh."""
    weighed = [(level["sql_condition"].strip(), _Weight("0", 0.0) if level.get("is_null_level") else _weight(level))
               for level in levels]  # fmt: skip
    known = [(condition, weight) for condition, weight in weighed if weight is not None]
    return f"({_most_of(known, NEVER)})" if len(known) == len(weighed) else None


def _most_of(levels: list[tuple[str, _Weight]], least: float) -> str:
    """The most that the rest of a comparison's levels can weigh, where so much is possible anyway."""
    if all(weight.most <= least for _, weight in levels):
        return f"({least!r})"
    (condition, weight), *rest = levels
    if condition.upper() == "ELSE":
        return weight.sql
    if PREFIX not in condition.lower():
        return f"case when {condition} then {weight.sql} else {_most_of(rest, least)} end"
    possible = can_hold(condition)
    if possible is None:
        return f"greatest({weight.sql}, {_most_of(rest, max(least, weight.most))})"
    here = f"case when {possible} then {weight.sql} else ({NEVER!r}) end"
    return f"greatest({here}, {_most_of(rest, least)})"


def _weight(level: dict[str, Any]) -> _Weight | None:
    """What a level weighs, its term frequency included; None where that depends on more than one value."""
    weight = math.log2(level["m_probability"] / level["u_probability"])
    column = level.get("tf_adjustment_column")
    if not column:
        return _Weight(f"({weight!r})", weight)
    equal = _EQUAL.fullmatch(level["sql_condition"].strip())
    if not equal or {*equal.groups()} != {column}:
        return None
    rarity = f"({math.log2(level['u_probability'])!r}) - log(2, tf_{column}_l)"
    share = level.get("tf_adjustment_weight", 1.0)
    return _Weight(f"(({weight!r}) + coalesce({share!r} * ({rarity}), 0))", math.inf)


def can_hold(condition: str) -> str | None:
    """A condition that holds wherever the given one does and compares no spellings; None where none is known."""
    found = _can_hold(sqlglot.parse_one(condition, read=_DIALECT))
    return None if found is None else found.sql(dialect=_DIALECT)


def _can_hold(node: exp.Expr) -> exp.Expr | None:
    if isinstance(node, exp.Paren):
        return _can_hold(node.this)
    if not any(_name(call).startswith(PREFIX) for call in node.find_all(exp.Anonymous)):
        return node
    if isinstance(node, exp.And):
        return _joined(exp.And, filter(None, (_can_hold(node.left), _can_hold(node.right))))
    if isinstance(node, exp.Or):
        left, right = _can_hold(node.left), _can_hold(node.right)
        return _joined(exp.Or, (left, right)) if left is not None and right is not None else None
    if isinstance(node, exp.LTE) and _name(node.this) == _LEVENSHTEIN and node.expression.is_int:
        one, other = (text.sql(dialect=_DIALECT) for text in node.this.expressions)
        return sqlglot.parse_one(_few_edits(one, other, int(node.expression.name)), read=_DIALECT)
    return None


def _few_edits(one: str, other: str, edits: int) -> str:
    """What holds of any two texts that are so many edits apart.

    Each edit adds or takes away a byte at most. And edits are in few places: one leaves the first or the second half
    as it is, two leave the first third, the last one or what is between them. Edits are of bytes, and places are told
    in characters, so that goes for ASCII alone.
    """
    length = f"abs(octet_length({one}) - octet_length({other})) <= {edits}"
    if edits not in (1, 2):
        return length
    part = f"floor(least(length({one}), length({other})) / {edits + 1})::int"
    places = [f"left({one}, {part}) = left({other}, {part})", f"right({one}, {part}) = right({other}, {part})"]
    if edits == 2:
        places.append(f"contains({other}, substr({one}, {part} + 1, length({one}) - 2 * {part}))")
    letters = [f"octet_length({text}) <> length({text})" for text in (one, other)]
    return f"{length} and ({' or '.join([*places, *letters])})"


def _joined(kind: type[exp.And] | type[exp.Or], conditions: Iterable[exp.Expr]) -> exp.Expr | None:
    joint: exp.Expr | None = None
    for condition in conditions:
        one = exp.Paren(this=condition)
        joint = kind(this=joint, expression=one) if joint is not None else one
    return joint


def _name(node: exp.Expr) -> str:
    return node.name.lower() if isinstance(node, exp.Anonymous) else ""

"""Which levels of a comparison a file's records can reach, and where pairs go that would have reached the others.

A declared weight speaks of records that have every field. In a file without streets no pair has one address, and a pair
that would have had is found at the next level, the same town. Left as declared, the weight of that level would be the
share of matches that agree in the town and not in the street, and agreement would count against a match.
"""

from __future__ import annotations

import copy
from collections.abc import Collection
from typing import Any

import sqlglot
from sqlglot import exp

# The m of a level that no pair reaches while the file is as it is; not zero, since its logarithm is taken.
NEVER = 1e-6
# What a condition may come out as: true, false or null.
_ANYTHING = frozenset({True, False, None})


def without_unreachable(settings: dict[str, Any], empty: Collection[str]) -> dict[str, Any]:
    """Splink's settings, with the m of levels that need a column of `empty` given to the next one that does not.

    `empty` are compared columns that are null in every record. A comparison of which nothing can be reached stays as
    declared, and so does a level after which none but the last, of all other pairs, can be reached.
    """
    settings = copy.deepcopy(settings)
    for comparison in settings["comparisons"] if empty else []:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        waiting: list[dict[str, Any]] = []
        for level in levels:
            if not is_reachable(level["sql_condition"], empty):
                waiting.append(level)
            elif not _is_else(level):
                level["m_probability"] += sum(one["m_probability"] for one in waiting)
                for one in waiting:
                    one |= {"m_probability": NEVER, "fix_m_probability": True}
                waiting = []
    return settings


def is_reachable(condition: str, empty: Collection[str]) -> bool:
    """Whether a level's condition can hold for two records in which the columns of `empty` are null."""
    if condition.strip().upper() == "ELSE":
        return True
    return True in _outcomes(sqlglot.parse_one(condition, dialect="snowflake"), empty)


def _outcomes(node: exp.Expr, empty: Collection[str]) -> frozenset[bool | None]:
    """What a condition can come out as, by the three-valued logic of SQL."""
    if isinstance(node, exp.Paren):
        return _outcomes(node.this, empty)
    if isinstance(node, exp.Not):
        return frozenset(None if one is None else not one for one in _outcomes(node.this, empty))
    if isinstance(node, (exp.And, exp.Or)):
        decides = isinstance(node, exp.Or)
        left, right = _outcomes(node.this, empty), _outcomes(node.expression, empty)
        return frozenset(
            decides if decides in (a, b) else None if None in (a, b) else not decides for a in left for b in right
        )
    if not any(column.name.lower().rsplit("_", 1)[0] in empty for column in node.find_all(exp.Column)):
        return _ANYTHING
    if isinstance(node, exp.Is):
        return frozenset({True}) if isinstance(node.this, exp.Column) else _ANYTHING
    # These give a value for null.
    return _ANYTHING if node.find(exp.Coalesce, exp.Case, exp.If, exp.NullSafeEQ) else frozenset({None})


def _is_else(level: dict[str, Any]) -> bool:
    return str(level["sql_condition"]).strip().upper() == "ELSE"

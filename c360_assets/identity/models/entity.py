"""What a matching model of an entity kind is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import splink.comparison_level_library as cll
from splink import SettingsCreator, block_on
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator
from splink.internals.comparison_library import CustomComparison

UNIQUE_ID = "record_no"
Rules = Mapping[str, tuple[str, ...]]


def level(
    creator: ComparisonLevelCreator,
    m: float,
    u: float,
    tf: str | None = None,
    *,
    fixed: bool = False,
    known_u: bool = False,
) -> ComparisonLevelCreator:
    """A comparison level with the weights that hold until the data teach better ones.

    `m` and `u` are the shares of true pairs and of other pairs that reach the level; `tf` names the column whose
    frequent values weigh less. `fixed` weights are never trained: where the level restates another comparison,
    training would count that evidence twice. With `known_u` only m is trained.
    """
    creator = creator.configure(
        m_probability=m, u_probability=u, fix_m_probability=fixed, fix_u_probability=fixed or known_u
    )
    return creator.configure(tf_adjustment_column=tf, tf_adjustment_weight=1.0) if tf else creator


def strangers(share: float, records: int) -> float:
    """The u of an identifier: how rarely two records of two customers hold one value.

    `share` is the share of records whose value one record of somebody else holds too (a family's mailbox). The
    value's frequency would not do: it counts the customer's own records.
    """
    return max(share / max(records, 1), 1e-10)


def comparison(name: str, *levels: ComparisonLevelCreator) -> CustomComparison:
    """A comparison from its levels, the strongest first."""
    return CustomComparison(output_column_name=name, comparison_levels=list(levels))


def attribute(name: str) -> CustomComparison:
    """The comparison of a column of no known meaning: equal, alike, different."""
    return comparison(
        name,
        cll.NullLevel(name),
        level(cll.ExactMatchLevel(name), 0.7, 0.05, tf=name),
        level(cll.JaroWinklerLevel(name, 0.9), 0.1, 0.02),
        level(cll.ElseLevel(), 0.2, 0.93),
    )


@dataclass(frozen=True)
class EntityModel:
    """A kind's records as they are compared, how pairs may be found and how they are weighed.

    `records_sql` gives one row per record: record_key and the columns that comparisons and blocking use. A value
    that is shared (info@, a switchboard, a placeholder) or not valid is null there, so it is no evidence and
    blocks nothing.

    `keys` are the columns that blocking rules may be made of, with what each tells about (two keys of one subject
    make no rule together unless both are in `joint`); `blocking` are the rules where there is nothing to learn from.
    `conditional` says of a column made of two others that its term frequency is that of the second among the records
    that have the first. `personal` names the comparisons of what members of a household do not share.
    `attributes` are further columns of the records, as evidence of no known meaning.
    """

    kind: str
    prefix: str
    records_sql: str
    columns: tuple[str, ...]
    comparisons: Callable[[int], list[ComparisonCreator]]
    blocking: Rules
    block_limits: Mapping[str, int]
    keys: Mapping[str, str]
    conditional: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()

    @property
    def record_table(self) -> str:
        """The transient table that holds the records while a run compares them."""
        return f"MATCH_CLUSTER_STEP.{self.kind.upper()}_RECORD"

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns of the record table that comparisons and blocking use."""
        return self.columns + self.attributes

    def with_attributes(self, names: tuple[str, ...]) -> EntityModel:
        """The model with further columns as evidence: the keys of ATTRIBUTES in the normalized record."""
        return replace(self, attributes=names, keys={**self.keys, **{name: name for name in names}})

    def with_blocking(self, rules: Rules) -> EntityModel:
        """The model with other blocking rules."""
        return replace(self, blocking=rules, block_limits={})

    def settings(self, records: int, blocking: Rules | None = None) -> SettingsCreator:
        """Splink's settings with the declared weights, for so many records."""
        rules = self.blocking if blocking is None else blocking
        return SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name=UNIQUE_ID,
            comparisons=[*self.comparisons(records), *map(attribute, self.attributes)],
            blocking_rules_to_generate_predictions=[block_on(*columns) for columns in rules.values()],
            # Splink keeps the level that a pair reached only together with the compared values.
            retain_matching_columns=True,
            retain_intermediate_calculation_columns=True,
            em_convergence=0.001,
            max_iterations=15,
        )

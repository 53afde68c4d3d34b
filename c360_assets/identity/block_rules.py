"""Propose blocking rules from the data's own statistics.

A rule says: compare two records that agree in these columns. Which rules find the matches of a file that nobody has
seen, and how many pairs each will make, the file itself tells: how often a column is null, how many values it has, how
large the blocks are. All rules that a budget of pairs affords are taken, the shortest first: a rule that agrees in
less finds more. Columns whose blocks are too large alone are combined with a second and third one (after Fisher et
al., 2015, "A clustering-based framework to control block sizes for entity resolution").
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from c360_assets.identity.models import EntityModel
from c360_assets.identity.settings import MatchSettings
from c360_assets.warehouse import Warehouse

# Statistics come from so many records; pairs grow with the square of the share that was looked at.
SAMPLE_RECORDS = 50_000
# A rule may use this share of the budget, by how many columns it has.
RULE_SHARE = {1: 0.2, 2: 0.12, 3: 0.08}
MOST_RULES = 24


@dataclass(frozen=True)
class Candidate:
    """A rule that was counted: pairs in blocks of usable size, and pairs in blocks that are too large."""

    keys: tuple[str, ...]
    pairs: float
    oversized: float

    @property
    def name(self) -> str:
        """The rule's name: what must agree."""
        return "_and_".join(self.keys)


def pair_budget(settings: MatchSettings, records: int) -> float:
    """How many pairs may be compared."""
    return float(max(settings.least_pair_budget, settings.pairs_per_record * records))


def propose_rules(
    warehouse: Warehouse, model: EntityModel, settings: MatchSettings, records: int
) -> dict[str, tuple[str, ...]]:
    """The rules for the records in the kind's comparison table, by name.

    The declared rules of columns that are null throughout stay: tomorrow's records may have them.
    """
    empty = _empty_keys(warehouse, model)
    usable = [key for key in model.keys if key not in empty]
    budget, spent = pair_budget(settings, records), 0.0
    chosen: list[Candidate] = []
    whole: set[frozenset[str]] = set()
    identifiers = {keys for keys in model.blocking.values() if len(keys) == 1}
    sample, share = _sample(warehouse, model, records)
    for size, most in RULE_SHARE.items():
        combinations = [
            keys for keys in itertools.combinations(usable, size)
            if len({model.keys[key] for key in keys}) == size
            and not any(set(part) in whole for n in range(1, size) for part in map(frozenset, _parts(keys, n)))
        ]  # fmt: skip
        counted = _count(warehouse, sample, combinations, settings.max_block_records, share)
        for rule in sorted(counted, key=lambda c: (c.pairs, c.keys)):
            # An identifier that makes only oversized blocks makes no pair, but they are reported.
            if not rule.pairs and not (rule.oversized and rule.keys in identifiers):
                continue
            if rule.pairs > most * budget or spent + rule.pairs > budget:
                continue
            if len(chosen) >= MOST_RULES:
                break
            chosen.append(rule)
            spent += rule.pairs
            if not rule.oversized:
                whole.add(frozenset(rule.keys))
    rules = {rule.name: rule.keys for rule in chosen}
    return rules | {name: keys for name, keys in model.blocking.items() if empty & set(keys)}


def _parts(keys: tuple[str, ...], size: int) -> list[tuple[str, ...]]:
    return list(itertools.combinations(keys, size))


def _empty_keys(warehouse: Warehouse, model: EntityModel) -> set[str]:
    counts = ", ".join(f"count({key})" for key in model.keys)
    row = warehouse.rows(f"select {counts} from {model.record_table}")[0]
    return {key for key, count in zip(model.keys, row, strict=True) if not count}


def _sample(warehouse: Warehouse, model: EntityModel, records: int) -> tuple[str, float]:
    if records <= SAMPLE_RECORDS:
        return model.record_table, 1.0
    table = f"{model.record_table}__SAMPLED"
    warehouse.execute(
        f"create or replace transient table {table} as select * from {model.record_table} "
        f"qualify row_number() over (order by md5(record_key), record_no) <= {SAMPLE_RECORDS}"
    )
    return table, SAMPLE_RECORDS / records


def _count(
    warehouse: Warehouse, sample: str, combinations: list[tuple[str, ...]], limit: int, share: float
) -> list[Candidate]:
    """The pairs that each rule would make, by one statement for all of a size."""
    parts = []
    for number, keys in enumerate(combinations):
        listed = ", ".join(keys)
        present = " and ".join(f"{key} is not null" for key in keys)
        parts.append(f"""
select {number} as rule_no, sum(iff(n <= {limit * share}, n * (n - 1) / 2, 0)) as pairs,
    sum(iff(n > {limit * share}, n * (n - 1) / 2, 0)) as oversized
from (select count(*) as n from {sample} where {present} group by {listed} having count(*) > 1)""")
    if not parts:
        return []
    rows = warehouse.rows(" union all ".join(parts))
    found = []
    for number, pairs, oversized in rows:
        scale = share * share
        found.append(Candidate(combinations[int(number)], float(pairs or 0) / scale, float(oversized or 0) / scale))
    return found

"""Which shares of rows broke a rule of publication when its stage last passed: the next run compares with them."""

from __future__ import annotations

from collections.abc import Iterable

from c360_assets.contracts.results import ContractResult
from c360_assets.contracts.thresholds import RULES
from c360_assets.stages import LINEAGE_SCHEMA, Stage
from c360_assets.warehouse import Warehouse

TABLE = f"{LINEAGE_SCHEMA}.ACCEPTED_SHARE"


def accepted_shares(warehouse: Warehouse, stage: Stage) -> dict[tuple[str, str], float]:
    """(SCHEMA.TABLE, rule) -> share of the rows that broke it."""
    warehouse.execute(
        f"create table if not exists {TABLE}"
        " (stage varchar not null, table_name varchar not null, rule varchar not null, share float not null)"
    )
    rows = warehouse.rows(f"select table_name, rule, share from {TABLE} where stage = %s", [stage.value])
    return {(table, rule): share for table, rule, share in rows}


def note_shares(warehouse: Warehouse, stage: Stage, results: Iterable[ContractResult]) -> None:
    """Keep the shares of a stage whose contracts hold; replaces those of the run before."""
    shares = [
        (stage.value, result.table, outcome.rule, outcome.count / result.rows)
        for result in results
        for outcome in result.outcomes
        if outcome.rule in RULES and result.rows
    ]
    with warehouse.transaction():
        warehouse.execute(f"delete from {TABLE} where stage = %s", [stage.value])
        for share in shares:
            warehouse.execute(f"insert into {TABLE} select %s, %s, %s, %s", share)

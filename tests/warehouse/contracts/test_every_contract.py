import time

import pytest

from c360_assets.contracts.catalogue import contracts
from c360_assets.contracts.runner import validate
from c360_assets.stages import Stage


@pytest.mark.parametrize("stage", list(Stage))
def test_an_empty_table_with_the_declared_columns_keeps_its_contract(every_table, stage):
    for result in validate(every_table, contracts(stage).values()):
        assert result.clean, (result.table, result.failures)
        assert result.rows == 0


def test_a_contract_costs_one_statement_and_the_columns_one_per_stage(every_table):
    models = list(contracts(Stage.MATCH_CLUSTER).values())
    before = len(every_table.statements)
    list(validate(every_table, models))
    assert len(every_table.statements) - before == len(models) + 1


def test_contracts_are_fast_enough_to_run_after_every_stage(every_table):
    started = time.perf_counter()
    results = [result for stage in Stage for result in validate(every_table, contracts(stage).values())]
    # 60 ms a table is the target on an idle machine; the test leaves room for a busy one.
    assert (time.perf_counter() - started) / len(results) < 0.25

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

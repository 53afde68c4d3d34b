from contextlib import nullcontext

import dagster as dg
import pytest

from c360_assets.contracts import checks
from c360_assets.contracts.results import ContractResult, Failure, Outcome, Severity
from c360_assets.stages import Stage

KEYS = {"person": dg.AssetKey(["normalized_record", "person"]), "usage": dg.AssetKey(["normalized_record", "usage"])}


OUTCOMES = (Outcome("a", "unique", 0, Severity.ERROR, True),)


class Around:
    """Stands for the stage around the checks: no session, every table is looked at."""

    warehouse = None

    def to_check(self, tables):
        return tables

    def checked(self, table, result):
        """Nobody is told."""


def run(monkeypatch, results):
    monkeypatch.setattr(checks, "check_tables", lambda session, stage, tables: [(t, results[t]) for t in tables])

    @dg.multi_asset(specs=[dg.AssetSpec(key) for key in KEYS.values()])
    def tables():
        for key in KEYS.values():
            yield dg.MaterializeResult(asset_key=key)

    @dg.asset(deps=list(KEYS.values()))
    def later():
        """After the stage."""

    definitions = dg.Definitions(
        assets=[tables, later],
        asset_checks=[checks.stage_checks(Stage.NORMALIZED_RECORD, KEYS, lambda context, stage: nullcontext(Around()))],
        resources={"warehouse": "unused"},
        jobs=[dg.define_asset_job("all_of_it", executor_def=dg.in_process_executor)],
    )
    return definitions.resolve_job_def("all_of_it").execute_in_process(raise_on_error=False)


def result(failures=()):
    return ContractResult(
        "NORMALIZED_RECORD.PERSON", 10, 0.1, tuple(failures), (Outcome("a", "unique", 0, Severity.ERROR, True),)
    )


@pytest.mark.parametrize(
    ("severity", "goes_on"), [(Severity.ERROR, False), (Severity.WARN, True)], ids=["error_blocks", "warning_does_not"]
)
def test_a_broken_rule_stops_what_comes_after_only_as_an_error(monkeypatch, severity, goes_on):
    bad = result([Failure("email", "not_null", 2, severity, 0, "select 1")])
    outcome = run(monkeypatch, {"person": bad, "usage": result()})
    evaluations = {e.asset_key.path[-1]: e for e in outcome.get_asset_check_evaluations()}
    assert evaluations["usage"].passed
    assert not evaluations["person"].passed
    assert bool(outcome.asset_materializations_for_node("later")) is goes_on


def test_metadata_say_column_rule_count_and_query(monkeypatch):
    bad = result([Failure("email", "not_null", 2, Severity.ERROR, 0, "select * from T")])
    found = checks.to_check_result(KEYS["person"], bad).metadata
    record = found["failures"].records[0].data
    assert record == {"column": "email", "rule": "not_null", "count": 2, "allowed": 0, "severity": "error"}
    assert "select * from T;" in found["query"].value
    assert found["rows"].value == 10


def test_a_table_without_a_contract_is_named():
    with pytest.raises(dg.Failure, match="no_such_table"):
        list(checks.check_tables(None, Stage.NORMALIZED_RECORD, ["no_such_table"]))

import subprocess
import sys

import pytest

from c360_assets.contracts.catalogue import contracts
from c360_assets.contracts.source_snapshot import models
from c360_assets.stages import Stage


@pytest.mark.parametrize("stage", list(Stage))
def test_every_contract_states_its_grain_and_its_schema(stage):
    for table, model in contracts(stage).items():
        assert model.__doc__.startswith("One row per"), table
        assert model.contract_table()[0] == stage.schema


def test_every_declared_source_object_has_a_contract_of_its_own():
    tables = contracts(Stage.SOURCE_SNAPSHOT)
    assert {"salesforce__account", "consent__consent_event", "manifest", "quarantine"} <= set(tables)
    account = tables["salesforce__account"].to_schema().columns
    assert not account["id"].nullable and account["owner_name"].nullable
    assert str(account["annualrevenue"].dtype.type) == "float64"


def test_a_source_declared_elsewhere_gets_a_contract_without_code(tmp_path):
    (tmp_path / "depot").mkdir()
    (tmp_path / "depot" / "defs.yaml").write_text(
        "attributes: {system: depot, objects: [{name: site, key: [nr], columns: {nr: {type: string, required: true}}}]}"
    )
    model = next(models(tmp_path))
    assert model.contract_table() == ("SOURCE_SNAPSHOT", "DEPOT__SITE")
    assert "keyed by nr" in model.__doc__


def test_a_contract_names_the_columns_as_the_loader_does(tmp_path):
    (tmp_path / "depot").mkdir()
    (tmp_path / "depot" / "defs.yaml").write_text(
        "attributes: {system: depot, objects: [{name: site, key: [Owner.Name], columns: "
        "{Owner.Name: string, 2nd line: string, _line: string}}]}"
    )
    columns = next(models(tmp_path)).to_schema().columns
    assert {"owner_name", "_2nd_line", "source_line"} < set(columns)


def test_the_checks_are_made_without_importing_pandera():
    code = "import sys, c360_assets.contracts.checks; sys.exit('pandera' in sys.modules or 'ibis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""A wave of changed ids stops before it is published, and passes when somebody says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from pipeline_home import PipelineHome

from c360_assets.identity.stewardship.decisions import decide

MERGES = 60


@pytest.mark.slow
def test_a_wave_of_merges_is_held_back_until_it_is_accepted(tmp_path: Path) -> None:
    home = PipelineHome(tmp_path / "home")
    try:
        home.sample(records=1000, seed=5)
        assert home.run().code == 0
        published = home.rows("select count(*) from golden_profile.person")
        founders = [
            key
            for (key,) in home.rows(
                "select founder_record_key from match_cluster.profile_registry"
                f" where entity_kind = 'person' and status = 'active' order by 1 limit {2 * MERGES}"
            )
        ]
        with home.warehouse() as warehouse:
            for left, right in zip(founders[::2], founders[1::2], strict=True):
                decide(warehouse, left, right, "same", "a careless script")
        for _ in range(2):
            held = home.run()
            assert held.code == 3
            assert held.summary["checks"]["failed_names"] == ["match_cluster/cluster: churn_budget"]
            assert "--accept-churn" in " ".join((held.out + held.err).split())
            assert home.rows("select count(*) from golden_profile.person") == published
        assert home.run("--accept-churn").code == 0
        assert home.rows("select count(*) from golden_profile.person") < published
        assert home.run().code == 0
    finally:
        home.remove()

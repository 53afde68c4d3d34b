"""A wave of changed ids stops before it is published, and passes when somebody says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from pipeline_home import PipelineHome

from c360_assets.identity.stewardship.decisions import decide

MERGES = 40
# Whose word on consent nobody contradicts: strangers who disagree would trip the check of conflicting consents, too.
_FOUNDERS = """
select registry.founder_record_key
from match_cluster.profile_registry as registry
left join golden_profile.consent as consent on registry.profile_id = consent.profile_id
where registry.entity_kind = 'person' and registry.status = 'active' and consent.profile_id is null
order by 1"""


@pytest.mark.slow
def test_a_wave_of_merges_is_held_back_until_it_is_accepted(tmp_path: Path) -> None:
    home = PipelineHome(tmp_path / "home")
    try:
        home.sample(records=2000, seed=5)
        assert home.run().code == 0
        published = home.rows("select count(*) from golden_profile.person")
        founders = [key for (key,) in home.rows(f"{_FOUNDERS} limit {2 * MERGES}")]
        assert len(founders) == 2 * MERGES
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

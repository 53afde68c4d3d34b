"""A dbt test that fails before its stage is whole: told as a check that holds back, not as models that failed."""

from __future__ import annotations

from types import SimpleNamespace as Some
from typing import Any

import dagster as dg
import pytest

from c360_assets.components import dbt_stage
from c360_assets.components.stage_run import STOPPED_BY_CHECK

KEY = dg.AssetCheckKey(dg.AssetKey(["normalized_record", "person"]), "unique_person")


def node(status: str, resource_type: str, name: str) -> Any:
    return Some(
        status=status, failures=1, execution_time=0.1, message="x", node=Some(resource_type=resource_type, name=name)
    )


def build(monkeypatch: pytest.MonkeyPatch, *results: Any) -> tuple[list[Any], dg.Failure]:
    for name in ("_manifest", "_selection"):
        monkeypatch.setattr(dbt_stage, name, lambda *_: None)
    monkeypatch.setattr(dbt_stage, "_run", lambda *_: results)
    this = Some(settings=None, stage="normalized_record", lineage=Some(started=lambda _: None), work=Some(full=True))
    context = Some(selected_asset_keys=set(), selected_asset_check_keys={KEY})
    told = []
    with pytest.raises(dg.Failure) as failure:
        for result in dbt_stage._build(this, context, True):
            told.append(result)
    return told, failure.value


def test_a_failed_test_is_told_as_its_check_and_the_models_behind_it_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    told, failure = build(
        monkeypatch,
        node("fail", "test", "unique_person"),
        node("skipped", "model", "household"),
        node("skipped", "test", "t"),
    )
    assert [(check.check_name, check.passed) for check in told] == [("unique_person", False)]
    assert STOPPED_BY_CHECK in failure.metadata
    assert "wait" in (failure.description or "")


def test_a_model_that_fails_is_a_failure_whatever_tests_say(monkeypatch: pytest.MonkeyPatch) -> None:
    told, failure = build(monkeypatch, node("fail", "test", "unique_person"), node("error", "model", "person"))
    assert told == []
    assert STOPPED_BY_CHECK not in failure.metadata

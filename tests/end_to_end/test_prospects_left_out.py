"""Whom the prospect campaign leaves out by rule, person for person: worked out in Python from records and profiles."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from typing import Any

import pytest
from pipeline_home import PipelineHome

pytestmark = pytest.mark.timeout(900)
OFFERED = ("business", "enterprise")


@pytest.fixture(scope="module")
def home(first_run: Any) -> PipelineHome:
    return first_run.home


@pytest.fixture(scope="module")
def meant(home: PipelineHome) -> dict[str, str | None]:
    """Of everybody whom marketing may write to, why the campaign leaves him out; None where it does not."""
    profile_of = dict(home.rows("select record_key, profile_id from MATCH_CLUSTER.CLUSTER"))
    has: dict[str, set[str]] = defaultdict(set)
    for record, plan, active, deleted in home.rows(
        "select record_key, plan, is_active, is_deleted from NORMALIZED_RECORD.SUBSCRIPTION"
    ):
        if plan and active and not deleted and record in profile_of:
            has[profile_of[record]].add(plan.lower())
    for record, feature, users, deleted in home.rows(
        "select record_key, feature, active_users, is_deleted from NORMALIZED_RECORD.FEATURE_ADOPTION"
    ):
        if feature and users and not deleted and record in profile_of:
            has[profile_of[record]].add(feature.lower())
    companies = home.rows("select profile_id, customer_status, plan from GOLDEN_PROFILE.ORGANIZATION")
    for company, _, plan in companies:
        if plan:
            has[company].add(plan.lower())
    status = {company: status for company, status, _ in companies}
    written_to = {profile for (profile,) in home.rows("select profile_id from ACTIVATION_FEED.MARKETING_FEED")}
    found: dict[str, str | None] = {}
    for person, own, company in home.rows(
        "select profile_id, customer_status, organization_profile_id from GOLDEN_PROFILE.PERSON"
    ):
        if person not in written_to:
            continue
        owned = [product for product in OFFERED if product in has[person] | has[company]]
        buys = "active" in (own, status.get(company))
        found[person] = "existing_customer" if buys else f"owns_{owned[0]}" if owned else None
    return found


def test_customers_and_who_owns_what_is_offered_are_left_out_with_the_reason(
    home: PipelineHome, meant: dict[str, str | None]
) -> None:
    told = dict(home.rows("select profile_id, reason from ACTIVATION_FEED.SUPPRESSED where destination = 'prospects'"))
    assert {person: told.get(person) for person in meant} == meant
    kinds = Counter((reason or "told").partition("_")[0] for reason in meant.values())
    assert kinds["existing"] and kinds["told"], kinds


def test_the_campaigns_file_holds_exactly_who_is_left(home: PipelineHome, meant: dict[str, str | None]) -> None:
    (content,) = (content for name, content in home.outbox().items() if name.startswith("prospects/"))
    sent = [row["profile_id"] for row in csv.DictReader(io.StringIO(content.decode()))]
    assert len(sent) == len(set(sent)) and set(sent) == {person for person, reason in meant.items() if reason is None}

"""Golden profiles against a brute-force oracle, then a day of changes, incrementally and from scratch."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import networkx as nx
import pytest
from golden_world import FIRST_RUN, SECOND_RUN, Dbt, World, profile_id
from survivorship_oracle import winners

from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse

LEFT_OUT = {"CHANGED_AT", "TOUCHED_AT"}
COMPARED = [
    "GOLDEN_PROFILE." + t for t in "PERSON ORGANIZATION PROFILE_FIELD CONSENT PROFILE_MEMBER HIERARCHY_ROLLUP".split()
] + ["ACTIVATION_FEED." + t for t in "FEED_AUDIENCE CRM_FEED MARKETING_FEED SUPPORT_FEED SUCCESS_FEED".split()]


def members(world: World) -> dict[tuple[str, str], list[dict[str, Any]]]:
    records = {r["record_key"]: r for kind in ("person", "organization") for r in world.records(kind)}
    found = defaultdict(list)
    for row in world.clusters:
        found[row["entity_kind"], row["profile_id"]].append(records[row["record_key"]])
    return found


def as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def plain(value: Any) -> Any:
    """Objects have no order of keys; everything else is compared as it stands."""
    return json.dumps(json.loads(value), sort_keys=True) if isinstance(value, str) and value[:1] == "{" else value


def dump(warehouse: Warehouse) -> dict[str, list[str]]:
    tables = {}
    for table in COMPARED:
        cursor = warehouse.execute(f"select * from {table}")
        names = [c.name for c in cursor.description]
        tables[table] = sorted(
            repr([plain(v) for n, v in zip(names, row, strict=True) if n not in LEFT_OUT]) for row in cursor.fetchall()
        )
    return tables


def test_every_winner_and_loser_is_the_one_of_the_brute_force_oracle(world: World, warehouse: Warehouse) -> None:
    expected = {
        (profile, field): (key, as_text(value), losers)
        for (kind, profile), records in members(world).items()
        for field, (key, value, losers) in winners(kind, records).items()
    }
    rows = warehouse.rows(
        "select profile_id, field, winner_record_key, value, losers from GOLDEN_PROFILE.PROFILE_FIELD"
    )
    found = {
        (p, f): (k, v, {loser["record_key"]: loser["reason"] for loser in json.loads(lost)})
        for p, f, k, v, lost in rows
    }
    assert found == expected


def test_address_fields_win_together_from_one_record(world: World, warehouse: Warehouse) -> None:
    mixed = warehouse.scalar(
        "select count(*) from (select profile_id from GOLDEN_PROFILE.PROFILE_FIELD where field in"
        " ('street', 'city', 'address_region', 'postcode', 'country')"
        " group by profile_id having count(distinct winner_record_key) > 1)"
    )
    assert mixed == 0


def test_losers_say_why_and_hide_the_value(world: World, warehouse: Warehouse) -> None:
    rows = warehouse.rows("select losers from GOLDEN_PROFILE.PROFILE_FIELD where candidates > 1")
    losers = [loser for (text,) in rows for loser in json.loads(text)]
    assert {loser["reason"] for loser in losers} >= {
        "invalid", "deleted", "same_value", "united", "older", "less_complete", "lower_ranked_source"
    }  # fmt: skip
    assert all(set(loser) == {"record_key", "source", "value_hash", "reason"} for loser in losers)
    assert all(len(loser["value_hash"]) == 16 for loser in losers)


def consents(world: World) -> dict[str, str]:
    """The strictest state of each profile, over all addresses that it goes by."""
    profile_of = {row["record_key"]: row["profile_id"] for row in world.clusters}
    speakers: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for row in world.tables['NORMALIZED_RECORD."IDENTIFIER"']:
        if profile := profile_of.get(row["record_key"]):
            speakers[row["value_canonical"]].add((profile, row["is_shared"] or not row["is_valid"]))
    voices: dict[tuple[str, str], list[tuple[Any, int, str, str]]] = defaultdict(list)
    strictness = {"granted": 0, "withdrawn": 3, "denied": 4}
    for fact in world.tables["NORMALIZED_RECORD.CONSENT_EVENT"]:
        named = speakers[fact["subject_value_canonical"]]
        for profile in {p for p, _ in named}:
            shared = all(s for p, s in named if p == profile)
            if shared and fact["status"] == "granted":
                continue
            voices[profile, fact["subject_value_canonical"]].append(
                (fact["occurred_at"], strictness[fact["status"]], fact["fact_key"], fact["status"])
            )
    expected: dict[str, tuple[int, str]] = {}
    for (profile, _), words in voices.items():
        _, strict, _, status = max(words)
        expected[profile] = max(expected.get(profile, (-1, "")), (strict, status))
    return {profile: status for profile, (_, status) in expected.items()}


def test_consent_in_force_is_the_strictest_of_all_that_speak(world: World, warehouse: Warehouse) -> None:
    assert dict(warehouse.rows("select profile_id, state from GOLDEN_PROFILE.CONSENT")) == consents(world)


def parted(world: World) -> tuple[str, dict[str, str]]:
    """A profile of which one address agreed and another refused, and the word of each; the first there is."""
    before = consents(world)
    emails: dict[str, dict[str, set[bool]]] = defaultdict(lambda: defaultdict(set))
    profile_of = {row["record_key"]: row["profile_id"] for row in world.clusters}
    for row in world.tables['NORMALIZED_RECORD."IDENTIFIER"']:
        unsure = row["is_shared"] or not row["is_valid"]
        emails[profile_of[row["record_key"]]][row["value_canonical"]].add(unsure)
    word = {
        fact["subject_value_canonical"]: fact["status"]
        for fact in sorted(world.tables["NORMALIZED_RECORD.CONSENT_EVENT"], key=lambda f: f["occurred_at"])
    }
    for profile, of in sorted(emails.items()):
        words = {email: word[email] for email, unsure in of.items() if email in word and unsure == {False}}
        if len(of) == len(words) == 2 and "granted" in words.values() and before[profile] != "granted":
            return profile, words
    raise AssertionError("the world has no such profile")


def test_only_granted_consent_is_in_the_marketing_feed(world: World, warehouse: Warehouse) -> None:
    consented = {p for (p,) in warehouse.rows("select profile_id from GOLDEN_PROFILE.CONSENT where state = 'granted'")}
    fed = {p for (p,) in warehouse.rows("select profile_id from ACTIVATION_FEED.MARKETING_FEED")}
    assert fed and fed <= consented
    reasons = warehouse.rows(
        "select distinct reason from ACTIVATION_FEED.SUPPRESSED"
        " where destination = 'marketing' and reason like 'consent%'"
    )
    assert {r for (r,) in reasons} == {"consent_unknown", "consent_withdrawn", "consent_denied"}


def owners_and_customers(world: World, warehouse: Warehouse) -> tuple[set[str], set[str]]:
    """Persons who have plan Pro, or work where it is had; persons who buy, or work for whom does."""
    profile_of = {row["record_key"]: row["profile_id"] for row in world.clusters}
    # Who works where is golden's to decide.
    employer = dict(warehouse.rows("select profile_id, organization_profile_id from GOLDEN_PROFILE.PERSON"))
    status = dict(
        warehouse.rows(
            "select profile_id, customer_status from GOLDEN_PROFILE.PERSON"
            " union all select profile_id, customer_status from GOLDEN_PROFILE.ORGANIZATION"
        )
    )
    plans = dict(warehouse.rows("select profile_id, lower(plan) from GOLDEN_PROFILE.ORGANIZATION"))
    pro = {
        profile_of[fact["record_key"]]
        for fact in world.tables["NORMALIZED_RECORD.SUBSCRIPTION"]
        if fact["plan"] == "Pro" and fact["is_active"] and fact["record_key"] in profile_of
    } | {profile for profile, plan in plans.items() if plan == "pro"}
    owners = {person for person, company in employer.items() if {person, company} & pro}
    return owners, {person for person, company in employer.items() if "active" in (status[person], status.get(company))}


def test_who_owns_a_product_or_is_a_customer_is_left_out_where_a_rule_says_so(
    world: World, warehouse: Warehouse
) -> None:
    owners, customers = owners_and_customers(world, warehouse)
    people = {p for (p,) in warehouse.rows("select profile_id from GOLDEN_PROFILE.PERSON")}
    for destination, reason, meant in (
        ("marketing", "owns_pro", owners), ("support", "existing_customer", customers),
    ):  # fmt: skip
        fed = {p for (p,) in warehouse.rows(f"select profile_id from ACTIVATION_FEED.{destination.upper()}_FEED")}
        held = warehouse.rows(
            "select profile_id from ACTIVATION_FEED.SUPPRESSED where destination = %s and reason = %s",
            [destination, reason],
        )
        left_out = {p for (p,) in held} & people
        assert left_out and left_out <= meant and not fed & meant


def test_feeds_hold_a_phone_where_it_is_valid_and_only_there(world: World, warehouse: Warehouse) -> None:
    held = warehouse.rows(
        "select iff(profile.phone_is_valid, profile.phone, null), feed.phone from ACTIVATION_FEED.CRM_FEED as feed"
        " inner join GOLDEN_PROFILE.PERSON as profile on profile.profile_id = feed.profile_id"
    )
    assert {feed for _, feed in held} > {None}
    assert all(expected == feed for expected, feed in held)
    assert warehouse.scalar("select count(*) from GOLDEN_PROFILE.PERSON where phone is not null and not phone_is_valid")


def test_every_profile_is_delivered_or_suppressed_with_a_reason(world: World, warehouse: Warehouse) -> None:
    for destination, kinds in (("crm", 2), ("marketing", 1), ("support", 2), ("success", 1)):
        people = warehouse.scalar("select count(*) from GOLDEN_PROFILE.PERSON")
        companies = warehouse.scalar("select count(*) from GOLDEN_PROFILE.ORGANIZATION")
        considered = {2: people + companies, 1: companies if destination == "success" else people}[kinds]
        fed = warehouse.scalar(f"select count(*) from ACTIVATION_FEED.{destination.upper()}_FEED")
        held = warehouse.scalar("select count(*) from ACTIVATION_FEED.SUPPRESSED where destination = %s", [destination])
        assert fed + held == considered


def test_hierarchy_reaches_the_top(world: World, warehouse: Warehouse) -> None:
    tops = dict(
        warehouse.rows(
            "select profile_id, ultimate_parent_profile_id from GOLDEN_PROFILE.ORGANIZATION where contacts >= 0"
        )
    )
    # Child n has parent n // 3: 9, 10 and 11 stand under 3, which stands under 1, which stands under 0.
    assert tops[profile_id("organization", 10)] == profile_id("organization", 0)
    assert tops[profile_id("organization", 0)] is None


FIGURES = "open_opportunities, open_pipeline_amount, revenue_12m, revenue_total, amount_overdue, mrr, tickets_open"


def test_a_groups_figures_count_each_company_and_person_once(world: World, warehouse: Warehouse) -> None:
    own = {
        p: figures for p, *figures in warehouse.rows(f"select profile_id, {FIGURES} from GOLDEN_PROFILE.ORGANIZATION")
    }
    live = {
        p for (p,) in warehouse.rows("select profile_id from GOLDEN_PROFILE.PERSON where customer_status <> 'deleted'")
    }
    upward, staff = nx.DiGraph(), nx.Graph()
    for row in world.tables["MATCH_CLUSTER.RELATION"]:
        graph = staff if row["relation_type"] == "employee_of" else upward
        graph.add_edge(row["from_profile_id"], row["to_id"])
    expected = {}
    for top in upward:
        group = nx.ancestors(upward, top) | {top}
        people = {p for company in group & set(staff) for p in staff[company]} & live
        expected[top] = (len(group), len(people), [sum(values) for values in zip(*map(own.get, group), strict=True)])
    rows = warehouse.rows(f"select profile_id, companies, people, {FIGURES} from GOLDEN_PROFILE.HIERARCHY_ROLLUP")
    assert {p: (companies, people, figures) for p, companies, people, *figures in rows} == expected
    assert expected[profile_id("organization", 1)][0] == 7, "number 10 is there once"
    shown = warehouse.rows("select profile_id, group_revenue_12m from GOLDEN_PROFILE.FINANCE_PERSPECTIVE"
                           " where entity_kind = 'organization'")  # fmt: skip
    revenue = FIGURES.split(", ").index("revenue_12m")
    assert dict(shown) == {p: expected[p][2][revenue] if p in expected else own[p][revenue] for p in own}


def test_health_is_null_without_a_signal_and_else_between_0_and_100(world: World, warehouse: Warehouse) -> None:
    scores = warehouse.rows("select health_score from GOLDEN_PROFILE.ORGANIZATION")
    assert all(score is None or 0 <= score <= 100 for (score,) in scores)
    silent = warehouse.scalar(
        "select count(*) from GOLDEN_PROFILE.PERSON as p where health_score is not null and not exists"
        " (select 1 from NORMALIZED_RECORD.USAGE as u"
        " inner join MATCH_CLUSTER.CLUSTER as c on c.record_key = u.record_key where c.profile_id = p.profile_id)"
    )
    assert silent == 0


class TestADayLater:
    """Changes of every sort, on the next day, so that windows move, too."""

    @pytest.fixture(scope="class")
    def changed(self, world: World, dbt: Dbt, settings: Settings) -> dict[str, Any]:
        with Warehouse(settings) as warehouse:
            withdrawn = warehouse.rows(
                "select profile_id, destination_key from ACTIVATION_FEED.MARKETING_FEED order by profile_id limit 2"
            )
            notes = {"withdrawn": withdrawn[0], "versions": version_count(warehouse)}
            notes |= self.merge_and_part(world)
            self.change(world, withdrawn[0][1])
            world.load(warehouse)
            dbt.build(SECOND_RUN, processed_to=FIRST_RUN)
            notes["incremental"] = dump(warehouse)
            notes["versions_after"] = version_count(warehouse)
            notes["golden"] = warehouse.rows("select profile_id, row_hash, changed_at from GOLDEN_PROFILE.PERSON")
            dbt.build(SECOND_RUN, full=True, tests=True)
            notes["full"] = dump(warehouse)
            notes["versions_full"] = version_count(warehouse)
        return notes

    @staticmethod
    def merge_and_part(world: World) -> dict[str, Any]:
        """Who agreed absorbs who refused; elsewhere the two addresses of one profile become two profiles."""
        mixed, words = parted(world)
        state = consents(world)
        numbers = [profile_id("person", number) for number in range(10, 40)]
        agreed, refused = (
            next(p for p in numbers if p != mixed and state.get(p) in states)
            for states in (("granted",), ("withdrawn", "denied"))
        )
        email_of = {record["record_key"]: record["email"] for record in world.records("person")}
        new = profile_id("person", 901)
        for row in world.clusters:
            if row["profile_id"] == refused:
                row |= {"profile_id": agreed, "changed_at": SECOND_RUN}
            elif row["profile_id"] == mixed and words.get(email_of[row["record_key"]], "granted") != "granted":
                row |= {"profile_id": new, "changed_at": SECOND_RUN}
        relations = world.tables["MATCH_CLUSTER.RELATION"]
        relations[:] = [r for r in relations if refused not in (r["from_profile_id"], r["to_id"])]
        return {
            "merged": (agreed, state[refused]),
            "parted": {mixed: "granted", new: min(set(words.values()) - {"granted"})},
        }

    @staticmethod
    def change(world: World, withdrawn_email: str) -> None:
        # A record changes.
        person, company = world.records("person"), world.records("organization")
        for record in (person[0], company[3], company[4]):
            record |= {"country": "AT", "email": "new@x.com", "changed_at": SECOND_RUN, "is_deleted": False}
        # Two profiles merge, one splits, a record vanishes.
        gone, heir = profile_id("person", 5), profile_id("person", 6)
        for row in world.clusters:
            if row["profile_id"] == gone:
                row |= {"profile_id": heir, "changed_at": SECOND_RUN}
        big = next(r for r in world.clusters if r["entity_kind"] == "organization" and r["cluster_size"] > 2)
        big |= {"profile_id": profile_id("organization", 900), "changed_at": SECOND_RUN}
        lost = next(r for r in world.clusters if r["entity_kind"] == "person" and r["cluster_size"] == 3)
        world.clusters.remove(lost)
        person[:] = [r for r in person if r["record_key"] != lost["record_key"]]
        # New ones come, facts come and go, people change employers, a parent changes.
        world.add_record("person", profile_id("person", 800))["changed_at"] = SECOND_RUN
        world.clusters[-1]["changed_at"] = SECOND_RUN
        world.fact("TRANSACTION", company[7], kind="invoice", amount=7.0, amount_open=7.0, status="open",
                   due_date=date(2026, 1, 1), is_deleted=False, changed_at=SECOND_RUN)  # fmt: skip
        world.tables["NORMALIZED_RECORD.TICKET"].pop()
        relations = world.tables["MATCH_CLUSTER.RELATION"]
        relations[0]["to_id"] = profile_id("organization", 25)
        relations[:] = [r for r in relations if gone not in (r["from_profile_id"], r["to_id"])]
        world.relate(profile_id("organization", 0), profile_id("organization", 2), "subsidiary_of")
        # A subscription ends, another plan is taken, and nothing else about these changes.
        ended, begun = [f for f in world.tables["NORMALIZED_RECORD.SUBSCRIPTION"] if f["is_active"]][:2]
        ended |= {"is_active": False, "changed_at": SECOND_RUN}
        begun |= {"plan": "basic" if begun["plan"] == "Pro" else "Pro", "changed_at": SECOND_RUN}
        # Somebody withdraws.
        world.consent({"record_key": None, "source_system": "consent", "email": withdrawn_email}, "withdrawn",
                      changed_at=SECOND_RUN, occurred_at=SECOND_RUN - timedelta(hours=1))  # fmt: skip

    @pytest.mark.parametrize("table", COMPARED)
    def test_incremental_equals_full_rebuild(self, changed: dict[str, Any], table: str) -> None:
        assert changed["incremental"][table] == changed["full"][table]

    def test_a_merge_takes_the_strictest_consent_and_a_split_gives_each_side_its_own(
        self, changed: dict[str, Any], world: World, warehouse: Warehouse
    ) -> None:
        state = dict(warehouse.rows("select profile_id, state from GOLDEN_PROFILE.CONSENT"))
        heir, word = changed["merged"]
        assert state[heir] == word != "granted"
        assert {profile: state[profile] for profile in changed["parted"]} == changed["parted"]
        assert state == consents(world)

    def test_withdrawn_consent_leaves_the_marketing_feed(self, changed: dict[str, Any], warehouse: Warehouse) -> None:
        profile, _ = changed["withdrawn"]
        fed = {p for (p,) in warehouse.rows("select profile_id from ACTIVATION_FEED.MARKETING_FEED")}
        assert profile not in fed
        reason = warehouse.scalar(
            "select reason from ACTIVATION_FEED.SUPPRESSED where destination = 'marketing' and profile_id = %s",
            [profile],
        )
        assert reason == "consent_withdrawn"

    def test_a_merged_profile_leaves_and_its_last_version_ends(
        self, changed: dict[str, Any], warehouse: Warehouse
    ) -> None:
        gone = profile_id("person", 5)
        assert warehouse.scalar("select count(*) from GOLDEN_PROFILE.PERSON where profile_id = %s", [gone]) == 0
        ended = warehouse.rows(
            "select version, valid_to from GOLDEN_PROFILE.PROFILE_VERSION where profile_id = %s order by version",
            [gone],
        )
        assert ended == [(1, SECOND_RUN)]

    def test_versions_are_kept_and_a_full_rebuild_adds_none(self, changed: dict[str, Any]) -> None:
        assert changed["versions_after"] > changed["versions"]
        assert changed["versions_full"] == changed["versions_after"]

    def test_each_profile_has_one_version_in_force_and_it_is_the_golden_one(
        self, changed: dict[str, Any], warehouse: Warehouse
    ) -> None:
        current = warehouse.rows(
            "select profile_id, row_hash from GOLDEN_PROFILE.PROFILE_VERSION where valid_to is null"
        )
        golden = warehouse.rows(
            "select profile_id, row_hash from GOLDEN_PROFILE.PERSON"
            " union all select profile_id, row_hash from GOLDEN_PROFILE.ORGANIZATION"
        )
        assert sorted(current) == sorted(golden)

    def test_an_untouched_profile_keeps_its_time_of_change(self, changed: dict[str, Any]) -> None:
        times = {changed_at for _, _, changed_at in changed["golden"]}
        assert times == {FIRST_RUN, SECOND_RUN}

    def test_a_cycle_of_parents_is_reported_and_not_followed(
        self, changed: dict[str, Any], warehouse: Warehouse
    ) -> None:
        cyclic = dict(
            warehouse.rows(
                "select profile_id, review_reasons from GOLDEN_PROFILE.ORGANIZATION where hierarchy_is_cyclic"
            )
        )
        assert profile_id("organization", 0) in cyclic
        assert all("inconsistent_hierarchy" in reasons for reasons in cyclic.values())


def version_count(warehouse: Warehouse) -> int:
    return int(warehouse.scalar("select count(*) from GOLDEN_PROFILE.PROFILE_VERSION"))

"""One broken rule at a time: it, and only it, is found, and what is found holds no values."""

from dataclasses import replace

import ibis
import pytest

from c360_assets.contracts.accepted import accepted_shares, note_shares
from c360_assets.contracts.catalogue import contracts
from c360_assets.contracts.model import Violations
from c360_assets.contracts.results import Outcome, Severity
from c360_assets.contracts.runner import validate
from c360_assets.stages import Stage

ERROR = Severity.ERROR
CLUSTER = {
    "record_key": "'salesforce:account:1'",
    "entity_kind": "'organization'",
    "profile_id": "'org_00000000000000000001'",
    "cluster_size": "1",
    "match_confidence": "1.0",
    "assigned_at": "to_timestamp_ntz('2026-01-01')",
    "changed_at": "to_timestamp_ntz('2026-01-01')",
}
REGISTRY = {
    "profile_id": "'org_00000000000000000001'",
    "entity_kind": "'organization'",
    "founder_record_key": "'salesforce:account:1'",
    "status": "'active'",
    "created_at": "to_timestamp_ntz('2026-01-01')",
    "changed_at": "to_timestamp_ntz('2026-01-01')",
}
PERSON = {
    "record_key": "'hubspot:contact:1'",
    "source_system": "'hubspot'",
    "source_object": "'contact'",
    "source_record_id": "'1'",
    "snapshot_id": "'0123456789abcdef'",
    "row_hash": "md5('x')",
    "observed_at": "to_timestamp_ntz('2026-01-01')",
    "source_updated_at": "to_timestamp_ntz('2026-01-01')",
    "is_deleted": "false",
    "is_active": "true",
    "full_name": "'Ann Example'",
    "email": "'ann@example.com'",
    "email_is_valid": "true",
    "phone": "'+4915112345678'",
    "phone_is_valid": "true",
    "country": "'DE'",
    "changed_at": "to_timestamp_ntz('2026-01-01')",
}
CONSENT = {
    "profile_id": "'org_00000000000000000001'",
    "purpose": "'marketing'",
    "channel": "'email'",
    "region": "'DE'",
    "state": "'granted'",
    "is_conflict": "false",
}


def failures(session, stage, table):
    (result,) = validate(session, [contracts(stage)[table]])
    return {(f.column, f.rule, f.count) for f in result.failures}, result


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"record_key": "null"}, ("record_key", "not_null", 1)),
        ({"email": "'no address'"}, ("", "valid_email_has_form", 1)),
        ({"email": "'Ann@Example.com'"}, ("", "valid_email_has_form", 1)),
        ({"phone": "'0151 12345678'"}, ("", "valid_phone_is_e164", 1)),
        ({"country": "'Germany'"}, ("country", "str_matches", 1)),
        ({"is_deleted": "true"}, ("", "deleted_is_not_active", 1)),
        ({"source_object": "'company'"}, ("", "key_names_its_source", 1)),
        ({"snapshot_id": "'xyz'"}, ("snapshot_id", "str_matches", 1)),
        ({"date_of_birth": "to_date('2990-01-01')"}, ("", "born_in_the_past", 1)),
        ({"given_name_key": "'É'"}, ("given_name_key", "str_matches", 1)),
    ],
)
def test_a_person_that_breaks_a_rule_is_counted(every_table, insert, change, failure):
    insert("NORMALIZED_RECORD.PERSON", **PERSON)
    insert("NORMALIZED_RECORD.PERSON", **(PERSON | {"record_key": "'hubspot:contact:2'"} | change))
    found, result = failures(every_table, Stage.NORMALIZED_RECORD, "person")
    assert found == {failure}
    assert result.rows == 2


def test_an_e_mail_that_is_not_called_valid_may_look_like_anything(every_table, insert):
    insert("NORMALIZED_RECORD.PERSON", **(PERSON | {"email": "'x'", "email_is_valid": "false"}))
    assert failures(every_table, Stage.NORMALIZED_RECORD, "person")[0] == set()


def test_duplicates_are_counted_by_surplus_rows(every_table, insert):
    for _ in range(3):
        insert("NORMALIZED_RECORD.PERSON", **PERSON)
    assert failures(every_table, Stage.NORMALIZED_RECORD, "person")[0] == {("record_key", "unique", 2)}


def test_a_tolerated_share_of_rows_is_no_failure(every_table, insert):
    for i in range(20):
        insert("NORMALIZED_RECORD.PERSON", **(PERSON | {"record_key": f"'hubspot:contact:{i}'"}))
    nameless = {"record_key": "'hubspot:contact:x'", "full_name": "null", "email": "null", "email_is_valid": "false"}
    insert("NORMALIZED_RECORD.PERSON", **(PERSON | nameless))
    assert failures(every_table, Stage.NORMALIZED_RECORD, "person")[0] == set()


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"profile_id": "'org_00000000000000000002'"}, {("", "profile_is_active", 1)}),
        ({"profile_id": "'per_00000000000000000001'"}, {("", "id_names_its_kind", 1), ("", "profile_is_active", 1)}),
        ({"cluster_size": "3"}, {("", "cluster_size_is_true", 1)}),
        ({"match_confidence": "1.5"}, {("match_confidence", "in_range", 1)}),
        (
            {"entity_kind": "'robot'"},
            {("entity_kind", "isin", 1), ("", "id_names_its_kind", 0)} - {("", "id_names_its_kind", 0)},
        ),
    ],
)
def test_a_cluster_row_that_breaks_a_rule_is_counted(every_table, insert, change, failure):
    insert("MATCH_CLUSTER.PROFILE_REGISTRY", **REGISTRY)
    insert("MATCH_CLUSTER.CLUSTER", **(CLUSTER | change))
    assert failures(every_table, Stage.MATCH_CLUSTER, "cluster")[0] == failure


def test_a_record_without_a_profile_is_found(every_table, insert):
    insert("NORMALIZED_RECORD.PERSON", **PERSON)
    assert failures(every_table, Stage.MATCH_CLUSTER, "cluster")[0] == {("", "every_person_has_a_profile", 1)}


def test_a_merged_id_without_an_heir_is_found(every_table, insert):
    insert("MATCH_CLUSTER.PROFILE_REGISTRY", **(REGISTRY | {"status": "'merged'"}))
    found, _ = failures(every_table, Stage.MATCH_CLUSTER, "profile_registry")
    assert found == {("", "merged_names_its_heir", 1)}


def test_consent_conflicts_within_the_threshold_pass_and_beyond_it_fail(every_table, insert):
    insert("MATCH_CLUSTER.PROFILE_REGISTRY", **REGISTRY)
    for i in range(20):
        insert("GOLDEN_PROFILE.CONSENT", **(CONSENT | {"region": f"'R{i}'", "is_conflict": str(i == 0).lower()}))
    assert failures(every_table, Stage.GOLDEN_PROFILE, "consent")[0] == set()
    for i in range(7):  # 8 of 27 rows, where a quarter is allowed
        insert("GOLDEN_PROFILE.CONSENT", **(CONSENT | {"region": f"'Z{i}'", "is_conflict": "true"}))
    assert failures(every_table, Stage.GOLDEN_PROFILE, "consent")[0] == {("", "consent_conflicts", 8)}


def test_a_share_that_more_than_doubled_since_the_last_pass_fails(every_table, insert):
    insert("MATCH_CLUSTER.PROFILE_REGISTRY", **REGISTRY)
    for i in range(50):
        insert("GOLDEN_PROFILE.CONSENT", **(CONSENT | {"region": f"'R{i}'", "is_conflict": str(i < 6).lower()}))
    _, result = failures(every_table, Stage.GOLDEN_PROFILE, "consent")
    assert result.passed  # 12 %, and nothing to compare with
    every_table.execute("create schema if not exists LINEAGE")
    assert accepted_shares(every_table, Stage.GOLDEN_PROFILE) == {}
    for share, passes in ((0.07, True), (0.03, False)):
        accepted_before = replace(result, outcomes=(Outcome("", "consent_conflicts", int(share * 100), ERROR, True),))
        note_shares(every_table, Stage.GOLDEN_PROFILE, [replace(accepted_before, rows=100)])
        accepted = accepted_shares(every_table, Stage.GOLDEN_PROFILE)
        assert accepted == {("GOLDEN_PROFILE.CONSENT", "consent_conflicts"): share}
        (now,) = validate(every_table, [contracts(Stage.GOLDEN_PROFILE)["consent"]], accepted)
        assert now.passed is passes


def marketing(insert, consent="granted", status="active"):
    profile = "'per_00000000000000000001'"
    insert("GOLDEN_PROFILE.PERSON", profile_id=profile, customer_status=f"'{status}'", row_hash="'h'")
    if consent:
        insert("GOLDEN_PROFILE.CONSENT", **(CONSENT | {"profile_id": profile, "state": f"'{consent}'"}))
    insert(
        "ACTIVATION_FEED.MARKETING_FEED",
        profile_id=profile,
        destination_key="'k'",
        payload_hash="'p'",
        profile_row_hash="'h'",
        consent_basis="'consent'",
        changed_at="to_timestamp_ntz('2026-01-01')",
    )


@pytest.mark.parametrize(
    ("consent", "status", "rules"),
    [
        ("granted", "active", set()),
        ("", "active", {"consent_granted"}),
        ("withdrawn", "active", {"consent_granted", "consent_refused_nowhere"}),
        ("granted", "deleted", {"inactive_customers_deleted"}),
    ],
)
def test_marketing_holds_nobody_without_consent_and_nobody_deleted(every_table, insert, consent, status, rules):
    marketing(insert, consent, status)
    found, result = failures(every_table, Stage.ACTIVATION_FEED, "marketing_feed")
    assert {rule for _, rule, _ in found} == rules
    assert result.passed is not bool(rules)


@pytest.mark.parametrize(("valid", "rules"), [("true", set()), ("false", {"valid_phones_only"})])
def test_no_feed_holds_a_phone_that_is_not_valid(every_table, insert, valid, rules):
    profile = "'per_00000000000000000002'"
    insert("GOLDEN_PROFILE.PERSON", profile_id=profile, phone_is_valid=valid, row_hash="'h'")
    insert(
        "ACTIVATION_FEED.SUPPORT_FEED",
        profile_id=profile,
        destination_key="'k'",
        payload_hash="'p'",
        profile_row_hash="'h'",
        consent_basis="'contract'",
        phone="'3865286'",
        changed_at="to_timestamp_ntz('2026-01-01')",
    )
    assert {rule for _, rule, _ in failures(every_table, Stage.ACTIVATION_FEED, "support_feed")[0]} == rules


def test_a_warning_fails_the_check_without_blocking(every_table, insert):
    insert("NORMALIZED_RECORD.PERSON", **(PERSON | {"date_of_birth": "to_date('1700-01-01')"}))
    _, result = failures(every_table, Stage.NORMALIZED_RECORD, "person")
    assert (result.passed, result.clean) == (True, False)
    assert result.failures[0].severity is Severity.WARN


def test_the_query_shows_the_rows_and_nothing_else_does(every_table, insert):
    insert("NORMALIZED_RECORD.PERSON", **PERSON)
    canary = {"record_key": "'hubspot:contact:2'", "email": "'canary'", "country": "'canary'"}
    insert("NORMALIZED_RECORD.PERSON", **(PERSON | canary))
    _, result = failures(every_table, Stage.NORMALIZED_RECORD, "person")
    assert "canary" not in repr(result)
    for failure in result.failures:
        rows = every_table.rows(failure.query)
        assert len(rows) == 1 and "canary" in rows[0]


def test_missing_and_retyped_columns_are_failures_not_errors(every_table):
    every_table.execute('create or replace table MATCH_CLUSTER."MATCH_MODEL" (entity_kind varchar, records varchar)')
    found, result = failures(every_table, Stage.MATCH_CLUSTER, "match_model")
    assert ("records", "type_int64", 0) in found and ("model_version", "present", 0) in found
    assert not result.passed


def test_a_missing_table_is_a_failure(every_table):
    every_table.execute("drop table MATCH_CLUSTER.SUSPICIOUS_CLUSTER")
    assert failures(every_table, Stage.MATCH_CLUSTER, "suspicious_cluster")[0] == {("", "table_exists", 1)}


def test_panderas_own_validation_agrees_rule_by_rule(every_table, insert):
    """Pandera validates the same model by its own backend, a query per check: an oracle for the one statement."""
    model = contracts(Stage.NORMALIZED_RECORD)["person"]
    # A date of birth in both rows and two keys: Pandera's Ibis backend ignores `unique` and fails on all-null results.
    born = {"date_of_birth": "to_date('1980-01-01')"}
    insert("NORMALIZED_RECORD.PERSON", **(PERSON | born))
    broken = born | {
        "record_key": "'hubspot:contact:2'",
        "country": "'Germany'",
        "phone": "'0151'",
        "is_deleted": "true",
        "snapshot_id": "null",
    }
    insert("NORMALIZED_RECORD.PERSON", **(PERSON | broken))
    backend = ibis.snowflake.from_connection(every_table.connection, create_object_udfs=False)
    table = backend.table("PERSON", database="NORMALIZED_RECORD")
    table = table.rename({name.lower(): name for name in table.columns})
    table = table.cast({name: "timestamp" for name, kind in table.schema().items() if kind.is_timestamp()})
    schema = model.to_schema()
    schema.checks = [check for check in schema.checks if not isinstance(check._check_fn, Violations)]
    with pytest.raises(Exception) as caught:
        schema.validate(table, lazy=True)
    theirs = {error.check.name if hasattr(error.check, "name") else error.check for error in caught.value.schema_errors}
    found, _ = failures(every_table, Stage.NORMALIZED_RECORD, "person")
    ours = {"not_nullable" if rule == "not_null" else rule for _, rule, _ in found}
    assert ours == theirs

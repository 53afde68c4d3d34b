import dagster as dg

from c360_assets.killed_runs import end_killed_runs

TAG = "c360/landing"


def test_an_open_run_that_held_the_lock_is_closed_and_frees_its_pool(tmp_path):
    instance = dg.DagsterInstance.local_temp(str(tmp_path))
    storage = instance.event_log_storage
    storage.set_concurrency_slots("warehouse_writer", 1)
    killed = instance.create_run_for_job(_job(), status=dg.DagsterRunStatus.STARTED, tags={TAG: "x"})
    storage.claim_concurrency_slot("warehouse_writer", killed.run_id, "step")
    assert not storage.claim_concurrency_slot("warehouse_writer", "next", "step").is_claimed
    assert end_killed_runs(instance, TAG) == [killed.run_id]
    assert instance.get_run_by_id(killed.run_id).status is dg.DagsterRunStatus.CANCELED
    assert storage.claim_concurrency_slot("warehouse_writer", "next", "step").is_claimed


def test_a_run_of_the_ui_and_a_finished_one_stay_as_they_are(tmp_path):
    instance = dg.DagsterInstance.local_temp(str(tmp_path))
    of_ui = instance.create_run_for_job(_job(), status=dg.DagsterRunStatus.STARTED)
    done = instance.create_run_for_job(_job(), status=dg.DagsterRunStatus.SUCCESS, tags={TAG: "x"})
    assert end_killed_runs(instance, TAG) == []
    assert instance.get_run_by_id(of_ui.run_id).status is dg.DagsterRunStatus.STARTED
    assert instance.get_run_by_id(done.run_id).status is dg.DagsterRunStatus.SUCCESS


def _job():
    @dg.op
    def nothing():
        """Does nothing."""

    @dg.job
    def of_nothing():
        nothing()

    return of_nothing

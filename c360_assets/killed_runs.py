"""Runs whose process was killed: Dagster cannot know that they ended, and would let later runs wait for them."""

from __future__ import annotations

import dagster as dg

_OPEN = [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]


def end_killed_runs(instance: dg.DagsterInstance, tag: str) -> list[str]:
    """Close the runs with this tag that are still open, and free what they claimed; their ids.

    The tag is that of runs which hold the writer lock from beginning to end, and the caller holds it now: so the
    process of such a run is gone. As canceled and not failed, for Dagster's daemon repeats failed runs by itself.
    """
    ended = []
    for run in instance.get_runs(dg.RunsFilter(statuses=_OPEN)):
        if tag in run.tags:
            instance.report_run_canceled(run, message="The process of this run was killed; `c360 run` goes on from it.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            ended.append(run.run_id)
    return ended

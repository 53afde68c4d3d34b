"""Ends the runs whose process was killed: START is written ahead of the data, and something must follow it.

START names the tables that the run is about to write, so whatever a killed run left in them has an event that
speaks of it. What became of them is not known, so they are named once more, without content, by ABORT. The marks of
such a run have not moved: the next run does the work again and completes it under an id of its own.

A run that published part of its data has RUNNING events, written in the same transactions. Such data are not loaded
again, so the last of these events is the run's COMPLETE.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

from lineage import outbox
from lineage.events import abort_event, completed_event
from lineage.naming import parent_run_id

Holding = Callable[[str], AbstractContextManager[bool]]
"""By a job's name: true inside where nobody is running it, and nobody begins to until the end."""

_OPEN = f"""
select to_json(began.event), began.stage, began.run_id from {outbox.TABLE} as began
where began.event_type = 'START'
    and not exists (
        select 1 from {outbox.TABLE} as ended
        where ended.run_id = began.run_id and ended.event_type in ('COMPLETE', 'FAIL', 'ABORT')
    )
    and began.event:run:facets:parent:run:runId::varchar <> %s
order by began.event_time, began.event_id
"""
_PUBLISHED = f"""
select to_json(event) from {outbox.TABLE} where run_id = %s and event_type = 'RUNNING' order by event_time desc limit 1
"""


def abort_killed(
    session: outbox.Session,
    orchestrator_run: str,
    now: datetime | None = None,
    holding: Holding = lambda job: nullcontext(True),
) -> int:
    """End every run that began and did not end, but for those of this orchestrator's run.

    Only whoever holds the writer lock may ask: everybody else's runs are over then, one way or the other, but for
    those of jobs that `holding` cannot get hold of. Returns how many it ended. Asked again it changes nothing.
    """
    parent = parent_run_id(orchestrator_run)
    ended = 0
    for text, _, run in session.rows(_OPEN, [parent]):
        start = json.loads(text)
        with holding(start["job"]["name"]) as is_free:
            # A run that was under way may have ended between the question and the hold.
            stages = {still: stage for _, stage, still in session.rows(_OPEN, [parent])} if is_free else {}
            if run in stages:
                at, published = now or datetime.now(UTC), session.rows(_PUBLISHED, [run])
                end = completed_event(json.loads(published[0][0]), at) if published else abort_event(start, at)
                outbox.write(session, [end], stages[run])
                ended += 1
    return ended

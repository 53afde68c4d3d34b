"""Ends the runs whose process was killed: START is written ahead of the data, and something must follow it.

START names the tables that the run is about to write, so whatever a killed run left in them has an event that
speaks of it. What became of them is not known, so they are named once more, without content, by ABORT. The marks of
such a run have not moved: the next run does the work again and completes it under an id of its own.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from lineage import outbox
from lineage.events import abort_event
from lineage.naming import parent_run_id

_OPEN = f"""
select to_json(began.event), began.stage from {outbox.TABLE} as began
where began.event_type = 'START'
    and not exists (
        select 1 from {outbox.TABLE} as ended
        where ended.run_id = began.run_id and ended.event_type in ('COMPLETE', 'FAIL', 'ABORT')
    )
    and began.event:run:facets:parent:run:runId::varchar <> %s
order by began.event_time, began.event_id
"""


def abort_killed(session: outbox.Session, orchestrator_run: str, now: datetime | None = None) -> int:
    """Write ABORT for every run that began and did not end, but for those of this orchestrator's run.

    Only whoever holds the writer lock may ask: everybody else's runs are over then, one way or the other. Returns how
    many there were. Asked again it changes nothing.
    """
    moment = now or datetime.now(UTC)
    killed = session.rows(_OPEN, [parent_run_id(orchestrator_run)])
    for event, stage in killed:
        outbox.write(session, [abort_event(json.loads(event), moment)], stage)
    return len(killed)

"""The state of the pipeline that held at a time: what the last run had published that began until then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lineage.outbox import TABLE as OUTBOX
from lineage.outbox import Session


@dataclass(frozen=True)
class Moment:
    """A time (naive UTC), and the run whose result held then."""

    at: datetime
    run_id: str | None
    run_started_at: datetime
    """What runs wrote carries the time of their start: what was written until then, held."""
    run_ended_at: datetime
    state: tuple[object, ...] = ()
    """Changes with every event that is written: what was read of rules and events holds as long as it is the same."""

    @property
    def text(self) -> str:
        """`run_started_at` as a Snowflake timestamp's text."""
        return _text(self.run_started_at)

    @property
    def at_text(self) -> str:
        """`at` as a Snowflake timestamp's text."""
        return _text(self.at)

    @property
    def ended_text(self) -> str:
        """`run_ended_at` as a Snowflake timestamp's text."""
        return _text(self.run_ended_at)


def _text(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="microseconds")


NOW = datetime(9999, 1, 1)


def moment_of(session: Session, at: datetime | None = None) -> Moment:
    """What held at a time, or holds now. Before the first run: nothing did."""
    time = at or NOW
    rows = session.rows(
        f"""
with published as (
  select run.run_id, run.started_at, max(step.recorded_at) as ended_at
  from LINEAGE.RUN as run
  inner join LINEAGE.STEP_TIME as step on run.run_id = step.run_id
  where run.started_at <= to_timestamp_ntz(%s)
  group by run.run_id, run.started_at
  having count_if(step.step = 'golden_profile_build') > 0
  order by run.started_at desc
  limit 1
)
select run_id, started_at, ended_at, written.events, written.last_at
from published cross join (select count(*) as events, max(written_at) as last_at from {OUTBOX}) as written
""",
        [_text(time)],
    )
    if not rows:
        return Moment(time, None, datetime(1900, 1, 1), datetime(1900, 1, 1))
    run, started, ended, *state = rows[0]
    return Moment(time, run, started, max(ended, started), tuple(state))

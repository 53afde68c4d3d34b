"""How many published profiles are about to change: a wrong threshold or model must not reach the tools unnoticed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from c360_assets.identity.profile_history import EVENT, MOVE
from c360_assets.identity.stewardship.settings import StewardSettings
from c360_assets.warehouse import Warehouse


@dataclass(frozen=True)
class Churn:
    """One entity kind: profiles that are published, and those of them that changed their id or lost records."""

    entity_kind: str
    published: int
    changed: int

    @property
    def share(self) -> float:
        """Changed of published, 0 to 1."""
        return self.changed / self.published if self.published else 0.0

    def exceeds(self, settings: StewardSettings) -> bool:
        """Whether more changed than the budget allows."""
        return self.changed > max(settings.churn_budget * self.published, settings.churn_profiles)


def measure_churn(warehouse: Warehouse, since: datetime) -> list[Churn]:
    """Compare the profiles as they were at a time (naive UTC), the last publication, with what they are now.

    What changed and changed back is no churn. Neither are records that came or that the sources deleted.
    """
    rows = warehouse.rows(
        f"""
with mark as (select %s::timestamp_ntz as since),
published as (
    select profile_id, entity_kind from {EVENT} cross join mark
    group by profile_id, entity_kind
    having min(changed_at) <= min(since) and count_if(event in ('merged', 'retired') and changed_at <= since) = 0
),
first_move as (
    select record_key, previous_profile_id from {MOVE} cross join mark
    where changed_at > since
    qualify row_number() over (partition by record_key order by changed_at) = 1
),
moved as (
    select distinct first_move.previous_profile_id as profile_id
    from first_move
    inner join MATCH_CLUSTER.CLUSTER as cluster on first_move.record_key = cluster.record_key
    where cluster.profile_id <> first_move.previous_profile_id
)
select published.entity_kind, count(*), count(moved.profile_id)
from published left join moved on published.profile_id = moved.profile_id
group by published.entity_kind
order by published.entity_kind
""",
        [since.isoformat(sep=" ", timespec="microseconds")],
    )
    return [Churn(kind, int(published), int(changed)) for kind, published, changed in rows]


def explain(churn: Churn, settings: StewardSettings, since: datetime) -> str:
    """What is wrong and what to do, in a sentence."""
    return (
        f"{churn.changed:,} of {churn.published:,} published {churn.entity_kind} profiles ({churn.share:.1%}) would "
        f"change their id or lose records; the churn budget is {settings.churn_budget:.1%}. Nothing is published. "
        f'See what changed with `c360 sql "select * from match_cluster.profile_event where changed_at > '
        f"'{since:%Y-%m-%d %H:%M:%S}'\"`. Where it is right, run `c360 run --accept-churn`; where not, take back the "
        "model, threshold or decision that did it and run again."
    )

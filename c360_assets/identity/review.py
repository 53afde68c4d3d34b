"""The queue of pairs that wait for a person."""

from __future__ import annotations

from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


def queue_reviews(warehouse: Warehouse, run: Run) -> dict[str, int]:
    """Bring REVIEW_QUEUE up to date; returns the number of open pairs per entity kind.

    A pair waits where its evidence lies between the thresholds, or is a match that a contradiction or a held back
    component kept apart, and its two records are not one customer already.
    """
    now = f"'{run.started_at_text}'::timestamp_ntz"
    warehouse.execute("""
create or replace transient table MATCH_CLUSTER_STEP.REVIEW as
select edge.entity_kind, edge.record_key_l, edge.record_key_r, edge.match_weight, edge.match_probability,
    case
        when edge.decision = 'match' then 'kept apart: contradiction or size'
        when edge.rule <> 'splink' then 'contradiction: ' || edge.rule
        else 'between the thresholds'
    end as reason,
    edge.evidence
from MATCH_CLUSTER.MATCH_EDGE as edge
inner join MATCH_CLUSTER.CLUSTER as l on edge.record_key_l = l.record_key
inner join MATCH_CLUSTER.CLUSTER as r on edge.record_key_r = r.record_key
where edge.decision in ('match', 'review') and l.profile_id <> r.profile_id
qualify row_number() over (
    partition by edge.record_key_l, edge.record_key_r order by edge.match_weight desc, edge.rule
) = 1
""")
    key = "queue.record_key_l = waiting.record_key_l and queue.record_key_r = waiting.record_key_r"
    warehouse.script(
        [
            f"""
delete from MATCH_CLUSTER.REVIEW_QUEUE as queue
where queue.status = 'open'
    and not exists (select 1 from MATCH_CLUSTER_STEP.REVIEW as waiting where {key} and queue.reason = waiting.reason)
""",
            f"""
merge into MATCH_CLUSTER.REVIEW_QUEUE as queue using MATCH_CLUSTER_STEP.REVIEW as waiting on {key}
when matched and queue.status = 'open' then update set
    match_weight = waiting.match_weight, match_probability = waiting.match_probability, evidence = waiting.evidence
when not matched then insert (
    entity_kind, record_key_l, record_key_r, match_weight, match_probability, reason, evidence, status, queued_at
)
values (
    waiting.entity_kind, waiting.record_key_l, waiting.record_key_r, waiting.match_weight,
    waiting.match_probability, waiting.reason, waiting.evidence, 'open', {now}
)
""",
        ]
    )
    rows = warehouse.rows(
        "select entity_kind, count(*) from MATCH_CLUSTER.REVIEW_QUEUE where status = 'open' group by entity_kind"
    )
    return {kind: int(count) for kind, count in rows}

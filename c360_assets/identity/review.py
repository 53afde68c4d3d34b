"""The queue of pairs that wait for a person."""

from __future__ import annotations

from collections.abc import Mapping

from c360_assets.identity.guards import HELD
from c360_assets.identity.touched import REACHED
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


def queue_reviews(
    warehouse: Warehouse, run: Run, everything: bool = True, thresholds: Mapping[str, float] | None = None
) -> None:
    """Bring REVIEW_QUEUE up to date: all of it, or the pairs of records that `touched.reach` found.

    A pair waits where its evidence lies between the thresholds, or is a match that a contradiction or a held back
    component kept apart, and its two records are not one customer already. What a steward keeps apart is settled.
    `thresholds` are the match thresholds in force by kind: evidence above them waits for what speaks against it.
    """
    cases = " ".join(f"when '{kind}' then {match}" for kind, match in (thresholds or {}).items())
    match = f"case edge.entity_kind {cases} else 1 end" if cases else "1"
    now = f"'{run.started_at_text}'::timestamp_ntz"
    reached = f"select record_key from {REACHED}"
    scope = "" if everything else f"and (record_key_l in ({reached}) or record_key_r in ({reached}))"
    warehouse.execute(f"""
create or replace transient table MATCH_CLUSTER_STEP.REVIEW as
select edge.entity_kind, edge.record_key_l, edge.record_key_r, edge.match_weight, edge.match_probability,
    case
        when held.reason is not null then 'held back: ' || held.reason
        when edge.decision = 'match' then 'kept apart: contradiction, size or other evidence'
        when edge.rule <> 'splink' then 'contradiction: ' || edge.rule
        when edge.match_probability >= {match} then 'strong evidence, and something that speaks against it'
        else 'between the thresholds'
    end as reason,
    edge.evidence
from (
    select * from MATCH_CLUSTER.MATCH_EDGE where decision in ('match', 'review') {scope}
) as edge
inner join MATCH_CLUSTER.CLUSTER as l on edge.record_key_l = l.record_key
inner join MATCH_CLUSTER.CLUSTER as r on edge.record_key_r = r.record_key
left join (
    select record_key_l, record_key_r, min(reason) as reason from {HELD} group by record_key_l, record_key_r
) as held on edge.record_key_l = held.record_key_l and edge.record_key_r = held.record_key_r
where l.profile_id <> r.profile_id and (edge.record_key_l, edge.record_key_r) not in (
    select record_key_l, record_key_r from MATCH_CLUSTER.MATCH_EDGE where rule = 'steward' and decision = 'no_match'
)
qualify row_number() over (
    partition by edge.record_key_l, edge.record_key_r
    order by iff(edge.rule = 'steward', 1, 0), edge.match_weight desc, edge.rule
) = 1
""")
    key = "queue.record_key_l = waiting.record_key_l and queue.record_key_r = waiting.record_key_r"
    warehouse.script(
        [
            f"""
delete from MATCH_CLUSTER.REVIEW_QUEUE as queue
where queue.status = 'open' {scope}
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

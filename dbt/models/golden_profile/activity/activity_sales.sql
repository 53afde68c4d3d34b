-- One row per profile with opportunities. Amounts are in the currency of the opportunity, summed as they stand.
{{ config(materialized='ephemeral') }}
select
  c.profile_id,
  count_if(not o.is_closed) as open_opportunities,
  sum(iff(not o.is_closed, o.amount, 0))::number(38, 2) as open_pipeline_amount,
  sum(iff(o.is_won, o.amount, 0))::number(38, 2) as won_amount,
  min(iff(not o.is_closed, o.close_date, null)) as next_close_date
from {{ ref('opportunity') }} as o
inner join {{ source('match_cluster', 'cluster') }} as c on o.record_key = c.record_key
where not coalesce(o.is_deleted, false)
group by c.profile_id

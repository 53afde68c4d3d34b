-- One row per profile with invoices, orders or subscriptions. Void and refunded ones are no revenue.
{{ config(materialized='ephemeral') }}
with
billed as (
  select
    c.profile_id,
    count_if(t.kind = 'invoice') as invoices_total,
    count_if(t.kind = 'order') as orders_total,
    count_if(t.kind = 'invoice' and t.amount_open > 0) as invoices_open,
    sum(iff(t.status in ('void', 'refunded'), 0, t.amount))::number(38, 2) as revenue_total,
    sum(
      iff(
        t.status not in ('void', 'refunded') and t.occurred_at >= dateadd(month, -12, {{ golden_as_of() }}),
        t.amount, 0
      )
    )::number(38, 2) as revenue_12m,
    sum(t.amount_open)::number(38, 2) as amount_open,
    sum(
      iff(t.amount_open > 0 and (t.due_date < {{ golden_as_of() }} or t.status = 'overdue'), t.amount_open, 0)
    )::number(38, 2) as amount_overdue,
    min(iff(t.amount_open > 0, t.due_date, null)) as oldest_due_date,
    max(t.occurred_at) as last_purchase_at
  from {{ ref('transaction') }} as t
  inner join {{ source('match_cluster', 'cluster') }} as c on t.record_key = c.record_key
  where not coalesce(t.is_deleted, false)
  group by c.profile_id
),

subscribed as (
  select
    c.profile_id,
    count(*) as subscriptions_total,
    count_if(s.is_active) as subscriptions_active,
    sum(iff(s.is_active, s.monthly_amount, 0))::number(38, 2) as mrr,
    max_by(iff(s.is_active, s.plan, null), iff(s.is_active, s.monthly_amount, -1)) as subscription_plan,
    min(iff(s.is_active and not s.cancel_at_period_end, s.current_period_end, null))::date as renewal_date
  from {{ ref('subscription') }} as s
  inner join {{ source('match_cluster', 'cluster') }} as c on s.record_key = c.record_key
  where not coalesce(s.is_deleted, false)
  group by c.profile_id
)

select
  coalesce(billed.profile_id, subscribed.profile_id) as profile_id,
  billed.invoices_total,
  billed.orders_total,
  billed.invoices_open,
  billed.revenue_total,
  billed.revenue_12m,
  billed.amount_open,
  billed.amount_overdue,
  -- Delinquent: something has been due for more than 60 days.
  case
    when billed.profile_id is null or billed.invoices_total = 0 then 'none'
    when billed.amount_overdue > 0 and billed.oldest_due_date < dateadd(day, -60, {{ golden_as_of() }})
      then 'delinquent'
    when billed.amount_overdue > 0 then 'overdue'
    else 'current'
  end as payment_status,
  billed.last_purchase_at,
  subscribed.subscriptions_total,
  subscribed.subscriptions_active,
  subscribed.mrr,
  subscribed.subscription_plan,
  subscribed.renewal_date
from billed
full outer join subscribed on billed.profile_id = subscribed.profile_id

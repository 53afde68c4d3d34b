-- One row per Stripe subscription; Stripe counts in cents, a yearly plan is spread over twelve months.
{{ config(materialized='ephemeral') }}
select
  _valid_from as _changed_at,
  _record_key as fact_key,
  {{ normalize_key('stripe:customer', 'customer') }} as record_key,
  null::varchar as entity_kind,
  'stripe' as source_system,
  {{ normalize_epoch('created') }} as occurred_at,
  coalesce(plan:nickname::varchar, plan:id::varchar) as plan,
  iff(_deleted, 'canceled', status) as status,
  quantity,
  coalesce(quantity, 1) * coalesce(plan:amount::float, 0) / 100.0
  / case plan:interval::varchar when 'year' then 12.0 when 'week' then 12.0 / 52.0 else 1.0 end
  / coalesce(plan:interval_count::float, 1) as monthly_amount,
  upper(coalesce(currency, plan:currency::varchar)) as currency,
  {{ normalize_epoch('current_period_end') }} as current_period_end,
  coalesce(cancel_at_period_end, false) as cancel_at_period_end,
  not _deleted and status in ('active', 'trialing', 'past_due') as is_active,
  _deleted as is_deleted
from {{ source('source_snapshot', 'stripe__subscription') }}
where _valid_to is null

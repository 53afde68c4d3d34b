-- One row per Stripe invoice; Stripe counts in cents.
{{ config(materialized='ephemeral') }}
select
  _valid_from as _changed_at,
  _record_key as fact_key,
  {{ normalize_key('stripe:customer', 'customer') }} as record_key,
  null::varchar as entity_kind,
  'stripe' as source_system,
  {{ normalize_epoch('created') }} as occurred_at,
  'invoice' as kind,
  number,
  amount_due / 100.0::float as amount,
  iff(_deleted or status in ('void', 'uncollectible', 'draft'), 0, coalesce(amount_remaining, 0)) / 100.0::float
    as amount_open,
  upper(currency) as currency,
  case
    when _deleted or status in ('void', 'draft') then 'void'
    when status = 'paid' then 'paid'
    when status = 'uncollectible' then 'overdue'
    else 'open'
  end as status,
  {{ normalize_epoch('due_date') }}::date as due_date,
  _deleted as is_deleted
from {{ source('source_snapshot', 'stripe__invoice') }}
where _valid_to is null

-- One row per Shopify order.
{{ config(materialized='ephemeral') }}
select
  _valid_from as _changed_at,
  _record_key as fact_key,
  {{ normalize_key('shopify:customer', 'customer:id::varchar') }} as record_key,
  'person' as entity_kind,
  'shopify' as source_system,
  created_at as occurred_at,
  'order' as kind,
  name as number,
  total_price::float as amount,
  iff(
    not _deleted and cancelled_at is null and financial_status in ('pending', 'authorized', 'partially_paid'),
    total_price,
    0
  )::float
    as amount_open,
  upper(currency) as currency,
  case
    when financial_status in ('refunded', 'partially_refunded') then 'refunded'
    when _deleted or cancelled_at is not null or financial_status = 'voided' then 'void'
    when financial_status = 'paid' then 'paid'
    else 'open'
  end as status,
  null::date as due_date,
  _deleted as is_deleted
from {{ source('source_snapshot', 'shopify__order') }}
where _valid_to is null

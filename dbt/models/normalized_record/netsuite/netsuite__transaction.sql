-- One row per NetSuite invoice.
-- Statuses come as words or as NetSuite's codes (CustInvc:A open, :B paid in full, :V void).
{{ config(materialized='ephemeral') }}
select
  _valid_from as _changed_at,
  _record_key as fact_key,
  {{ normalize_key('netsuite:customer', 'entity') }} as record_key,
  null::varchar as entity_kind,
  'netsuite' as source_system,
  trandate::timestamp_ntz as occurred_at,
  'invoice' as kind,
  tranid as number,
  total::float as amount,
  iff(_deleted, 0, coalesce(amountremaining, 0))::float as amount_open,
  upper(currency) as currency,
  case
    when _deleted or lower(status) like '%void%' or status like '%:V' then 'void'
    when lower(status) like '%paid%' or status like '%:B' then 'paid'
    when lower(status) like '%overdue%' then 'overdue'
    when coalesce(amountremaining, 0) > 0 then 'open'
    else 'paid'
  end as status,
  duedate as due_date,
  _deleted as is_deleted
from {{ source('source_snapshot', 'netsuite__invoice') }}
where _valid_to is null

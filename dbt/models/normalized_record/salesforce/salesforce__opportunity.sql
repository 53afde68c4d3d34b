-- One row per Salesforce opportunity.
{{ config(materialized='ephemeral') }}
select
  _valid_from as _changed_at,
  _record_key as fact_key,
  {{ normalize_key('salesforce:account', 'accountid') }} as record_key,
  'organization' as entity_kind,
  'salesforce' as source_system,
  createddate as occurred_at,
  name,
  stagename as stage,
  amount::float as amount,
  upper(currencyisocode) as currency,
  probability::float as probability,
  closedate as close_date,
  coalesce(isclosed, false) as is_closed,
  coalesce(iswon, false) as is_won,
  _deleted as is_deleted
from {{ source('source_snapshot', 'salesforce__opportunity') }}
where _valid_to is null

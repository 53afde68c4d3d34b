-- One row per opted-out HubSpot contact and per UNSUBSCRIBED event.
{{ config(materialized='ephemeral') }}
select
  _valid_from as _changed_at,
  _record_key || ':email' as fact_key,
  _record_key as source_record_key,
  _record_key as record_key,
  'hubspot' as source_system,
  iff(nullif(trim(email), '') is null, 'record', 'email') as subject_type,
  coalesce(nullif(trim(email), ''), _record_key) as subject_value,
  'marketing' as purpose,
  'email' as channel,
  'withdrawn' as status,
  null::varchar as legal_basis,
  null::varchar as region,
  null::varchar as brand,
  coalesce(_source_updated_at, {{ normalize_load_day() }}) as occurred_at,
  null::timestamp_ntz as expires_at,
  {{ normalize_load_day() }} as recorded_at
from {{ source('source_snapshot', 'hubspot__contact') }}
where _valid_to is null and hs_email_optout
union all
select
  _valid_from as _changed_at,
  _record_key as fact_key,
  _record_key as source_record_key,
  null::varchar as record_key,
  'hubspot' as source_system,
  'email' as subject_type,
  trim(recipient) as subject_value,
  'marketing' as purpose,
  'email' as channel,
  'withdrawn' as status,
  null::varchar as legal_basis,
  null::varchar as region,
  null::varchar as brand,
  {{ normalize_epoch('created', 'millisecond') }} as occurred_at,
  null::timestamp_ntz as expires_at,
  {{ normalize_load_day() }} as recorded_at
from {{ source('source_snapshot', 'hubspot__email_event') }}
where _valid_to is null and not _deleted and upper(type) = 'UNSUBSCRIBED'

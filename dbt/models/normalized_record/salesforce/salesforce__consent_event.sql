-- One row per contact and opt-out that Salesforce holds.
{{ config(materialized='ephemeral') }}
with
contact as (
  select * from {{ source('source_snapshot', 'salesforce__contact') }}
  where _valid_to is null
),

opt_out as (
  select
    *,
    'email' as channel,
    'email' as subject,
    nullif(trim(email), '') as value
  from contact
  where hasoptedoutofemail
  union all
  select
    *,
    'phone' as channel,
    'phone' as subject,
    coalesce(nullif(trim(mobilephone), ''), nullif(trim(phone), '')) as value
  from contact
  where donotcall
)

select
  _valid_from as _changed_at,
  _record_key || ':' || channel as fact_key,
  _record_key as source_record_key,
  _record_key as record_key,
  'salesforce' as source_system,
  iff(value is null, 'record', subject) as subject_type,
  coalesce(value, _record_key) as subject_value,
  'marketing' as purpose,
  channel,
  'withdrawn' as status,
  null::varchar as legal_basis,
  null::varchar as region,
  null::varchar as brand,
  coalesce(_source_updated_at, {{ normalize_load_day() }}) as occurred_at,
  null::timestamp_ntz as expires_at,
  {{ normalize_load_day() }} as recorded_at
from opt_out

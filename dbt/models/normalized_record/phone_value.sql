-- One row per phone number as written and country whose rules it follows; kept between runs.
{{ config(incremental_strategy='append') }}
with
person_input as (select * from {{ ref('person_input') }}),

organization_input as (select * from {{ ref('organization_input') }}),

consent_event as (
  {{ normalize_union('consent_event') }}
),

given as (
  select
    phone as raw,
    phone_country
  from person_input
  union all
  select
    phone_2 as raw,
    phone_country
  from person_input
  union all
  select
    phone as raw,
    phone_country
  from organization_input
  union all
  select
    subject_value as raw,
    {{ normalize_phone_home('null', []) }} as phone_country
  from consent_event
  where subject_type = 'phone' and {{ normalize_changed('_changed_at') }}
),

written as (
  select
    raw,
    {{ normalize_phone_country('raw', 'phone_country') }} as country
  from given
),

new_value as (
  {{ normalize_new_values(['raw', 'country']) }}
),

parsed as (
  select
    raw,
    country,
    {{ function('parse_phone') }}(raw, country) as phone
  from new_value
)

select
  raw,
  country,
  phone:e164::varchar as e164,
  coalesce(phone:e164::varchar, phone:digits::varchar) as canonical,
  coalesce(phone:is_valid::boolean, false) as is_valid,
  coalesce(phone:is_placeholder::boolean, true) as is_placeholder
from parsed

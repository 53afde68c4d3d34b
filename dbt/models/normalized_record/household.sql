-- One row per person record and household that it belongs to, or did. Found anew each run; what is over stays, with its
-- end, also through a full rebuild: no source tells of it a second time.
{{ config(unique_key='membership_key') }}
{%- set before = normalize_households_before() %}
-- The second half is written only where there is a run before.
-- noqa: disable=LT02,LT09,LT14
with
person as (select * from {{ ref('person') }}),

-- People listed under an employer give its address, not theirs.
at_home as (
  select
    record_key,
    given_name_key,
    source_updated_at,
    md5(coalesce(country, '') || '|' || postcode_key || '|' || street_key || '|' || family_name_key)
      as household_key
  from person
  where
    not is_deleted
    and organization_record_key is null
    and given_name_key is not null
    and family_name_key is not null
    and street_key is not null
    and postcode_key is not null
),

crowd as (
  select household_key
  from at_home
  group by household_key
  having count(distinct given_name_key) > 1 and count(*) <= {{ var('normalized_household_records', 50) }}
),

present as (
  select
    at_home.record_key,
    at_home.household_key,
    at_home.source_updated_at as valid_from,
    null::timestamp_ntz as valid_to
  from at_home
  inner join crowd on at_home.household_key = crowd.household_key
),
{%- if before %}

known as (select * from {{ before }}),

membership as (
  select present.*
  from present
  left join known
    on
      present.record_key = known.record_key
      and present.household_key = known.household_key
      and known.valid_to is null
  where known.record_key is null
  union all
  select
    known.record_key,
    known.household_key,
    known.valid_from,
    -- The day and not the moment, which a run that was killed and begun anew would tell otherwise.
    greatest(date_trunc('day', {{ run_started_at() }}), known.valid_from) as valid_to
  from known
  left join present on known.record_key = present.record_key and known.household_key = present.household_key
  where known.valid_to is null and present.record_key is null
  {%- if flags.FULL_REFRESH %}
  union all
  select
    known.record_key,
    known.household_key,
    known.valid_from,
    known.valid_to
  from known
  left join present on known.record_key = present.record_key and known.household_key = present.household_key
  where
    (known.valid_to is null and present.record_key is not null)
    -- A household that came together again goes on where it began.
    or (known.valid_to is not null and (present.record_key is null or present.valid_from <> known.valid_from))
  {%- endif %}
)
{%- else %}

membership as (select * from present)
{%- endif %}

select
  md5(record_key || '|' || household_key || '|' || valid_from::varchar) as membership_key,
  record_key,
  household_key,
  valid_from,
  valid_to,
  {{ run_started_at() }} as changed_at
from membership

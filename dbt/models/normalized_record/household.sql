-- One row per person record that shares address and family name with somebody else; rebuilt each run.
{{ config(materialized='table') }}
with
person as (select * from {{ ref('person') }}),

-- People listed under an employer give its address, not theirs.
at_home as (
  select
    record_key,
    given_name_key,
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

household as (
  select
    household_key,
    min(record_key) as head_record_key
  from at_home
  group by household_key
  having count(distinct given_name_key) > 1 and count(*) <= {{ var('normalized_household_records', 50) }}
)

select
  at_home.record_key,
  household.household_key,
  household.head_record_key
from at_home
inner join household on at_home.household_key = household.household_key

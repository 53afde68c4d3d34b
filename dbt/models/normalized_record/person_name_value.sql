-- One row per full name as written that is not one or two plain words; kept between runs.
{{ config(incremental_strategy='append') }}
with
person_input as (select * from {{ ref('person_input') }}),

written as (
  select full_name as raw from person_input
  where is_member and not ({{ normalize_is_plain_name('full_name') }})
),

new_value as (
  {{ normalize_new_values() }}
),

parsed as (
  select
    raw,
    {{ function('parse_person_name') }}(raw) as name
  from new_value
)

select
  raw,
  name:given_name::varchar as given_name,
  name:middle_name::varchar as middle_name,
  name:family_name::varchar as family_name
from parsed

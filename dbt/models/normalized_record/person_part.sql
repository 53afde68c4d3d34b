-- One row per changed person record with its name in parts; placeholders (N/A, test) are no names.
{{ config(materialized='ephemeral') }}
with
person_input as (select * from {{ ref('person_input') }}),

person_name_value as (select * from {{ ref('person_name_value') }}),

placeholder as (
  select value from {{ ref('shared_value') }}
  where kind = 'name'
),

split as (
  select
    person_input.*,
    case
      when person_input.given_name is not null or person_input.family_name is not null
        then {{ normalize_without_title('person_input.given_name') }}
      when person_name_value.raw is not null then person_name_value.given_name
      else split_part(person_input.full_name, ' ', 1)
    end as given_part,
    coalesce(person_input.middle_name, person_name_value.middle_name) as middle_part,
    case
      when
        person_input.given_name is not null or person_input.family_name is not null
        then person_input.family_name
      when person_name_value.raw is not null then person_name_value.family_name
      else split_part(person_input.full_name, ' ', 2)
    end as family_part
  from person_input
  left join person_name_value on person_input.full_name = person_name_value.raw
  where person_input.is_member
)

select
  split.*,  -- noqa: AM04
  iff(given_placeholder.value is null, nullif(trim(split.given_part), ''), null) as given,
  nullif(trim(split.middle_part), '') as middle,
  iff(family_placeholder.value is null, nullif(trim(split.family_part), ''), null) as family
from split
left join placeholder as given_placeholder on given_placeholder.value = lower(split.given_part)
left join placeholder as family_placeholder on family_placeholder.value = lower(split.family_part)

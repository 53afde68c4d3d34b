-- One row per name, street or city as written that is not ASCII; kept between runs.
{{ config(incremental_strategy='append') }}
with
person_part as (select * from {{ ref('person_part') }}),

organization_input as (select * from {{ ref('organization_input') }}),

written as (
  {%- for column in ['given', 'middle', 'family', 'full_name', 'street', 'city'] %}
    select {{ column }} as raw from person_part
    where {{ normalize_is_foreign(column) }}
    union distinct
  {%- endfor %}
  select street as raw from organization_input
  where {{ normalize_is_foreign('street') }}
  union distinct
  select city as raw from organization_input
  where {{ normalize_is_foreign('city') }}
),

new_value as (
  {{ normalize_new_values() }}
)

select
  raw,
  {{ function('to_ascii') }}(raw) as ascii
from new_value

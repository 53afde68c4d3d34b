-- One row per tax number as written and country of its record; kept between runs.
{{ config(incremental_strategy='append') }}
with
person_input as (select * from {{ ref('person_input') }}),

organization_input as (select * from {{ ref('organization_input') }}),

written as (
  select
    tax_id as raw,
    coalesce(country_code, '') as country
  from person_input
  union distinct
  select
    tax_id as raw,
    coalesce(country_code, '') as country
  from organization_input
),

new_value as (
  {{ normalize_new_values(['raw', 'country']) }}
),

parsed as (
  select
    raw,
    country,
    {{ function('parse_tax_id') }}(raw, country) as tax
  from new_value
)

select
  raw,
  country,
  tax:tax_id::varchar as tax_id,
  coalesce(tax:is_valid::boolean, false) as is_valid
from parsed

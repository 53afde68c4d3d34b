-- One row per company name as written; kept between runs.
{{ config(incremental_strategy='append') }}
with
organization_input as (select * from {{ ref('organization_input') }}),

written as (
  select name as raw from organization_input
  union distinct
  select legal_name as raw from organization_input
),

new_value as (
  {{ normalize_new_values() }}
),

parsed as (
  select
    raw,
    {{ function('parse_company_name') }}(raw) as company
  from new_value
)

select
  raw,
  company:name::varchar as name,
  company:name_key::varchar as name_key,
  company:legal_form::varchar as legal_form
from parsed

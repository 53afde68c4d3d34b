-- One row per host name or web address as written (lower case); kept between runs.
{{ config(incremental_strategy='append') }}
with
person_input as (select * from {{ ref('person_input') }}),

organization_input as (select * from {{ ref('organization_input') }}),

shared_domain as (
  select
    value,
    reason
  from {{ ref('shared_value') }}
  where kind = 'domain'
),

written as (
  select {{ normalize_email_host('email') }} as raw from person_input
  union distinct
  select {{ normalize_email_host('email') }} as raw from organization_input
  union distinct
  select lower(domain) as raw from organization_input
  union distinct
  select lower(website) as raw from organization_input
),

new_value as (
  {{ normalize_new_values() }}
),

parsed as (
  select
    raw,
    {{ function('parse_domain') }}(raw) as domain
  from new_value
)

select
  parsed.raw,
  parsed.domain,
  shared_domain.reason as shared_reason
from parsed
left join shared_domain on parsed.domain = shared_domain.value

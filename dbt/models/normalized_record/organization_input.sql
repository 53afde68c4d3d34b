-- One row per source record of a organization-kind object that changed since the last run, as given; rebuilt each run.
{{ config(materialized='table') }}
with
given as (
  {{ normalize_union('organization') }}
),

country_name as (
  select
    value,
    canonical
  from {{ ref('synonym') }}
  where kind = 'country'
)

select
  given.*,  -- noqa: AM04
  country_name.canonical as country_code,
  {{ normalize_phone_home(
    'country_name.canonical',
    ["split_part(given.email, '@', 2)", 'given.domain', "regexp_replace(given.website, '^https?://|/.*$', '')"]
  ) }} as phone_country
from given
left join country_name on country_name.value = lower(given.country)
where given.superseded_at is null and {{ normalize_changed('given.observed_at') }}

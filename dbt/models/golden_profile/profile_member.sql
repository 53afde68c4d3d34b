-- One row per source record with the profile that holds it, as published. Built last: it is how the next run knows
-- which profile a record has left.
{{ config(
    incremental_strategy='replace_touched',
    meta={'touched': 'touched_profile', 'touched_where': 't.records_changed'}
) }}
-- depends_on: {{ ref('profile_version') }} {{ ref('touched_profile') }}
select
  c.record_key,
  c.profile_id,
  c.entity_kind,
  split_part(c.record_key, ':', 1) as source_system,
  c.match_confidence,
  {{ run_started_at() }} as changed_at
from {{ source('match_cluster', 'cluster') }} as c
inner join (
  select record_key from {{ ref('organization') }}
  union all
  select record_key from {{ ref('person') }}
) as r on r.record_key = c.record_key
{%- if is_incremental() %}
where c.profile_id in (select t.profile_id from {{ ref('touched_profile') }} as t where t.records_changed)
{%- endif %}

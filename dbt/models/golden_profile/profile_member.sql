-- One row per source record with the profile that holds it, as published. Built last: it is how the next run knows
-- which profile a record has left.
{{ config(
    incremental_strategy='replace_touched',
    meta={'touched': 'touched_profile', 'touched_where': 't.records_changed'}
) }}
-- depends_on: {{ ref('profile_version') }} {{ ref('touched_profile') }}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14
with
record as (
  select record_key from {{ ref('organization') }}
  union all
  select record_key from {{ ref('person') }}
),

cluster as (select * from {{ source('match_cluster', 'cluster') }}),

touched as (select profile_id from {{ ref('touched_profile') }} where records_changed)

select
  cluster.record_key,
  cluster.profile_id,
  cluster.entity_kind,
  split_part(cluster.record_key, ':', 1) as source_system,
  cluster.match_confidence,
  {{ run_started_at() }} as changed_at
from cluster
inner join record on cluster.record_key = record.record_key
{%- if is_incremental() %}
where cluster.profile_id in (select touched.profile_id from touched)
{%- endif %}

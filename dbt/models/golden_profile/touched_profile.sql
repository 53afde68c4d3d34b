-- One row per profile that this run builds anew, whether or not its records changed; gone ones included.
{{ config(materialized='table') }}
{%- set before = golden_previous('profile_member') %}
{%- set incremental = before and not flags.FULL_REFRESH %}
{%- set mark = "to_timestamp_ntz('" ~ var('processed_to') ~ "')" %}
-- depends_on: {{ ref('organization') }} {{ ref('person') }}
-- depends_on: {{ ref('profile_activity') }} {{ ref('profile_relationship') }} {{ ref('consent_history') }}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14
with
cluster as (select * from {{ source('match_cluster', 'cluster') }}),

{%- if incremental %}

record as (
  select record_key, changed_at from {{ ref('organization') }}
  union all
  select record_key, changed_at from {{ ref('person') }}
),

member as (select * from {{ before }}),

reason as (
  select cluster.profile_id, true as records_changed
  from cluster
  left join record on cluster.record_key = record.record_key
  left join member on cluster.record_key = member.record_key
  where cluster.changed_at > {{ mark }}
    or record.changed_at > {{ mark }}
    or member.record_key is null
    or member.profile_id <> cluster.profile_id
  union all
  -- The profile that a record has left, for another one or for good.
  select member.profile_id, true as records_changed
  from member
  left join cluster on member.record_key = cluster.record_key
  left join record on member.record_key = record.record_key
  where cluster.record_key is null or record.record_key is null or member.profile_id <> cluster.profile_id
  union all
  select profile_id, false as records_changed from {{ ref('profile_activity') }} where changed_at > {{ mark }}
  union all
  select profile_id, false as records_changed from {{ ref('profile_relationship') }} where changed_at > {{ mark }}
  union all
  -- The same state may come to rest on another fact, and a version names the fact.
  select profile_id, false as records_changed from {{ ref('consent_history') }} where changed_at > {{ mark }}
)
{%- else %}

reason as (
  select profile_id, true as records_changed from cluster
)
{%- endif %}

select
  profile_id,
  max(iff(records_changed, 1, 0)) = 1 as records_changed,
  {{ run_started_at() }} as touched_at
from reason
group by profile_id

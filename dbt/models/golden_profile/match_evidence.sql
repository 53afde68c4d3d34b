-- One row per change of a match that holds two records of a profile together. Rows are only ever added, so that what
-- put records together at a time is known after they were compared anew.
{{ config(unique_key='change_key', full_refresh=false, cluster_by='profile_id') }}
-- depends_on: {{ ref('touched_profile') }}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14,RF03
{%- set values = ['match_weight', 'evidence', 'model_version'] %}
with
cluster as (select * from {{ source('match_cluster', 'cluster') }}),

touched as (
  select profile_id from {{ ref('touched_profile') }}
  {%- if is_incremental() %}
  union all
  select cluster.profile_id
  from {{ source('match_cluster', 'match_edge') }} as edge
  inner join cluster on edge.record_key_l = cluster.record_key
  where edge.compared_at > to_timestamp_ntz('{{ var("processed_to") }}')
  {%- endif %}
),

present as (
  select
    l.profile_id,
    edge.record_key_l,
    edge.record_key_r,
    edge.rule,
    edge.match_weight,
    edge.evidence,
    edge.model_version
  from {{ source('match_cluster', 'match_edge') }} as edge
  inner join cluster as l on edge.record_key_l = l.record_key
  inner join cluster as r on edge.record_key_r = r.record_key and l.profile_id = r.profile_id
  where edge.decision = 'match'
    and l.profile_id in (select touched.profile_id from touched)
),

{%- if is_incremental() %}

-- What was last said of the pairs that are of a touched profile, now or then.
before as (
  select *
  from {{ this }}
  where changed_at < {{ run_started_at() }}
    and profile_id in (select touched.profile_id from touched)
  qualify row_number() over (
    partition by profile_id, record_key_l, record_key_r, rule order by changed_at desc
  ) = 1
),

{%- endif %}

changed as (
  select
    {%- for column in ['profile_id', 'record_key_l', 'record_key_r', 'rule'] %}
    {%- if is_incremental() %}
    coalesce(present.{{ column }}, before.{{ column }}) as {{ column }},
    {%- else %}
    present.{{ column }},
    {%- endif %}
    {%- endfor %}
    {%- for column in values %}
    present.{{ column }},
    {%- endfor %}
    {{ 'present.rule is not null' if is_incremental() else 'true' }} as holds
  from present
  {%- if is_incremental() %}
  full outer join before
    on present.profile_id = before.profile_id
    and present.record_key_l = before.record_key_l
    and present.record_key_r = before.record_key_r
    and present.rule = before.rule
  where (present.rule is null and before.holds)
    or (present.rule is not null and not coalesce(before.holds, false))
    or (present.rule is not null and (
      present.match_weight is distinct from before.match_weight
      or present.model_version is distinct from before.model_version
      or to_json(present.evidence) is distinct from to_json(before.evidence)
    ))
  {%- endif %}
)

select
  {{ golden_hash(['profile_id', 'record_key_l', 'record_key_r', 'rule', run_started_at()]) }} as change_key,
  changed.*,
  '{{ var("run_id") }}' as run_id,
  {{ run_started_at() }} as changed_at
from changed

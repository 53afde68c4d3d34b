-- One row per version of a profile; every version is kept, also through a full rebuild.
{{ config(unique_key='version_key', full_refresh=false) }}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14
with
current_profile as (
  select profile_id, entity_kind, row_hash, {{ golden_profile_object('organization') }} as profile
  from {{ ref('golden_organization') }}
  where profile_id in (select t.profile_id from {{ ref('touched_profile') }} as t)
  union all
  select profile_id, entity_kind, row_hash, {{ golden_profile_object('person') }} as profile
  from {{ ref('golden_person') }}
  where profile_id in (select t.profile_id from {{ ref('touched_profile') }} as t)
),

{%- if is_incremental() %}

latest as (
  select *
  from {{ this }}
  qualify row_number() over (partition by profile_id order by version desc) = 1
),

ended as (
  select latest.*
  from latest
  left join {{ ref('golden_organization') }} as organization on latest.profile_id = organization.profile_id
  left join {{ ref('golden_person') }} as person on latest.profile_id = person.profile_id
  where latest.valid_to is null
    and latest.row_hash is distinct from coalesce(organization.row_hash, person.row_hash)
),

{%- endif %}

begun as (
  select current_profile.*, {{ 'coalesce(latest.version, 0) + 1' if is_incremental() else '1' }} as version
  from current_profile
  {%- if is_incremental() %}
  left join latest on current_profile.profile_id = latest.profile_id
  where latest.version is null
    or latest.valid_to is not null
    or latest.row_hash <> current_profile.row_hash
  {%- endif %}
),

written as (
  select
    profile_id, entity_kind, version, {{ run_started_at() }} as valid_from, null::timestamp_ntz as valid_to, row_hash,
    profile, '{{ var("run_id") }}' as run_id
  from begun
  {%- if is_incremental() %}
  union all
  select profile_id, entity_kind, version, valid_from, {{ run_started_at() }}, row_hash, profile, run_id
  from ended
  {%- endif %}
)

select
  profile_id || ':' || version as version_key,
  profile_id,
  entity_kind,
  version,
  valid_from,
  valid_to,
  row_hash,
  profile,
  run_id,
  {{ run_started_at() }} as changed_at
from written

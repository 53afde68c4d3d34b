-- One row per version of a profile, with the grounds that it stands on: the provenance ledger. Every version is kept,
-- also through a full rebuild. A version ends when what is said of the customer changes, or the grounds do.
-- Its columns may grow while its rows stay, which dbt's own materialization knows how to do.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='version_key',
    full_refresh=false,
    cluster_by='profile_id',
    on_schema_change='append_new_columns'
) }}
-- depends_on: {{ ref('validation_set') }}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14
{%- set grounds = ['members', 'grounds', 'field_values', 'rule_set_version', 'validation_set', 'consent_hash'] %}
{#- Versions from before there was a ledger have no grounds. #}
{%- set missing = golden_missing_columns(grounds) %}
with
touched as (select profile_id from {{ ref('touched_profile') }}),

said as (
  select profile_id, entity_kind, row_hash, {{ golden_profile_object('organization') }} as profile
  from {{ ref('golden_organization') }}
  where profile_id in (select touched.profile_id from touched)
  union all
  select profile_id, entity_kind, row_hash, {{ golden_profile_object('person') }} as profile
  from {{ ref('golden_person') }}
  where profile_id in (select touched.profile_id from touched)
),

record as (
  select record_key from {{ ref('organization') }}
  union all
  select record_key from {{ ref('person') }}
),

member as (
  select
    cluster.profile_id,
    array_agg(cluster.record_key) within group (order by cluster.record_key) as members
  from {{ source('match_cluster', 'cluster') }} as cluster
  inner join record on cluster.record_key = record.record_key
  where cluster.profile_id in (select touched.profile_id from touched)
  group by cluster.profile_id
),

field as (
  select
    profile_field.profile_id,
    profile_field.value,
    profile_field.grounds,
    profile_field.rule_set_version,
    rule_set.field_no,
    rule_set.field_code
  from {{ ref('profile_field') }} as profile_field
  inner join {{ ref('rule_set') }} as rule_set
    on profile_field.rule_set_version = rule_set.rule_set_version
    and profile_field.entity_kind = rule_set.entity_kind
    and profile_field.field = rule_set.field
  where profile_field.profile_id in (select touched.profile_id from touched)
),

value as (
  select
    profile_id,
    array_agg(value) within group (order by field_no) as field_values,
    max(rule_set_version) as rule_set_version
  from field
  group by profile_id
),

-- Fields that were decided alike share what is said about them: see macros/golden_ledger.sql.
alike as (
  select profile_id, grounds, listagg(field_code, '') within group (order by field_no) as fields
  from field
  group by profile_id, grounds
),

ground as (
  select profile_id, listagg(grounds || fields, '') within group (order by grounds) as grounds
  from alike
  group by profile_id
),

consent as (
  select
    profile_id,
    left(md5(
      listagg(purpose || '/' || channel || '/' || region || '=' || state || ' ' || fact_key, ';')
        within group (order by purpose, channel, region)
    ), 8) as consent_hash
  from {{ ref('consent') }}
  where profile_id in (select touched.profile_id from touched)
  group by profile_id
),

current_profile as (
  select
    said.*,
    coalesce(member.members, array_construct()) as members,
    coalesce(ground.grounds, '') as grounds,
    coalesce(value.field_values, array_construct()) as field_values,
    value.rule_set_version,
    {{ golden_validation_set() }} as validation_set,
    consent.consent_hash
  from said
  left join member on said.profile_id = member.profile_id
  left join ground on said.profile_id = ground.profile_id
  left join value on said.profile_id = value.profile_id
  left join consent on said.profile_id = consent.profile_id
),

{%- if is_incremental() %}

-- Of the profiles that are built anew, and of those that are gone: no other one's versions can begin or end.
wanted as (
  select profile_id from touched
  union all
  select version.profile_id
  from {{ this }} as version
  left join {{ ref('golden_organization') }} as organization on version.profile_id = organization.profile_id
  left join {{ ref('golden_person') }} as person on version.profile_id = person.profile_id
  where version.valid_to is null and organization.profile_id is null and person.profile_id is null
),

latest as (
  select
    *
    {%- for column in missing %},
    null::{{ 'array' if column in ('members', 'field_values') else 'varchar' }} as {{ column }}
    {%- endfor %}
  from {{ this }}
  where profile_id in (select wanted.profile_id from wanted)
  qualify row_number() over (partition by profile_id order by version desc) = 1
),

compared as (
  select
    current_profile.*,
    latest.version as latest_version,
    latest.version is not null
    and latest.valid_to is null
    and latest.row_hash = current_profile.row_hash
    and latest.grounds is not distinct from current_profile.grounds
    and to_json(latest.members) is not distinct from to_json(current_profile.members)
    and to_json(latest.field_values) is not distinct from to_json(current_profile.field_values)
    and latest.rule_set_version is not distinct from current_profile.rule_set_version
    and latest.validation_set is not distinct from current_profile.validation_set
    and latest.consent_hash is not distinct from current_profile.consent_hash as stands
  from current_profile
  left join latest on current_profile.profile_id = latest.profile_id
),

ended as (
  select latest.*
  from latest
  left join compared on latest.profile_id = compared.profile_id
  left join {{ ref('golden_organization') }} as organization on latest.profile_id = organization.profile_id
  left join {{ ref('golden_person') }} as person on latest.profile_id = person.profile_id
  where latest.valid_to is null
    and (not compared.stands or coalesce(organization.row_hash, person.row_hash) is null)
),

{%- endif %}

written as (
  select
    profile_id, entity_kind, {{ 'coalesce(latest_version, 0) + 1' if is_incremental() else '1' }} as version,
    {{ run_started_at() }} as valid_from, null::timestamp_ntz as valid_to, row_hash, profile,
    {{ grounds | join(', ') }}, '{{ var("run_id") }}' as run_id
  from {{ 'compared where not stands' if is_incremental() else 'current_profile' }}
  {%- if is_incremental() %}
  union all
  select
    profile_id, entity_kind, version, valid_from, {{ run_started_at() }} as valid_to, row_hash, profile,
    {{ grounds | join(', ') }}, run_id
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
  {{ grounds | join(',\n  ') }},
  run_id,
  {{ run_started_at() }} as changed_at
from written

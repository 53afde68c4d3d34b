{# The CTEs that golden_organization and golden_person share: `chosen` (fields side by side), `membership`, `activity`
   and `relationship`, of the profiles that this run builds. #}
{% macro golden_profile_ctes(entity_kind) -%}
{%- set fields = golden_fields(entity_kind) -%}
{%- set names = fields.address.keys() | list + fields.single.keys() | list -%}
touched as (select profile_id from {{ ref('touched_profile') }}),

chosen as (
  select
    profile_id,
    {%- for name in names %}
    max(iff(field = '{{ name }}', value, null)) as {{ name }},
    {%- endfor %}
    max(iff(field = 'email' and is_valid, 1, 0)) = 1 as email_is_valid,
    max(iff(field = 'phone' and is_valid, 1, 0)) = 1 as phone_is_valid,
    max(iff(field = 'legal_name', distinct_values, 0)) > 1 as has_conflicting_legal_names
  from {{ ref('profile_field') }}
  where entity_kind = '{{ entity_kind }}' and profile_id in (select profile_id from touched)
  group by profile_id
),

member as (
  select c.profile_id, c.match_confidence, r.*
  from {{ source('match_cluster', 'cluster') }} as c
  inner join {{ ref(entity_kind) }} as r on r.record_key = c.record_key
  where c.entity_kind = '{{ entity_kind }}' and c.profile_id in (select profile_id from touched)
),

-- The record by which a source knows the profile: a live one, the latest.
source_key as (
  select profile_id, source_system, record_key
  from member
  qualify row_number() over (
    partition by profile_id, source_system
    order by coalesce(is_deleted, false), source_updated_at desc nulls last, record_key
  ) = 1
),

source_keys as (
  select
    profile_id,
    object_agg(source_system, to_variant(record_key)) as source_keys,
    listagg(record_key, ',') within group (order by source_system) as source_keys_text
  from source_key
  group by profile_id
),

membership as (
  select
    profile_id,
    max(match_confidence) as match_confidence,
    count(*) as member_count,
    array_agg(distinct source_system) within group (order by source_system) as source_systems,
    listagg(distinct source_system, ',') within group (order by source_system) as source_systems_text,
    max(source_updated_at) as record_last_updated,
    max(iff(coalesce(is_deleted, false), 0, 1)) = 1 as is_live,
    max(iff(coalesce(is_active, true) and not coalesce(is_deleted, false), 1, 0)) = 1 as is_active
  from member
  group by profile_id
),

activity as (select * from {{ ref('profile_activity') }}),

relationship as (select * from {{ ref('profile_relationship') }})
{%- endmacro %}

{# Where the customer stands. Business is an active subscription or a purchase within twelve months. #}
{% macro golden_customer_status(entity_kind) -%}
  case
    when not membership.is_live then 'deleted'
    when activity.subscriptions_active > 0 or activity.revenue_12m > 0 then 'active'
    when activity.subscriptions_total > 0 or activity.revenue_total > 0 or chosen.lifecycle_stage ilike 'churn%'
      then 'churned'
    when not membership.is_active then 'inactive'
    {%- if entity_kind == 'person' %}
    when activity.events_30d > 0 then 'active'
    {%- endif %}
    else 'prospect'
  end
{%- endmacro %}

{# Why a steward should look at the profile; '' where nobody needs to. Rules: governance/validation.yaml. #}
{% macro golden_review_reasons() -%}
  {%- set rules = golden_validation().review_required_when -%}
  ''
  {%- if rules.match_confidence_below %}
  || iff(membership.match_confidence < {{ rules.match_confidence_below }}, ',low_match_confidence', '')
  {%- endif %}
  {%- if rules.conflicting_legal_names %}
  || iff(chosen.has_conflicting_legal_names, ',conflicting_legal_names', '')
  {%- endif %}
  {%- if rules.consent_status_changed %}
  || iff(activity.consent_recently_changed, ',consent_status_changed', '')
  {%- endif %}
  {%- if rules.inconsistent_hierarchy %}
  || iff(relationship.hierarchy_conflict is not null, ',inconsistent_hierarchy', '')
  {%- endif %}
{%- endmacro %}

{# The address as an object, and all known ones as text. #}
{% macro golden_address_columns() -%}
  chosen.street,
  chosen.city,
  chosen.address_region,
  chosen.postcode,
  chosen.country,
  iff(chosen.addresses is null, array_construct(), split(chosen.addresses, ' | ')) as addresses
{%- endmacro %}

{# The final select over `whole`: hash, then the time of the last change. #}
{% macro golden_profile_final(hash_columns) -%}
hashed as (
  select
    *,
    {{ golden_hash(hash_columns) }} as row_hash
  from whole
)

select
  hashed.* exclude (review_reasons_text, source_systems_text, source_keys_text, consent_text, addresses_text, brands_text),
{%- if is_incremental() %}
  iff(before.row_hash = hashed.row_hash, before.changed_at, {{ run_started_at() }}) as changed_at
from hashed
left join {{ this }} as before on before.profile_id = hashed.profile_id
{%- else %}
  {{ run_started_at() }} as changed_at
from hashed
{%- endif %}
{%- endmacro %}
